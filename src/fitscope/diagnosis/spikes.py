"""Spikes: single epochs far off both their neighbours and the noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.rules import SHORT

if TYPE_CHECKING:
    from jaxtyping import Float

FAR = 4.0  # standard deviations of the noise
LONE = 2.0  # ranges of the neighbours


def without_spikes(
    values: Float[np.ndarray, " n"], deviation: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """The curve with lone far-off epochs put back to the median of their neighbours.

    One bad epoch says nothing about a trend. A steep but steady stretch is no spike: there the
    neighbours differ as much among themselves. The ends stay; see `lone_end`.

    Args:
        values: one value an epoch.
        deviation: standard deviation of the noise at each epoch.

    Returns:
        The curve; the same array if it has no spike.

    Example:
        >>> without_spikes(np.array([3.0, 2.0, 9.0, 2.0, 1.9, 1.8]), np.full(6, 0.1)).tolist()
        [3.0, 2.0, 2.0, 2.0, 1.9, 1.8]
    """
    n = len(values)
    if n < 5:
        return values
    near = np.stack([values[:-4], values[1:-3], values[3:-1], values[4:]])
    near.sort(axis=0)
    middle = (near[1] + near[2]) / 2
    away = np.abs(values[2:-2] - middle)
    spike = (away > FAR * deviation[2:-2]) & (away > LONE * (near[3] - near[0]))
    if not spike.any():
        return values
    tamed = values.copy()
    tamed[2:-2][spike] = middle[spike]
    return tamed


def lone_end(
    values: Float[np.ndarray, " n"],
    deviation: float,
    others: Sequence[Float[np.ndarray, " n"]] = (),
) -> bool:
    """Whether the last value is a spike, or half-written: far off, and nothing else bears it out.

    Args:
        values: one value an epoch.
        deviation: standard deviation of the noise at the end.
        others: what else was measured at the same epochs: the training curve, other metrics. One
            that takes an unusual step at the end, too, bears the last value out.

    Returns:
        True if the last value should not count. Where the value before it has left the others,
        too, and in the same direction, a rise has begun. In a short run a value that is worse
        always counts: were it left out where it is far off, a steep rise would be less than a flat
        one.

    Example:
        >>> quiet = np.array([0.50, 0.49, 0.48, 0.47, 0.46, 0.45])
        >>> broken = np.array([0.50, 0.51, 0.50, 0.51, 0.50, 0.1])
        >>> lone_end(broken, 0.01, [quiet])
        True
        >>> lone_end(broken, 0.01, [np.array([0.50, 0.49, 0.48, 0.47, 0.46, 0.2])])
        False
    """
    if len(values) < 5 or not _leaps(values, deviation):
        return False
    if len(values) < SHORT and values[-1] > values[-2]:
        return False
    before = np.sort(values[-4:-1])
    begun = values[-2] - before[1]
    if abs(begun) > FAR * deviation and begun * (values[-1] - values[-2]) > 0:
        return False
    return not any(_leaps(other, 0.0) for other in others)


def _leaps(values: Float[np.ndarray, " n"], deviation: float) -> bool:
    """Whether the last step is far larger than the noise, and than the three values before it."""
    before = values[-4:-1]
    jump = abs(float(values[-1] - values[-2]))
    return jump > FAR * deviation and jump > LONE * float(np.ptp(before))
