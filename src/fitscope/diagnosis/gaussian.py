"""The normal distribution, without the second that importing SciPy's statistics takes."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

STEP = 0.05
GRID = np.arange(-8.0, 8.0 + STEP / 2, STEP)


def below(x: Float[np.ndarray, "*any"] | float) -> Float[np.ndarray, "*any"]:
    """Probability that a standard normal number is below x.

    Example:
        >>> round(float(below(1.645)), 3)
        0.95
    """
    return np.asarray(ndtr(x))
