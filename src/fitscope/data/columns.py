"""What each column is, and what is done with it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from fitscope.errors import UserError
from fitscope.names import listed, shown

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["number", "boolean", "category", "date", "text", "target", "group", "order"]


@dataclass(frozen=True)
class Column:
    """A column of a table, and what is done with it.

    Attributes:
        name: as the table calls it.
        kind: "number", "boolean", "category", "date" or "text" (free text or an identifier);
            "target", "group" or "order" for the columns that were named as such.
        treatment: what is done with it, in a few words; "left out: ..." and why if nothing is.
        used: False if no model sees it.
        missing: rows without a value.
        distinct: different values, missing ones not counted.
    """

    name: str
    kind: Kind
    treatment: str
    used: bool
    missing: int
    distinct: int


def look_at(
    frame: pl.DataFrame,
    target: str,
    drop: Sequence[str] = (),
    group: str | None = None,
    order_by: str | None = None,
) -> tuple[Column, ...]:
    """What each column of a table is, in the table's order.

    Args:
        frame: the columns.
        target: the column that is to be predicted.
        drop: columns that are left out.
        group: the column whose rows of one value stay in one part.
        order_by: the column that says which rows are later.

    Raises:
        UserError: a column that is not there, or none that can be used.
    """
    for name in (target, *drop, *filter(None, (group, order_by))):
        known(name, frame.columns)
    roles: dict[str, Kind] = {target: "target"}
    if order_by is not None:
        roles[order_by] = "order"
    if group is not None:
        roles[group] = "group"
    columns = []
    seen: dict[tuple[object, ...], str] = {}
    for name in frame.columns:
        column = _look(frame[name], roles.get(name))
        if column.used and name in drop:
            column = _out(column, "as asked")
        elif column.used:
            key = _fingerprint(frame[name])
            if (first := seen.setdefault(key, name)) != name and frame[name].equals(
                frame[first].alias(name), null_equal=True
            ):
                column = _out(column, f"same as {shown(first)}")
        columns.append(column)
    if not any(column.used for column in columns):
        raise UserError("no column is left to predict from; give a table with features")
    return tuple(columns)


def known(name: str, columns: Sequence[str]) -> None:
    """Refuse a name that no column has, with the nearest ones.

    Raises:
        UserError: there is no such column.
    """
    if name in columns:
        return
    near = difflib.get_close_matches(name, columns, n=3, cutoff=0.5)
    lower = [other for other in columns if other.lower() == name.lower()]
    offered = listed([shown(other) for other in (lower or near or columns)], word="or")
    raise UserError(f"no column is called {shown(name)!r}; there is {offered}")


def _look(values: pl.Series, role: Kind | None) -> Column:
    import polars as pl

    missing, distinct = values.null_count(), values.drop_nulls().n_unique()
    about = Column(values.name, "text", "", False, missing, distinct)
    if role is not None:
        words = {
            "target": "to be predicted",
            "group": "keeps rows together",
            "order": "orders rows",
        }
        return replace(about, kind=role, treatment=words[role])
    kind = _kind(values, distinct)
    column = replace(about, kind=kind, used=True, treatment=_treatment(kind, missing))
    if distinct == 0:
        return _out(column, "no value in any row")
    if distinct == 1 and (missing == 0 or kind != "number"):
        return _out(column, "constant")
    if kind == "text":
        return _out(column, "text or identifier")
    if values.dtype == pl.Null:
        return _out(column, "no value in any row")
    return column


def _kind(values: pl.Series, distinct: int) -> Kind:
    import polars as pl

    if values.dtype == pl.Boolean:
        return "boolean"
    if values.dtype.is_numeric():
        return "number"
    if values.dtype.is_temporal():
        return "date"
    present = len(values) - values.null_count()
    return "text" if distinct > max(present / 2, 20) else "category"


def _treatment(kind: Kind, missing: int) -> str:
    words = {
        "number": "scaled and clipped",
        "boolean": "0 or 1",
        "category": "one feature a category",
        "date": "days, month, weekday and hour",
        "text": "",
    }
    return words[kind] + (", missing ones marked" if missing else "")


def _out(column: Column, why: str) -> Column:
    return replace(column, used=False, treatment=f"left out: {why}")


def _fingerprint(values: pl.Series) -> tuple[object, ...]:
    hashes = values.hash(seed=0)
    return str(values.dtype), int(hashes.sum() or 0), len(values)
