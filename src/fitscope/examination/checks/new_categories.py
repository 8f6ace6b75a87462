"""FS112: categories that no training row has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

from fitscope.examination.checks.seen import Seen
from fitscope.names import listed, shown
from fitscope.numbers import percent
from fitscope.verdicts.check import Check

if TYPE_CHECKING:
    import polars as pl

MATTERS = 0.05
"""Share of a part's rows with a new category from which on a column is of less use there."""

BEYOND = 2.0
"""How many times what chance gives it must be."""

SURE = 3.0
"""Standard errors of a count by which it must lie above that, too: many columns are looked at."""


def new_share(
    values: pl.Series, train: Int[np.ndarray, " train"], other: Int[np.ndarray, " other"]
) -> tuple[float, float]:
    """Share of a part's rows with a category that no training row has, and what chance gives.

    Chance gives the share of training rows whose category no other one has (Good 1953). Rows
    without a value count as rows without a new one.

    Example:
        >>> import polars as pl
        >>> values = pl.Series(["a", "a", "a", "b", "c", "a"])
        >>> new_share(values, np.arange(4), np.arange(4, 6))
        (0.5, 0.25)
    """
    known = values[train].drop_nulls()
    fresh = values[other].drop_nulls()
    if not len(known) or not len(fresh):
        return 0.0, 0.0
    new = int((~fresh.is_in(known.unique().implode())).sum())
    return new / len(other), int(known.is_unique().sum()) / len(train)


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    found: dict[str, tuple[float, str]] = {}
    for column in seen.used:
        if column.kind != "category":
            continue
        for part, rows in (("validation", seen.validation), ("test", seen.test)):
            new, chance = new_share(seen.frame[column.name], seen.train, rows)
            error = np.sqrt((chance + 1 / len(seen.train)) / max(len(rows), 1))
            if new >= MATTERS and new > BEYOND * chance and new > chance + SURE * error:
                found[column.name] = max(found.get(column.name, (0.0, "")), (new, part))
    if not found:
        return None
    worst = max(found, key=lambda name: found[name])
    share, part = found[worst]
    return Check(
        "FS112",
        "warning",
        f"New categories: {listed(list(found))}",
        f"{percent(share)} of the {part} rows have a value of {shown(worst)} that no training "
        "row has, more than chance explains. All such values look alike to a model. If new rows "
        "will bring new values, leave the column out, or say what the values have in common.",
        tuple(found),
    )
