"""A block of CSV lines into float32 rows.

Polars is fast but says only that a block is bad; a slow pass then finds the line and the column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError

_BEGIN = b"+-.0123456789 "
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def parse_block(
    text: bytes, lines: int, first_line: int, where: str, columns: Sequence[str]
) -> Float32[np.ndarray, "rows columns"]:
    """Parse a block of lines that hold a 0/1 label and features each.

    Args:
        text: the lines, every one ended by a newline.
        lines: how many there are.
        first_line: the number of the first one in its file.
        where: what error messages call the file.
        columns: one name a column, the label's first.

    Returns:
        One row a line, finite everywhere, labels 0 or 1, in Fortran order.

    Raises:
        UserError: names the first line that is anything else, and the column.

    Example:
        >>> parse_block(b"1,2.5\\n0,-1e3\\n", 2, 1, "two.csv.gz", ("label", "a")).tolist()
        [[1.0, 2.5], [0.0, -1000.0]]
        >>> parse_block(b"1,2.5\\n0,x\\n", 2, 1, "two.csv.gz", ("label", "a"))
        Traceback (most recent call last):
        fitscope.errors.UserError: two.csv.gz: line 2: column 2 (a): 'x' is not a number; ...
    """
    import polars as pl

    if text[:1] not in _BEGIN:  # Polars would unpack what is packed once more
        return _parse_exactly(text, first_line, where, columns)
    try:
        frame = pl.read_csv(
            text, has_header=False, schema=dict.fromkeys(columns, pl.Float32), quote_char=None
        )
    except pl.exceptions.PolarsError:
        return _parse_exactly(text, first_line, where, columns)
    block = frame.to_numpy(order="fortran")
    labels = block[:, 0]
    # A missing value is NaN here.
    if len(block) == lines and np.isfinite(block).all() and ((labels == 0) | (labels == 1)).all():
        return block
    return _parse_exactly(text, first_line, where, columns)


def _parse_exactly(
    text: bytes, first_line: int, where: str, columns: Sequence[str]
) -> Float32[np.ndarray, "rows columns"]:
    rows = []
    for number, line in enumerate(text.removesuffix(b"\n").split(b"\n"), start=first_line):
        fields = line.removesuffix(b"\r").split(b",")
        if len(fields) != len(columns):
            found = f"{len(fields)} field{'s' * (len(fields) > 1)}" if line.strip() else "nothing"
            _refuse(where, number, f"{found} instead of {len(columns)} fields")
        row = []
        for index, field in enumerate(fields):
            problem, value = _number(field)
            if not problem and index == 0 and value not in (0, 1):
                problem = "is neither 0 nor 1"
            if problem:
                shown = field[:24].decode(errors="replace")
                _refuse(
                    where,
                    number,
                    f"column {index + 1} ({columns[index]}): "
                    + (f"{shown!r} {problem}" if field.strip() else "the field is empty"),
                )
            row.append(value)
        rows.append(row)
    return np.asfortranarray(rows, dtype=np.float32)


def _number(field: bytes) -> tuple[str, float]:
    field = field.strip()
    if _NUMBER.fullmatch(field):
        with np.errstate(over="ignore"):
            value = float(np.float32(float(field)))
        return ("" if np.isfinite(value) else "is too large for a 32-bit float"), value
    if field.lower().lstrip(b"+-") in (b"nan", b"inf", b"infinity"):
        return "is not a finite number", 0.0
    return "is not a number", 0.0


def _refuse(where: str, line: int, problem: str) -> NoReturn:
    raise UserError(f"{where}: line {line}: {problem}; mend or remove that line")
