"""FS102: an identifier among the columns that models see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from fitscope.examination.checks.seen import Seen
from fitscope.names import listed, typed
from fitscope.verdicts.check import Check

if TYPE_CHECKING:
    import polars as pl

FEWEST = 50
"""Rows below which whole numbers may well be all different by chance."""

ALL = 0.999
"""Share of different values from which on they are all different."""

DENSE = 1.2
"""Running numbers fill so many times their count, at most: some rows were dropped. 2,930 plots of
land have sizes that fill 100 times it."""

_ID = re.compile(
    r"(^|[^a-z])(id|ids|uid|uuid|guid|rowid|index|rownames?|key|nr|serial)$"
    r"|(row|record|user|customer|client|patient|subject|person|case|order|member|account|sample)id$"
)


def called_identifier(name: str) -> bool:
    """A name says that its column identifies rows or what they are about.

    Example:
        >>> [called_identifier(name) for name in ("Id", "customerID", "caseid", "paid", "humid")]
        [True, True, True, False, False]
    """
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return bool(_ID.search(split.lower())) or bool(_ID.search(name.strip().lower()))


def is_identifier(values: pl.Series) -> bool:
    """All values are different whole numbers, and either they run or their name says it.

    Numbers run if hardly any between the lowest and the highest is left out, or if they never fall
    from one row to the next.

    Example:
        >>> import polars as pl
        >>> rows = np.arange(100)
        >>> sizes = rows * 7919 % 9973
        >>> is_identifier(pl.Series("no", rows)), is_identifier(pl.Series("size", sizes))
        (True, False)
    """
    present = values.drop_nulls()
    if not values.dtype.is_numeric() or len(present) < FEWEST:
        return False
    if present.n_unique() < ALL * len(present):
        return False
    numbers = present.to_numpy().astype(np.float64)
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
        return False
    dense = bool(numbers.max() - numbers.min() + 1 <= DENSE * len(numbers))
    steps = np.diff(numbers)
    runs = bool((steps >= 0).all() or (steps <= 0).all())
    return dense or runs or called_identifier(values.name)


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    table = seen.frame[np.sort(np.concatenate([seen.known, seen.test]))]
    names = [
        column.name
        for column in seen.used
        if column.kind == "number"
        and column.distinct >= FEWEST
        and is_identifier(table[column.name])
    ]
    if not names:
        return None
    several = len(names) > 1
    return Check(
        "FS102",
        "warning",
        f"{listed(names)} {'look like identifiers' if several else 'looks like an identifier'}",
        "All values are different whole numbers that run or are named as one. A number like that "
        "tells nothing about new rows, and where rows are sorted it can give the target away: "
        f"--drop {typed(names)}.",
        tuple(names),
    )
