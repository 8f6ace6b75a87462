"""Values that a person has to mend, each named by its column and its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.data.recognise import FORMATS, SAMPLE, are_codes, dated, dates
from fitscope.errors import UserError
from fitscope.names import shown

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Float64

    from fitscope.data.table import Table

NEARLY_ALL = 0.9
"""Share of numbers (or dates) from which on other texts in the column are mistakes. With fewer,
the column is one of words, some of which are numbers."""
SOME = 0.1  # share of numbers among texts from which on it is worth a word
LARGEST = 1e100  # beyond it differences and squares leave the range of numbers


def refuse_strays(values: pl.Series, table: Table) -> None:
    """Refuse a column of numbers or dates with a few other texts in it.

    Raises:
        UserError: it is one; the message names the first such row.
    """
    import polars as pl

    present = len(values) - values.null_count()
    few = values.drop_nulls()[: 20 * SAMPLE]
    as_number = values.cast(pl.Float64, strict=False)
    codes = are_codes(values.filter(as_number.is_not_null()))
    found = [] if codes else [("number", as_number)]
    if dated(few):
        form = max(FORMATS, key=lambda one: len(few) - dates(few[:SAMPLE], one).null_count())
        found.append(("date", dates(values, form)))
    for what, read in found:
        number = len(read) - read.null_count()
        if NEARLY_ALL * present <= number < present:
            row = int(np.argmax((read.is_null() & values.is_not_null()).to_numpy()))
            raise UserError(
                f"column {shown(values.name)!r}, {table.place(row)}: {shown(values[row])!r} is no "
                f"{what}, as {number:,} of the {present:,} values are; mend it, leave it empty, or "
                "drop the column"
            )


def numbers_among(values: pl.Series) -> str:
    """Words on the numbers in a column of texts, if many are."""
    import polars as pl

    if values.dtype != pl.String:
        return ""
    present = len(values) - values.null_count()
    read = values.cast(pl.Float64, strict=False)
    number = len(read) - read.null_count()
    if number < SOME * present or number == present:  # codes, of which a note tells
        return ""
    return f"; {number:,} of {present:,} values are numbers, but not all"


def as_floats(values: pl.Series) -> Float64[np.ndarray, " rows"]:
    """Numbers or truths in float64, NaN where they are missing."""
    import polars as pl

    return values.cast(pl.Float64).to_numpy()


def refuse_extremes(values: pl.Series, table: Table) -> None:
    """Refuse values that are infinite or too large to be scaled.

    Raises:
        UserError: there is one; the message names the first such row.
    """
    numbers = as_floats(values)
    wrong = np.abs(numbers) > LARGEST
    if wrong.any():
        row = int(np.argmax(wrong))
        what = "infinite" if np.isinf(numbers[row]) else f"{numbers[row]:g}, which is too large"
        raise UserError(
            f"column {shown(values.name)!r}, {table.place(row)}: the value is {what}; mend it, "
            "leave it empty, or drop the column"
        )
