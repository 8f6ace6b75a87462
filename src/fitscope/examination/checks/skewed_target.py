"""FS111: the target of a regression runs over orders of magnitude."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from fitscope.examination.checks.seen import Seen
from fitscope.verdicts.check import Check

TIMES = 20.0
"""How many times the lowest value in a hundred the highest in a hundred is, from which on squared
errors are those of the largest values alone."""

LESS_SKEWED = 0.5
"""The logarithm must bring down the skewness to that share of it, or it does not help."""


def spread_in_times(y: Float[np.ndarray, " rows"]) -> float | None:
    """The 99th percentile as a multiple of the 1st; None if a logarithm is impossible or no help.

    Example:
        >>> y = np.exp(np.random.default_rng(0).normal(0, 1.5, 5_000))
        >>> spread_in_times(y) > 500, spread_in_times(y - 1) is None
        (True, True)
    """
    from scipy.stats import skew

    if y.min() <= 0:
        return None
    low, high = np.quantile(y, [0.01, 0.99])
    if high < TIMES * low or abs(skew(np.log(y))) > LESS_SKEWED * abs(skew(y)):
        return None
    return float(high / low)


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    if seen.labelled:
        return None
    times = spread_in_times(seen.y[seen.known])
    if times is None:
        return None
    return Check(
        "FS111",
        "note",
        "The target runs over orders of magnitude",
        f"Its largest hundredth begins at {times:,.0f} times the end of its smallest, so a mean "
        "squared error is that of the largest values. If relative errors matter, learn its "
        "logarithm instead: add that as a column, name it as the target and drop this one.",
    )
