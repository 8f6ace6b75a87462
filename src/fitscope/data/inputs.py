"""Columns of a table as plain numbers and texts, which is what scikit-learn's transformers take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from fitscope.data.columns import Column, known
from fitscope.data.recognise import as_booleans, as_numbers, dates
from fitscope.data.refusals import as_floats, refuse_extremes
from fitscope.data.table import Table
from fitscope.errors import UserError
from fitscope.names import shown

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Float64

DAY = 86_400_000_000  # microseconds
Values: TypeAlias = "Float64[np.ndarray, ' rows'] | pl.Series"
"""Numbers in float64, NaN where they are missing, or texts, "" where they are missing."""


class Input(NamedTuple):
    """A column, or a part of a date, as an encoding takes it.

    Attributes:
        column: its name.
        kind: "number", "boolean", "category" or "date".
        part: of a date: "", which is the day with its fraction, "month", "weekday" or "hour".
        form: how dates are written where they stand as text.
    """

    column: str
    kind: str
    part: str = ""
    form: str = ""

    @property
    def name(self) -> str:
        """What a feature made of it is called."""
        return f"{self.column} {self.part}".rstrip()


def inputs_of(table: Table, columns: Sequence[Column]) -> list[Input]:
    """What is taken of the used columns; of a date those parts that differ among these rows."""
    found = []
    for column in columns:
        if not column.used:
            continue
        one = Input(column.name, column.kind, "", column.form)
        found.append(one)
        if column.kind == "date":
            parts = [one._replace(part=part) for part in ("month", "weekday", "hour")]
            values = taken(table, parts)
            found += [
                part
                for part, value in zip(parts, values, strict=True)
                if len(np.unique(value[~np.isnan(value)])) > 1
            ]
    return found


def taken(table: Table, inputs: Sequence[Input]) -> list[Values]:
    """The values of each input.

    Raises:
        UserError: a column is not there, or holds a value that is none of its kind; the message
            names the row.
    """
    columns = dict(zip(table.frame.columns, table.frame.get_columns(), strict=True))
    for one in inputs:
        if one.column not in columns:
            known(one.column, table.frame.columns, table.where)
    return [_taken(columns[one.column], one, table) for one in inputs]


def typed(table: Table, inputs: Sequence[Input]) -> Table:
    """The table with numbers, truths and dates where it has texts that are to be taken for these.

    Args:
        table: rows beside those that were learnt from, whose columns were left as texts.
        inputs: what those that were learnt from are taken for.

    Raises:
        UserError: as `taken`.
    """
    import polars as pl

    taken(table, inputs)
    read = {
        one.column: _read(table.frame[one.column], table, one)
        for one in inputs
        if one.kind != "category" and table.frame.schema[one.column] == pl.String
    }
    return replace(table, frame=table.frame.with_columns(**read))


def _taken(values: pl.Series, one: Input, table: Table) -> Values:
    if one.kind == "category":
        return _words(values).fill_null("")
    if one.kind == "date":
        return as_floats(_part(_read(values, table, one), one.part))
    numbers = _read(values, table, one)
    refuse_extremes(numbers, table)
    return as_floats(numbers)


def _words(values: pl.Series) -> pl.Series:
    """Texts; whole numbers that came as fractions are written as whole numbers."""
    import polars as pl

    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        if values.drop_nulls().drop_nans().eq(whole.drop_nulls()).all():
            values = whole
    return values.cast(pl.String)


def _read(values: pl.Series, table: Table, one: Input) -> pl.Series:
    import polars as pl

    if values.dtype == pl.Null:
        return values.cast(pl.Datetime("us") if one.kind == "date" else pl.Float64)
    if one.kind == "date":
        if values.dtype.is_temporal():
            return values.cast(pl.Datetime("us"))
        if values.dtype == pl.String:
            return _checked(values, dates(values, one.form or "%Y-%m-%d"), table, "date")
    elif values.dtype.is_numeric() or values.dtype == pl.Boolean:
        return values
    elif values.dtype == pl.String:
        read = as_booleans(values) if one.kind == "boolean" else as_numbers(values)
        if read is None:
            read = values.cast(pl.Float64, strict=False)
        return _checked(values, read, table, one.kind)
    row = int(np.argmax(values.is_not_null().to_numpy()))
    raise UserError(_refusal(values, row, table, one.kind))


def _checked(values: pl.Series, read: pl.Series, table: Table, kind: str) -> pl.Series:
    wrong = (read.is_null() & values.is_not_null()).to_numpy()
    if wrong.any():
        raise UserError(_refusal(values, int(np.argmax(wrong)), table, kind))
    return read


def _refusal(values: pl.Series, row: int, table: Table, kind: str) -> str:
    return (
        f"column {shown(values.name)!r}, {table.place(row)}: {shown(str(values[row]))!r} is no "
        f"{kind}, as it is in the rows learnt from; mend it or leave it empty"
    )


def _part(values: pl.Series, part: str) -> pl.Series:
    if part:
        return getattr(values.dt, part)()
    return values.dt.timestamp("us") / DAY
