"""Tables in printed text: Markdown, boxes, skorch's and fastai's columns."""

from __future__ import annotations

import re

from fitscope.logs.direction import higher_is_better
from fitscope.logs.names import meaning
from fitscope.logs.table import EPOCHS, STEPS

BARRED = re.compile(r"\s*[|\t;\u2500-\u257f]\s*")
WIDE = re.compile(r"\s{2,}|\t")
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?|\.\d+|nan|inf)%?", re.IGNORECASE)
DECORATION = "*_`~ "


def header(line: str) -> tuple[str, ...] | None:
    """The names of columns, if a line is one of these and nothing else.

    Example:
        >>> header("| Epoch | Train loss | Val loss |"), header("  epoch    train_loss    dur")
        (('Epoch', 'Train loss', 'Val loss'), ('epoch', 'train_loss', 'dur'))
        >>> header("| ---: | ---: |") is None, header("Epoch 3, loss: 0.5") is None
        (True, True)
    """
    cells = _cells(line)
    if len(cells) < 2 or any(map(NUMBER.fullmatch, cells)) or any(len(c) > 40 for c in cells):
        return None
    if any(mark in line for mark in (":", "=", "{")):
        return None
    metrics = [c for c in cells if higher_is_better(meaning(c).metric) is not None]
    parts = [c for c in cells if meaning(c).part is not None]
    placed = any(cell.lower() in (*EPOCHS, *STEPS, "ep") for cell in cells)
    return (
        tuple(cells) if (placed and (metrics or parts)) or len({*metrics} & {*parts}) > 1 else None
    )


def row(line: str, names: tuple[str, ...]) -> dict[str, float] | None:
    """The numbers of a line under a header, by name; None if it is no row of that table.

    Example:
        >>> row("| 5 | 0.49 | **0.71** | lowest |", ("Epoch", "Train", "Val", "Note"))
        {'Epoch': 5.0, 'Train': 0.49, 'Val': 0.71}
    """
    cells = _cells(line, len(names))
    if any(map(NUMBER.fullmatch, cells[len(names) :])):
        return None
    cells = cells[: len(names)]  # a remark behind the last column
    if len(cells) != len(names):
        return None
    found = {
        name: float(cell.rstrip("%").replace(",", "."))
        for name, cell in zip(names, cells, strict=True)
        if NUMBER.fullmatch(cell)
    }
    return found if len(found) >= 2 and len(found) >= len(names) / 2 else None


def _cells(line: str, count: int | None = None) -> list[str]:
    inner = line.strip(" \r\n")
    barred = BARRED.search(inner) is not None
    cells = BARRED.split(inner) if barred else WIDE.split(inner)
    cells = [cell.strip(DECORATION) for cell in cells]
    if barred:
        if not cells[0]:
            cells = cells[1:]
        if cells and not cells[-1] and (count is None or len(cells) > count):
            cells = cells[:-1]
    if count is not None and len(cells) != count and len(inner.split()) == count:
        return inner.split()
    return cells
