"""Slope of a curve at its end, per epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.noise import Noise, stretch

if TYPE_CHECKING:
    from jaxtyping import Float, Int

SHARE = 0.1
FEWEST = 4


def end_slope(
    values: Float[np.ndarray, " n"],
    epochs: Int[np.ndarray, " n"],
    found: Noise,
    half: int,
    since: float | None = None,
) -> tuple[float, float]:
    """Slope of the straight line through the last epochs.

    Args:
        values: one value an epoch.
        epochs: their epochs.
        found: the noise of the values.
        half: half the width of the trend's window at the end.
        since: epoch at which the learning rate last fell, where that is known: what a curve falls
            by there is no slope, so no epoch before it counts while there are enough behind it.

    Returns:
        Change per epoch, and its standard error with correlated noise allowed for.

    Example:
        >>> from fitscope.diagnosis.noise import Noise
        >>> line = np.arange(10.0)
        >>> slope, error = end_slope(line, np.arange(10), Noise(np.ones(10), 0.0), 3)
        >>> round(slope, 6)
        1.0
    """
    n = len(values)
    count = min(n, max(2 * half + 1, int(n * SHARE), FEWEST))
    if since is not None:
        behind = int(np.sum(epochs >= since))
        count = min(count, behind) if behind >= FEWEST else count
    x = epochs[-count:].astype(np.float64)
    x = x - x.mean()
    spread = float(np.sum(x * x))
    slope = float(x @ values[-count:]) / spread
    deviation = float(found.deviation[-count:].mean())
    longer = float(stretch(found.correlation, np.asarray(float(count))))
    return slope, deviation * float(np.sqrt(longer / spread))
