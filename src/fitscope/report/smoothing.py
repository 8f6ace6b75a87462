"""Gaussian smoothing of a curve over epochs, with the standard deviation that it says."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d

from fitscope.errors import UserError

USUAL = 10  # epochs of standard deviation, as the guide smooths
REACH = 8.0  # standard deviations; what lies beyond weighs less than 1e-15


def smooth(values: Float[np.ndarray, " epochs"], std: float) -> Float[np.ndarray, " epochs"]:
    """Each value replaced by the Gaussian-weighted mean of its neighbours.

    At the ends the kernel is cut off and its weights are scaled to sum to one again, so that
    every smoothed value is a mean of measured values and of nothing else. Reflecting the curve
    instead would invent epochs before the first one, which weigh most exactly where a training
    curve is steepest. Missing values (a diverged run) are left out in the same way and stay
    missing.

    Args:
        values: one value an epoch; NaN or infinity where there is none.
        std: standard deviation of the kernel in epochs; 0 smooths nothing.

    Returns:
        The smoothed curve, of the same length.

    Raises:
        UserError: a negative or infinite standard deviation.

    Example:
        >>> smooth(np.array([1.0, 1.0, np.nan, 1.0]), std=10).round(6).tolist()
        [1.0, 1.0, nan, 1.0]
    """
    if not (np.isfinite(std) and std >= 0):
        raise UserError(f"smoothing_std must be zero or a positive number of epochs, got {std!r}")
    values = np.asarray(values, dtype=np.float64)
    present = np.isfinite(values)
    if std == 0:
        return np.where(present, values, np.nan)
    weights = gaussian_filter1d(present.astype(float), std, mode="constant", truncate=REACH)
    total = gaussian_filter1d(np.where(present, values, 0.0), std, mode="constant", truncate=REACH)
    return np.divide(total, weights, out=np.full_like(total, np.nan), where=present)


def usual_smoothing(epochs: int) -> int:
    """The guide's smoothing, or less where it would be longer than what there is to smooth.

    Args:
        epochs: length of the longest run.

    Returns:
        Standard deviation in whole epochs.

    Example:
        >>> usual_smoothing(1_000), usual_smoothing(60), usual_smoothing(5)
        (10, 2, 1)
    """
    return min(USUAL, max(epochs // 25, 1))
