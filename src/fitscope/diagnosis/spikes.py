"""Spikes: single epochs far off both their neighbours and the noise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

FAR = 4.0  # standard deviations of the noise
LONE = 2.0  # ranges of the neighbours


def without_spikes(
    values: Float[np.ndarray, " n"], deviation: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """The curve with lone far-off epochs put back to the median of their neighbours.

    One bad epoch says nothing about a trend, least of all if it is the last one. A steep but
    steady stretch is no spike: there the neighbours differ as much among themselves.

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
    before = np.sort(values[-4:-1])
    jump = abs(values[-1] - values[-2])
    last = jump > FAR * deviation[-1] and jump > LONE * (before[2] - before[0])
    # Where the epoch before it has left the others too, a rise has begun.
    last = last and abs(values[-2] - before[1]) <= FAR * deviation[-1]
    if not (spike.any() or last):
        return values
    tamed = values.copy()
    tamed[2:-2][spike] = middle[spike]
    if last:
        tamed[-1] = before[1]
    return tamed
