"""What each column is, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from fitscope.data.refusals import numbers_among, refuse_extremes, refuse_strays
from fitscope.errors import UserError
from fitscope.names import listed, nearest, shown

if TYPE_CHECKING:
    import polars as pl

    from fitscope.data.table import Table

Kind = Literal[
    "number", "boolean", "category", "date", "text", "target", "group", "order", "weight"
]
RARE = 10
"""A category in fewer training rows is rare: what it does would be known with an error of a third
of the spread of single rows (1 / sqrt(10)). Halved or doubled, a few categories more or less."""
COMMON = 0.5
"""Share of the rows whose value must not be rare, or the column is taken for text."""
ROLES: dict[Kind, str] = {
    "target": "to be predicted",
    "group": "keeps its rows together",
    "order": "says which rows are later",
    "weight": "says what each row counts",
}


@dataclass(frozen=True)
class Column:
    """A column of a table, and what is done with it.

    Attributes:
        name: as the table calls it.
        kind: "number", "boolean", "category", "date" or "text" (free text or an identifier);
            "target", "group", "order" or "weight" for the columns that were named as such.
        treatment: what is done with it, in a few words; "left out: ..." and why if nothing is.
        used: False if no model sees it.
        missing: rows without a value.
        distinct: different values, missing ones not counted.
        form: how dates are written where they stand as text.
    """

    name: str
    kind: Kind
    treatment: str
    used: bool
    missing: int
    distinct: int
    form: str = ""


def look_at(
    table: Table,
    target: str,
    drop: Sequence[str] = (),
    group: str | None = None,
    order_by: str | None = None,
    weights: str | None = None,
) -> tuple[Column, ...]:
    """What each column of a table is, in the table's order.

    Args:
        table: the rows.
        target: the column that is to be predicted.
        drop: columns that are left out.
        group: the column whose rows of one value stay in one part.
        order_by: the column that says which rows are later.
        weights: the column that says what each row counts.

    Raises:
        UserError: a column that is not there, none that can be used, numbers or dates with a few
            other texts among them, infinite values.

    Example:
        >>> from fitscope.data.table import read_table
        >>> rows = {"age": [30, 40, None], "land": ["DE"] * 3, "bought": ["no", "yes", "no"]}
        >>> for column in look_at(read_table(rows), "bought"):
        ...     print(column.name, "|", column.kind, "|", column.treatment)
        age | number | scaled, long tails bent; missing: median, marked
        land | category | left out: constant
        bought | target | to be predicted
    """
    frame = table.frame
    roles: dict[str, Kind] = {target: "target"}
    named: list[tuple[str | None, Kind]] = [
        (group, "group"),
        (order_by, "order"),
        (weights, "weight"),
    ]
    for name, role in named:
        if name is not None and roles.setdefault(name, role) != role:
            raise UserError(f"column {shown(name)!r} cannot be {roles[name]} and {role} at once")
    for name in (*roles, *drop):
        known(name, frame.columns)
    if taken := [name for name in drop if name in roles]:
        raise UserError(f"column {shown(taken[0])!r} is the {roles[taken[0]]}; do not drop it")
    columns: list[Column] = []
    first: dict[tuple[str, int], str] = {}
    for values in frame:
        column = _look(values, table, roles, drop)
        if column.used and (same := _same(values, frame, first)):
            column = _out(column, f"same as {shown(same)}")
        columns.append(column)
    if not any(column.used for column in columns):
        raise UserError("no column is left to predict from; give a table with features")
    return tuple(columns)


def known(name: str, columns: Sequence[str], where: str = "") -> None:
    """Refuse a name that no column has, with the nearest ones.

    Args:
        name: that a person gave.
        columns: names that there are.
        where: what the message begins with, such as a file's name.

    Raises:
        UserError: there is no such column.

    Example:
        >>> known("Churn", ["churn", "age"])
        Traceback (most recent call last):
        fitscope.errors.UserError: no column is called 'Churn'; is it 'churn'?
    """
    if name in columns:
        return
    near = nearest(name, columns)
    what = (
        f"is it {listed([repr(one) for one in near], word='or')}?"
        if near
        else f"the columns are {listed(list(columns), most=10)}"
    )
    said = f"{where.strip()}: " if where else ""
    raise UserError(f"{said}no column is called {shown(name)!r}; {what}")


def all_known(names: Sequence[str], columns: Sequence[str], where: str = "") -> None:
    """Refuse a table that lacks columns.

    Args:
        names: columns that must be there.
        columns: columns that there are.
        where: what the message begins with.

    Raises:
        UserError: one or several are not there.

    Example:
        >>> all_known(["age", "land", "sex"], ["age", "name"], "new.csv ")
        Traceback (most recent call last):
        fitscope.errors.UserError: new.csv lacks 2 of the columns learnt from: land and sex
    """
    lacking = [name for name in names if name not in columns]
    if len(lacking) == 1:
        known(lacking[0], columns, where)
    if lacking:
        what = where or "the table "
        raise UserError(
            f"{what}lacks {len(lacking):,} of the columns learnt from: {listed(lacking)}"
        )


def _look(
    values: pl.Series, table: Table, roles: Mapping[str, Kind], drop: Sequence[str]
) -> Column:
    import polars as pl

    name = values.name
    if values.dtype.is_nested() or values.dtype in (pl.Object, pl.Binary):
        if name in roles:
            raise UserError(
                f"column {shown(name)!r} holds lists, records or bytes; give single values"
            )
        return Column(
            name, "text", "left out: lists, records or bytes", False, values.null_count(), 0
        )
    missing = values.null_count()
    distinct = values.n_unique() - (missing > 0)
    about = Column(name, "text", "", True, missing, distinct, table.formats.get(name, ""))
    if role := roles.get(name):
        return replace(about, kind=role, treatment=ROLES[role], used=False)
    column = replace(about, kind=_kind(values, distinct))
    if name in drop:
        return _out(column, "as asked")
    if distinct == 0:
        return _out(column, "no value in any row")
    if distinct == 1 and not missing:
        return _out(column, "constant")
    if values.dtype == pl.String:
        refuse_strays(values, table)
    if column.kind == "number":
        refuse_extremes(values, table)
    if column.kind == "text":
        every = distinct == len(values) - missing
        why = "text or identifier, each value once" if every else "text, nearly all values rare"
        return _out(column, why)
    return replace(column, treatment=_treatment(column) + numbers_among(values))


def _kind(values: pl.Series, distinct: int) -> Kind:
    import polars as pl

    if values.dtype == pl.Boolean:
        return "boolean"
    if values.dtype.is_numeric():
        return "number"
    if values.dtype.is_temporal():
        return "date"
    if distinct <= 2:
        return "category"
    counts = values.drop_nulls().value_counts()["count"]
    counts = counts.to_numpy()
    common = counts[counts >= rare(len(values))].sum()
    return "category" if common >= COMMON * counts.sum() else "text"


def _treatment(column: Column) -> str:
    words = {
        "number": "scaled, long tails bent",
        "boolean": "0 or 1",
        "category": "one-hot, rare ones pooled",
        "date": "days, month, weekday, hour",
    }
    filled = {"category": "a category of their own", "boolean": "the commoner one, marked"}
    missing = f"; missing: {filled.get(column.kind, 'median, marked')}" if column.missing else ""
    return words[column.kind] + missing


def rare(rows: int) -> int:
    """In so many rows a category must stand, of so many in all, or it is rare."""
    return max(min(RARE, rows // 10), 2)


def _out(column: Column, why: str) -> Column:
    return replace(column, used=False, treatment=f"left out: {why}")


def _same(values: pl.Series, frame: pl.DataFrame, first: dict[tuple[str, int], str]) -> str:
    """The first column with the same values, if there is one."""
    import polars as pl

    kind = "number" if values.dtype.is_numeric() else str(values.dtype)
    plain = values.cast(pl.Float64) if kind == "number" else values
    key = kind, int(plain.hash(0).reinterpret(signed=True).sum())
    name = first.setdefault(key, values.name)
    if name == values.name:
        return ""
    other = frame[name].cast(pl.Float64) if kind == "number" else frame[name]
    return name if plain.equals(other, null_equal=True) else ""
