"""Runs too short to show their noise beside a sharp turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis import gaussian, student
from fitscope.diagnosis.noise import Noise
from fitscope.diagnosis.rules import ESTABLISHED, EXPECTED_COUNTS, EXPECTED_NOISE
from fitscope.diagnosis.trend import Trend

if TYPE_CHECKING:
    from jaxtyping import Float


def short_trend(values: Float[np.ndarray, " n"], train: Float[np.ndarray, " n"] | None) -> Trend:
    """The trend of a short run: its values themselves, each with the noise that they may have.

    Args:
        values: the validation curve, as a loss.
        train: the training curve, or None: what it learnt says how large noise may be.
    """
    scale = 0.0
    if train is not None:
        scale = max(float(values.min() - train.min()), float(train[0] - train.min()))
    noise = short_noise(values, max(scale, 0.0))
    n = len(values)
    return Trend(
        values, np.full(n, noise), np.zeros(n, np.int64), Noise(np.full(n, noise), 0.0), values
    )


def short_noise(values: Float[np.ndarray, " n"], scale: float) -> float:
    """Standard deviation of the noise of a few epochs.

    Differences of neighbours take a steep rise for noise, so that the steeper one would be the
    less established. Here noise is what the nearest curve leaves that falls and then rises,
    however steeply; and because a few epochs leave little, an expected noise counts with it.

    Args:
        values: one value an epoch.
        scale: what training learnt; the expected noise is a share of it.

    Returns:
        The standard deviation, widened as Student's distribution asks.

    Example:
        >>> steeper = np.array([0.41, 0.42, 0.90])
        >>> short_noise(steeper, 0.3) == short_noise(np.array([0.41, 0.42, 0.58]), 0.3)
        True
    """
    n = len(values)
    freedom = max(n - 3.0, 0.0) / 2  # two monotone parts follow the noise half of the time
    expected = EXPECTED_NOISE * (scale if scale > 0 else 2 * float(np.ptp(values)))
    total = EXPECTED_COUNTS + freedom
    variance = (EXPECTED_COUNTS * expected**2 + _off_a_valley(values)) / total
    widened = student.quantile(ESTABLISHED, total) / gaussian.quantile(ESTABLISHED)
    return float(np.sqrt(variance)) * widened


def _off_a_valley(values: Float[np.ndarray, " n"]) -> float:
    """Squares that the nearest curve with one minimum leaves."""
    least = np.inf
    for low in range(len(values)):
        falls = -_rising(-values[: low + 1])
        rises = _rising(values[low:])
        left = np.sum((values[: low + 1] - falls) ** 2) + np.sum((values[low:] - rises) ** 2)
        least = min(least, float(left))
    return least


def _rising(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """The nearest curve that never falls (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, more = blocks.pop()
            mean, count = (mean * count + before * more) / (count + more), count + more
        blocks.append((mean, count))
    return np.concatenate([np.full(count, mean) for mean, count in blocks])
