"""FS117: a column of numbers that is text because of a few entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.examination.checks.seen import Seen
from fitscope.names import listed, shown
from fitscope.verdicts.check import Check

if TYPE_CHECKING:
    import polars as pl

MOST = 0.5
"""Share of rows that hold a number, from which on a column is one of numbers."""

FEW = 5
"""Different entries that are none, at most: words for a missing value. With more, texts and
numbers are mixed on purpose."""

FEWEST_NUMBERS = 10
"""Different numbers below which they are codes."""


def not_numbers(values: pl.Series) -> list[str] | None:
    """Entries that keep a column of texts from being one of numbers; None if it is none anyway.

    Example:
        >>> import polars as pl
        >>> not_numbers(pl.Series([*map(str, range(40)), " ", "?"]))
        [' ', '?']
        >>> not_numbers(pl.Series(["a", "b", "3"]))
    """
    import polars as pl

    if values.dtype not in (pl.String, pl.Categorical) or not values.len():
        return None
    texts = values.cast(pl.String).drop_nulls()
    numbers = texts.str.strip_chars().cast(pl.Float64, strict=False)
    rest = texts.filter(numbers.is_null()).unique().sort()
    if not 1 <= len(rest) <= FEW or numbers.n_unique() < FEWEST_NUMBERS + 1:
        return None
    return rest.to_list() if numbers.is_not_null().to_numpy().mean() >= MOST else None


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    found = {}
    for column in seen.columns:
        if column.kind in ("category", "text") and column.name in seen.frame.columns:
            entries = not_numbers(seen.frame[column.name])
            if entries is not None:
                found[column.name] = entries
    if not found:
        return None
    name, entries = next(iter(found.items()))
    return Check(
        "FS117",
        "warning",
        f"Numbers that are taken as text: {listed(list(found))}",
        f"{shown(name)} holds numbers and {', '.join(repr(shown(entry)) for entry in entries)}, so "
        "it is treated as names, not as a quantity. Leave these cells empty, and it is one of "
        "numbers with missing ones.",
        tuple(found),
    )
