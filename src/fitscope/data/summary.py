"""The columns of a table on one screen: those of which the same is to be said stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from fitscope.data.columns import Column

LINES = 30
"""Columns up to which each has a line of its own; a screen has about so many."""


@dataclass(frozen=True)
class Line:
    """What is said of one column, or of several at once.

    Attributes:
        names: the columns.
        kind: what they are.
        treatment: what is done with them.
        missing: rows without a value, of the column that has most of them.
    """

    names: tuple[str, ...]
    kind: str
    treatment: str
    missing: int


def summarized(columns: Sequence[Column], lines: int = LINES) -> tuple[Line, ...]:
    """What was read and what is done with it, in as few lines as that takes.

    Args:
        columns: what `look_at` found.
        lines: columns up to which each has a line of its own.

    Returns:
        Lines in the table's order; where columns are more, one for each kind and treatment,
        roles first and what is left out last.

    Example:
        >>> many = [Column(f"x{i}", "number", "scaled", True, i % 3, 9) for i in range(100)]
        >>> for line in summarized([*many, Column("y", "target", "to be predicted", False, 0, 2)]):
        ...     print(len(line.names), line.kind, line.treatment, line.missing)
        1 target to be predicted 0
        100 number scaled 2
    """
    if len(columns) <= lines:
        return tuple(Line((one.name,), one.kind, one.treatment, one.missing) for one in columns)
    said = sorted(columns, key=_said)
    return tuple(_line(tuple(alike)) for _, alike in groupby(said, key=_said))


def _said(column: Column) -> tuple[int, str, str]:
    role = column.kind in ("target", "group", "order")
    treatment = column.treatment
    if column.kind == "category" and column.used:
        treatment = "one-hot"  # how many categories each has would part them
    elif treatment.startswith("left out: same as "):
        treatment = "left out: same as another"
    return (0 if role else 1 if column.used else 2), column.kind, treatment


def _line(alike: tuple[Column, ...]) -> Line:
    _, kind, treatment = _said(alike[0])
    if len(alike) == 1:
        treatment = alike[0].treatment
    names = tuple(column.name for column in alike)
    return Line(names, kind, treatment, max(column.missing for column in alike))
