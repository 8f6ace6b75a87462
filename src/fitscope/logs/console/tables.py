"""Tables in printed text: Markdown, boxes, skorch's and fastai's columns."""

from __future__ import annotations

import re

from fitscope.logs.direction import higher_is_better
from fitscope.logs.names import meaning
from fitscope.logs.table import EPOCHS, STEPS

BARRED = re.compile(r"\s*[|\t;\u2500-\u257f]\s*")
PLACES = (*EPOCHS, *STEPS)
WIDE = re.compile(r"\s{2,}|\t")
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?|\.\d+|nan|inf)%?", re.IGNORECASE)
ENDS_IN_NUMBER = re.compile(r"\s[-+]?\d*\.?\d+$")
COUNTED = re.compile(r"(\d+)/\d+")
OF_CLASSES = ("Class", "Images", "Instances")
TAIL = re.compile(r":\s+\d+%\|.*")  # a progress bar behind the columns
DECORATION = "*_`~ "


def header(line: str) -> tuple[str, ...] | None:
    """The names of columns, if a line is one of these and nothing else.

    Example:
        >>> header("| Epoch | Train loss | Val loss |"), header("  epoch    train_loss    dur")
        (('Epoch', 'Train loss', 'Val loss'), ('epoch', 'train_loss', 'dur'))
        >>> header("| ---: | ---: |") is None, header("Epoch 3, loss: 0.5") is None
        (True, True)
    """
    if line.lstrip().startswith("Class ") and "mAP50" in line:  # Ultralytics, of validation rows
        return (*OF_CLASSES, "val/precision", "val/recall", "val/mAP50", "val/mAP50-95")
    if ":" in line or "=" in line or "{" in line:
        return None
    cells = _cells(line)
    if len(cells) < 2 or any(map(NUMBER.fullmatch, cells)) or any(len(c) > 40 for c in cells):
        return None
    if any(map(ENDS_IN_NUMBER.search, cells)):
        return None
    metrics = [c for c in cells if higher_is_better(meaning(c).metric) is not None]
    parts = [c for c in cells if meaning(c).part is not None]
    placed = any(cell.lower() in PLACES for cell in cells)
    named = (placed and (metrics or parts)) or len({*metrics} & {*parts}) > 1
    return tuple(cells) if named else None


def row(line: str, names: tuple[str, ...]) -> dict[str, float] | None:
    """The numbers of a line under a header, by name; None if it is no row of that table.

    Example:
        >>> row("| 5 | 0.49 | **0.71** | lowest |", ("Epoch", "Train", "Val", "Note"))
        {'Epoch': 5.0, 'Train': 0.49, 'Val': 0.71}
    """
    cells = _cells(line, len(names))
    if len(cells) == len(names) + 1 and cells[0].isdigit() and NUMBER.fullmatch(cells[-1]):
        cells = cells[1:]  # pandas numbers the rows
    if any(map(NUMBER.fullmatch, cells[len(names) :])):
        return None
    cells = cells[: len(names)]  # a remark behind the last column
    if len(cells) != len(names) or (names[0] == OF_CLASSES[0] and cells[0] != "all"):
        return None
    cells = [counted[1] if (counted := COUNTED.fullmatch(cell)) else cell for cell in cells]
    found = {
        name: float(cell.rstrip("%").replace(",", "."))
        for name, cell in zip(names, cells, strict=True)
        if NUMBER.fullmatch(cell)
    }
    places = {name for name in names if name.lower() in PLACES}
    if places and not places & found.keys():
        return None
    return found if len(found) >= 2 and len(found) >= len(names) / 2 else None


def _cells(line: str, count: int | None = None) -> list[str]:
    inner = TAIL.sub("", line).strip(" \r\n")
    barred = BARRED.search(inner) is not None
    cells = BARRED.split(inner) if barred else WIDE.split(inner)
    cells = [cell.strip(DECORATION) for cell in cells]
    if barred:
        if not cells[0]:
            cells = cells[1:]
        if cells and not cells[-1] and (count is None or len(cells) > count):
            cells = cells[:-1]
    if not barred and count is not None and len(cells) != count and len(inner.split()) == count:
        return inner.split()
    return cells
