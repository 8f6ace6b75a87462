"""Slope of a curve at its end, per epoch."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.noise import Noise, stretch
from fitscope.diagnosis.rules import SHORT

if TYPE_CHECKING:
    from jaxtyping import Float, Int

FEWEST = 4  # epochs behind a fall of the learning rate that are enough for a slope
FEW = 6  # epochs of the widest window of a short run
BENT, ENOUGH = 5, 8  # epochs of the narrowest window of parabolas; of the widest, at least
WIDER = 1.3  # factor from one window to the next
KEPT = 500  # epochs of a window whose weights are kept for the next curve
AGREE = 2.5  # standard errors by which the slope of a wider window may differ, as for the trend
AGREE_SHORT = 1.0  # the same in short runs, whose noise is expected, not seen, and rather large


def end_slope(
    values: Float[np.ndarray, " n"],
    epochs: Int[np.ndarray, " n"],
    found: Noise,
    since: float | None = None,
) -> tuple[float, float]:
    """Slope of a curve at its last epoch.

    A curve that flattens is less steep at its end than over any stretch before it. So lines and
    parabolas are fitted to windows that grow from the end backwards, and of their slopes at the end
    the best known one is taken that agrees, within its error, with all that are worse known
    (Lepski 1990; the trend is found the same way).

    Args:
        values: one value an epoch.
        epochs: their epochs.
        found: the noise of the values.
        since: epoch at which the learning rate last fell, where that is known: what a curve falls
            by there is no slope, so no epoch before it counts while there are enough behind it.

    Returns:
        Change per epoch, and its standard error with correlated noise allowed for.

    Example:
        >>> from fitscope.diagnosis.noise import Noise
        >>> bent = np.maximum(20.0 - np.arange(30.0), 0)
        >>> slope, error = end_slope(bent, np.arange(30), Noise(np.full(30, 0.01), 0.0))
        >>> abs(slope) < 0.01
        True
    """
    n = len(values)
    behind = n if since is None else int(np.sum(epochs >= since))
    behind = behind if behind >= FEWEST else n
    straight = min(max(n // 3, min(n // 2, FEW), 3), n, behind)
    bent = min(n // 2, behind)
    agree = AGREE_SHORT if n < SHORT else AGREE
    line = _widest([_fitted(values, epochs, found, m, 1) for m in _windows(2, straight)], agree)
    if bent < ENOUGH:
        return line
    parabola = _widest([_fitted(values, epochs, found, m, 2) for m in _windows(BENT, bent)], agree)
    slopes, errors = np.transpose([line, parabola])
    return float(slopes.mean()), float(np.sqrt(np.mean(errors**2) + np.var(slopes)))


def _widest(tried: list[tuple[float, float]], agree: float) -> tuple[float, float]:
    """The slope over the widest window that agrees with those over all narrower ones."""
    taken, low, high = tried[0], -np.inf, np.inf
    for slope, error in tried:
        low, high = max(low, slope - agree * error), min(high, slope + agree * error)
        if low > high:
            break
        taken = slope, error
    return taken


def _windows(first: int, most: int) -> list[int]:
    counts = [first] if first <= most else []
    while counts and counts[-1] < most:
        counts.append(min(max(int(counts[-1] * WIDER), counts[-1] + 1), most))
    return counts


@lru_cache(maxsize=1024)
def _end_weights(places: bytes, degree: int) -> np.ndarray:
    """What the values at such places count in the slope at the end of a polynomial through them.

    Windows of equally many epochs in a row are all alike, and to find it takes a sixth of a
    diagnosis.
    """
    return np.linalg.pinv(np.vander(np.frombuffer(places), degree + 1, increasing=True))[1].copy()


def _fitted(
    values: Float[np.ndarray, " n"],
    epochs: Int[np.ndarray, " n"],
    found: Noise,
    count: int,
    degree: int,
) -> tuple[float, float]:
    """The slope at the end of a polynomial through the last epochs, and its standard error."""
    x = epochs[-count:].astype(np.float64)
    x = (x - x[-1]) / max(x[-1] - x[0], 1.0)
    counted = _end_weights if count <= KEPT else _end_weights.__wrapped__
    weights = counted(x.tobytes(), degree) / max(float(epochs[-1] - epochs[-count]), 1.0)
    deviation = float(found.deviation[-count:].mean())
    longer = float(stretch(found.correlation, np.asarray(float(count))))
    level = float(values[-1])
    return float(weights @ (values[-count:] - level)), deviation * float(
        np.sqrt(longer * (weights @ weights))
    )
