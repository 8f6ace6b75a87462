"""Columns of a table grouped by what was done with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.data.columns import ROLES

if TYPE_CHECKING:
    from fitscope.data.columns import Column

PLURALS = {
    "number": "Numbers",
    "boolean": "Booleans",
    "category": "Categories",
    "date": "Dates",
    "text": "Texts",
}
TWIN = "left out: same as"


@dataclass(frozen=True)
class Treatment:
    """Columns that were treated alike.

    Attributes:
        title: what they are, and what was done.
        columns: in the table's order.
        used: whether models see them.
    """

    title: str
    columns: tuple[Column, ...]
    used: bool


def treatments(columns: Iterable[Column]) -> list[Treatment]:
    """Columns by what was done: what models see first, then the named ones, then what is left out.

    Args:
        columns: of a table, in its order.

    Example:
        >>> from fitscope.data.columns import Column
        >>> found = [Column("id", "number", "left out: constant", False, 0, 1),
        ...          Column("age", "number", "scaled", True, 0, 60),
        ...          Column("fee", "number", "scaled", True, 0, 9)]
        >>> [(one.title, len(one.columns)) for one in treatments(found)]
        [('Numbers: scaled', 2), ('Left out: constant', 1)]
    """
    groups: dict[tuple[int, str], list[Column]] = {}
    for column in columns:
        groups.setdefault(_group(column), []).append(column)
    return [
        Treatment(title, tuple(groups[place, title]), place == 0)
        for place, title in sorted(groups, key=lambda group: group[0])
    ]


def _group(column: Column) -> tuple[int, str]:
    """Its place, and its heading."""
    told = column.treatment
    if column.used:
        return 0, f"{PLURALS.get(column.kind, column.kind.capitalize())}: {told}"
    if column.kind in ROLES:
        return 1, f"{column.kind.capitalize()}: {told}"
    if told.startswith(TWIN):
        return 2, "Left out: same as another column"
    return 2, f"{told[:1].upper()}{told[1:]}"
