"""The lowest point of a trend, and how far the search for it makes it look too low."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitscope.diagnosis.gaussian import GRID, STEP, below
from fitscope.diagnosis.trend import Trend

RIVAL = 2.0  # standard errors within which an epoch could as well have been the lowest
SLIDING = 2.5  # sliding windows hold about 2.5 times the independent chances of disjoint ones


@dataclass(frozen=True)
class Lowest:
    """The lowest point of a trend.

    Attributes:
        at: its place in the curve.
        value: the trend there.
        error: standard error of the trend there, and of the corrected value.
        chances: how many independent windows could have been the lowest, at least 1.
        corrected: the value with the optimism of the search taken out.
    """

    at: int
    value: float
    error: float
    chances: float
    corrected: float


def smallest_of(chances: float) -> float:
    """Mean of the smallest of so many standard normal numbers.

    Example:
        >>> round(smallest_of(2), 3)
        -0.564
    """
    if chances <= 1:
        return 0.0
    above = (1 - below(GRID)) ** chances
    return float(GRID[0] + (np.sum(above) - 0.5) * STEP)


def lowest(found: Trend) -> Lowest:
    """Find the lowest point of a trend.

    Where the trend is less well known it may be low by luck: the point that is lowest with one
    standard error added is taken. The minimum of many noisy values is lower than any of them
    is meant to be; how many compete is counted, and the mean of the smallest of so many is
    taken out.

    Args:
        found: the trend of a validation curve.

    Returns:
        The point.
    """
    values, errors = found.values, found.errors
    at = int(np.argmin(values + errors))
    value, error = float(values[at]), float(errors[at])
    rivals = values - value < RIVAL * np.hypot(errors, error)
    rivals[at] = True
    disjoint = float(np.sum(1 / (2.0 * found.half[rivals] + 1)))
    chances = max(1.0, SLIDING * disjoint)
    # Were all rivals equal in truth, each would be their mean: no more than that is taken out.
    most = max(float(values[rivals].mean()) - value, 0.0)
    optimism = min(-smallest_of(chances) * error, most)
    return Lowest(
        at=at,
        value=value,
        error=error,
        chances=chances,
        corrected=value + optimism,
    )
