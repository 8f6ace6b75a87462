"""Epochs that noise cannot tell apart from the best one: any of their checkpoints will do."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.lowest import Lowest
from fitscope.diagnosis.trend import Trend

APART = 1.96
"""Standard errors of the difference from which on two epochs are told apart, 95 of 100 times."""


def as_good(validation: Trend, low: Lowest) -> tuple[tuple[int, int], ...]:
    """Stretches of places in the curve whose trend is as low as the lowest, noise considered.

    The error of a difference is that of two independent windows. Windows that overlap differ by
    less: next to the best epoch a few too many are named, never too few.

    Args:
        validation: the trend.
        low: its lowest point; it lies in one of them.

    Returns:
        First and last place of each stretch.

    Example:
        >>> from fitscope.diagnosis.lowest import lowest
        >>> from fitscope.diagnosis.trend import trend
        >>> noise = np.random.default_rng(0).normal(0, 0.01, 200)
        >>> found = trend(0.5 + 1e-5 * (np.arange(200) - 120.0) ** 2 + noise)
        >>> any(first <= 120 <= last for first, last in as_good(found, lowest(found)))
        True
    """
    errors = np.hypot(validation.errors, low.trend_error)
    equal = validation.values - low.value <= APART * errors
    equal[low.at] = True
    edges = np.flatnonzero(np.diff(np.r_[False, equal, False]))
    return tuple((int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True))
