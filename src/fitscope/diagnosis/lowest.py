"""The lowest point of a trend, and how far the search for it makes it look too low."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.gaussian import GRID, STEP, below
from fitscope.diagnosis.trend import Trend
from fitscope.diagnosis.turn import Turn, turn

if TYPE_CHECKING:
    from jaxtyping import Float

RIVAL = 2.0  # standard errors within which an epoch could as well have been the lowest
CAUTION = 2.0  # standard errors added where the lowest place is sought
ROUNDING = 1e-12  # relative difference of equal levels, of which the first is taken
SLIDING = 2.5  # sliding windows hold about 2.5 times the independent chances of disjoint ones


@dataclass(frozen=True, eq=False)
class Lowest:
    """The lowest point of a trend: the one best epoch of a run.

    Attributes:
        at: its place in the curve.
        value: the trend there.
        trend_error: standard error of the trend there.
        chances: how many independent windows could have been the lowest, at least 1.
        corrected: the minimum of the curve without its noise, with neither the optimism of the
            search nor the bias of smoothing in it.
        error: standard error of `corrected`; `corrected` ± 1.96 of them is a 95 % interval.
        turn: where the curve rises from its minimum.
    """

    at: int
    value: float
    trend_error: float
    chances: float
    corrected: float
    error: float
    turn: Turn


def at_single(low: Lowest, found: Trend, values: Float[np.ndarray, " n"]) -> Lowest:
    """The same with its place at the lowest single value in the window behind it.

    For boosting rounds: each adds to those before, so that neighbours hardly scatter, and a window
    across a sharp minimum would put its place too late, where the curve is flatter.

    Args:
        low: the lowest point of the trend.
        found: the trend.
        values: the curve, one value a round.

    Example:
        >>> from fitscope.diagnosis.trend import trend
        >>> rounds = np.arange(300.0)
        >>> values = np.where(rounds < 20, 1 - rounds / 20, (rounds - 20) / 900)
        >>> low = lowest(trend(values))
        >>> low.at, at_single(low, trend(values), values).at
        (25, 20)
    """
    half = int(found.half[low.at])
    first = max(low.at - half, 0)
    near = values[first : low.at + half + 1]
    return replace(low, at=first + int(near.argmin()))


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

    Where the trend is less well known it may be low by luck: the point that is lowest with two
    standard errors added is taken, of equal ones the first. How many places compete to be the
    lowest is counted: the lowest of many noisy values is lower than any of them is meant to be. How
    low the curve is in truth is averaged over shapes (see `turn`).

    Args:
        found: the trend of a validation curve.

    Returns:
        The point.

    Example:
        >>> from fitscope.diagnosis.trend import trend
        >>> flat = lowest(trend(1 + 0.1 * np.random.default_rng(0).normal(size=300)))
        >>> flat.value < 0.99 < flat.corrected < 1.01
        True
    """
    values, errors = found.values, found.errors
    high = values + CAUTION * errors
    at = int(np.argmax(high <= high.min() + ROUNDING * abs(high.min())))
    value, error = float(values[at]), float(errors[at])
    rivals = values - value < RIVAL * np.hypot(errors, error)
    rivals[at] = True
    disjoint = float(np.sum(1 / (2.0 * found.half[rivals] + 1)))
    around = turn(found, at)
    return Lowest(
        at=at,
        value=value,
        trend_error=error,
        chances=max(1.0, SLIDING * disjoint),
        corrected=around.value,
        error=around.error,
        turn=around,
    )
