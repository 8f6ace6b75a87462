"""What a run has lost since its best window, and the most that more epochs can still bring."""

from __future__ import annotations

import math

import numpy as np

from fitscope.diagnosis import gaussian, student
from fitscope.history import RowLosses

SHARE_OF_WINDOW = 10  # a window is a tenth of the run so far
LEAST_WINDOW = 5
TRIALS = 256  # moments that count as independent, and overlaps of the windows at each of them
ROW_TRIALS = 8  # the luck of the rows is nearly the same in neighbouring epochs
LINES = (2, 4)  # the gain is read from lines through the last half and the last quarter
CLIP = 3.0  # robust standard deviations


def rise_between_windows(
    curve: np.ndarray, epochs: np.ndarray, rows: RowLosses | None
) -> tuple[float, float, float, slice, slice] | None:
    """Rise from the best window to the last one, its error, the chance of such a rise by luck.

    Luck is that of epochs or that of the rows; the larger chance counts. The best window is the
    lowest of many and every moment another one, so the chance is that of any of them.
    """
    size = max(LEAST_WINDOW, len(curve) // SHARE_OF_WINDOW)
    if len(curve) < 3 * size:
        return None
    sums = np.cumsum(np.concatenate([[0.0], curve]))
    means = (sums[size:] - sums[:-size]) / size
    first = int(means[: len(curve) - 2 * size + 1].argmin())
    best, now = slice(first, first + size), slice(len(curve) - size, len(curve))
    height = float(curve[now].mean() - curve[best].mean())
    noise = (curve[best].var(ddof=1) + curve[now].var(ddof=1)) / size * _memory(curve, 2 * size)
    choice, count = _choice_of_rows(epochs[best], epochs[now], rows)
    error = math.sqrt(noise + choice)
    by_noise = _chance(height, noise, 2 * size - 2) * TRIALS * len(curve) / size
    by_choice = _chance(height, choice, count - 1) * ROW_TRIALS
    return height, error, max(by_noise, by_choice), best, now


def _chance(height: float, variance: float, freedom: int) -> float:
    """Chance of so high a rise if there is none, from Student's t."""
    if variance == 0:
        return float(height <= 0)
    return student.below(-height / math.sqrt(variance), freedom)


def _choice_of_rows(best: np.ndarray, now: np.ndarray, rows: RowLosses | None) -> tuple[float, int]:
    """Variance of the rise because the validation rows are a sample, and how many there are."""
    if rows is None or rows.losses.shape[1] < 2:
        return 0.0, 1
    means = []
    for window in (best, now):
        inside = (rows.epochs >= window[0]) & (rows.epochs <= window[-1])
        if not inside.any():  # very many rows, of which few epochs are kept
            inside = np.zeros(len(rows.epochs), bool)
            inside[np.abs(rows.epochs - window.mean()).argmin()] = True
        means.append(rows.losses[inside].mean(axis=0, dtype=np.float64))
    difference = means[1] - means[0]
    return float(difference.var(ddof=1)) / len(difference), len(difference)


def gain_bound(curve: np.ndarray, confidence: float, patience: int) -> float | None:
    """The most that `patience` further epochs can bring, the least over the lines.

    A learning curve flattens, so a line through its past promises more than comes. No line
    reaches ahead more than twice as far as back.
    """
    quantile = gaussian.quantile(1 - (1 - confidence) / len(LINES))
    bounds = []
    for part in LINES:
        size = len(curve) // part
        if len(curve) >= patience and 2 * size >= max(patience, 2 * LEAST_WINDOW):
            slope, error = _line(curve[-size:])
            bounds.append((quantile * error - slope) * patience)
    return min(bounds) if bounds else None


def _line(curve: np.ndarray) -> tuple[float, float]:
    """Slope of a line through a stretch of a curve, outliers clipped, and its standard error."""
    size = len(curve)
    x = np.arange(size) - (size - 1) / 2
    spread = float(x @ x)
    slope = float(x @ curve) / spread
    for _ in range(2):
        rest = curve - curve.mean() - slope * x
        limit = CLIP * 1.4826 * float(np.median(np.abs(rest)))
        curve = curve - rest + np.clip(rest, -limit, limit)
        slope = float(x @ curve) / spread
    rest = curve - curve.mean() - slope * x
    squares = float(rest @ rest)
    if squares == 0:
        return slope, 0.0
    return slope, math.sqrt(squares / (size - 2) / spread * _memory(curve, size))


def _memory(curve: np.ndarray, size: int) -> float:
    """How much larger the variance of a mean is because neighbouring epochs move together.

    From the correlation of neighbours around lines through stretches of `size` epochs, which
    such lines make too small by a known amount.
    """
    stretches = curve[len(curve) % size :].reshape(-1, size)
    x = np.arange(size) - (size - 1) / 2
    rest = stretches - stretches.mean(axis=1, keepdims=True)
    rest = rest - np.outer(rest @ x / (x @ x), x)
    squares = float((rest**2).sum())
    if squares == 0:
        return 1.0
    found = float((rest[:, 1:] * rest[:, :-1]).sum()) / squares
    together = min(max((found + 2 / size) / (1 - 4 / size), 0.0), 0.9)
    return (1 + together) / (1 - together)
