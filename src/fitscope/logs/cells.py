"""The cells of a text table as columns of numbers, read in blocks so that text does not pile up."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.grouped_digits import plain_cell, without_groups

BLOCK = 8192  # rows
DECORATION = " \t*`%$"  # Markdown's bold, shares, money
# Keras writes NA for epochs without validation, Hugging Face's Trainer "No log"
NOTHING = frozenset(["", "NA", "N/A", "n/a", "null", "None", "-", "\u2013", "\u2014", "No log"])
WRAPPED = (
    re.compile(r"(?:tensor|array|np\.float\d+|np\.int\d+)\(\[?\s*([^,()\[\]\s]+)"),
    re.compile(r"(?:[Ee]poch|[Ss]tep)?\s*(\d+)\s*/\s*\d+$"),  # "3/10"
    re.compile(r"\[\s*([^,\[\]\s]+)\s*\]$"),
)


@dataclass(frozen=True, eq=False)
class Cells:
    """One column.

    Attributes:
        values: its numbers, NaN where there is none.
        missing: where nothing stands.
        wrong: where something stands that is no number.
        texts: what stands in each block that has something wrong in it.
    """

    values: np.ndarray
    missing: np.ndarray
    wrong: np.ndarray
    texts: dict[int, Sequence[str]]

    def text(self, row: int) -> str:
        """What stands in a row."""
        block, within = divmod(row, BLOCK)
        if block in self.texts:
            return self.texts[block][within]
        return "" if self.missing[row] else f"{self.values[row]:g}"

    def words(self) -> list[str]:
        """What stands in all rows."""
        return [self.text(row) for row in range(len(self.values))]


@dataclass(frozen=True, eq=False)
class Rows:
    """All columns.

    Attributes:
        columns: one for each name.
        lines: the line of each row, counted from 1.
        short: the lines that end before the last column.
    """

    columns: list[Cells]
    lines: list[int]
    short: list[int]


def read_cells(source: str, text: str, separator: str, names: int, decimal_comma: bool) -> Rows:
    """The rows under the line of names; what a line lacks is missing.

    Args:
        source: where it came from, for messages.
        text: the names and what is below them, lines ended by `\\n`.
        separator: what stands between cells.
        names: how many columns are named.
        decimal_comma: whether numbers have a comma where others have a point.

    Raises:
        UserError: a line with more fields than names, or with a quote that goes on for too long.

    Example:
        >>> found = read_cells("log.csv", "epoch,loss\\n1,0.5\\n2,50 %\\n3\\n", ",", 2, False)
        >>> found.columns[1].values.tolist(), found.short
        ([0.5, 50.0, nan], [4])
    """
    reader = csv.reader(_lines(text), delimiter=separator)
    lines: list[int] = []
    short: list[int] = []

    def rows() -> Iterator[list[str]]:
        next(reader)
        for row in reader:
            if len(row) > names:
                at = reader.line_num
                raise UserError(f"{source}: line {at} has {len(row)} fields, line 1 names {names}")
            if len(row) < names:
                if not "".join(row).strip():
                    continue
                short.append(reader.line_num)
            lines.append(reader.line_num)
            yield row

    blocks: list[list[_Block]] = [[] for _ in range(names)]
    try:
        found = rows()
        while block := list(islice(found, BLOCK)):
            columns = zip_longest(*block, fillvalue="")
            for kept, cells in zip(blocks, columns, strict=False):
                kept.append(_block(cells, decimal_comma))
            for kept in blocks[max(map(len, block)) :]:
                kept.append(_block([""] * len(block), decimal_comma))
    except csv.Error as error:
        raise UserError(f"{source}: line {reader.line_num}: {error}") from None
    return Rows([_joined(kept) for kept in blocks], lines, short)


@dataclass(frozen=True, eq=False)
class _Block:
    values: np.ndarray
    missing: np.ndarray
    wrong: np.ndarray
    texts: Sequence[str]


def _block(cells: Sequence[str], decimal_comma: bool) -> _Block:
    """One column of a block of rows."""
    try:
        none = np.zeros(len(cells), bool)
        return _Block(np.array(cells, np.float64), none, none, ())
    except ValueError:
        pass
    bare = [cell.strip(DECORATION) for cell in cells]
    if decimal_comma:
        bare = [without_groups(cell).replace(",", ".") for cell in bare]
    else:
        bare = [plain_cell(cell) for cell in bare]
    missing = np.array([cell in NOTHING for cell in bare])
    values = _numbers(bare)
    for wrapped in WRAPPED:
        if np.isnan(values).all():
            found = [wrapped.match(cell) for cell in bare]
            values = _numbers([match[1] if match else "" for match in found])
    wrong = np.isnan(values) & ~missing
    wrong[wrong] = [bare[row].lower().lstrip("+-") != "nan" for row in np.flatnonzero(wrong)]
    return _Block(values, missing, wrong, cells if wrong.any() else ())


def _numbers(cells: Sequence[str]) -> np.ndarray:
    """NaN where a cell is none."""
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        with suppress(ValueError):
            values[row] = float(cell)
    return values


def _joined(blocks: Sequence[_Block]) -> Cells:
    def joined(parts: Iterable[np.ndarray]) -> np.ndarray:
        return np.concatenate([np.zeros(0), *parts])

    return Cells(
        joined(block.values for block in blocks),
        joined(block.missing for block in blocks).astype(bool),
        joined(block.wrong for block in blocks).astype(bool),
        {at: block.texts for at, block in enumerate(blocks) if block.texts},
    )


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
