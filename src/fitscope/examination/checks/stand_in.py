"""FS116: a number such as -999 or 99999 that stands for a missing one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from fitscope.examination.checks.seen import Seen
from fitscope.names import joined, shown
from fitscope.verdicts.check import Check

if TYPE_CHECKING:
    import polars as pl

OFTEN = 0.001
"""Share of rows that bear it, from which on it is no typing error."""

FEWEST = 5

FAR = 1.0
"""How far it must lie from all other values, in the span of these."""

_NINES = re.compile(r"-?9{2,}|-[789]")


def stand_in(values: pl.Series) -> tuple[float, int] | None:
    """The number that seems to stand for a missing one, and how many rows bear it.

    It is made of nines (or is -7, -8, -9 and the like), the lowest or the highest value, borne by
    several rows, and further from all others than these span.

    Example:
        >>> import polars as pl
        >>> stand_in(pl.Series([*range(1_000), *[99999] * 5]))
        (99999.0, 5)
        >>> stand_in(pl.Series([*range(100)] * 10))
    """
    import polars as pl

    present = values.drop_nulls().cast(pl.Float64).to_numpy()
    present = present[np.isfinite(present)]
    if not len(present):
        return None
    for end in (float(present.min()), float(present.max())):
        rows = int((present == end).sum())
        whole = end == round(end) and _NINES.fullmatch(f"{end:.0f}")
        others = present[present != end]
        if not whole or rows < max(FEWEST, OFTEN * len(values)) or len(others) < FEWEST:
            continue
        low, high = others.min(), others.max()
        if max(low - end, end - high) > FAR * (high - low) > 0:
            return end, rows
    return None


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    found = {
        column.name: one
        for column in seen.used
        if column.kind == "number" and (one := stand_in(seen.frame[column.name])) is not None
    }
    if not found:
        return None
    told = [
        f"{rows:,} rows have {value:.0f} in {shown(name)}"
        for name, (value, rows) in list(found.items())[:3]
    ]
    return Check(
        "FS116",
        "warning",
        f"Numbers that seem to stand for missing ones: {joined([shown(name) for name in found])}",
        f"{joined(told)}, further from all other values than these span. To a model that is a "
        "huge value: leave the cell empty instead, then it is filled and marked as missing.",
        tuple(found),
    )
