"""The normal distribution, without the half second that SciPy takes to be imported."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

STEP = 0.05
GRID = np.arange(-8.0, 8.0 + STEP / 2, STEP)
ABOVE = (  # over these, from the highest power down, Hart's algorithm 5666
    *(3.52624965998911e-02, 0.700383064443688, 6.37396220353165, 33.912866078383),
    *(112.079291497871, 221.213596169931, 220.206867912376),
)
UNDER = (
    *(8.83883476483184e-02, 1.75566716318264, 16.064177579207, 86.7807322029461),
    *(296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752),
)
FAR = 7.07106781186547  # beyond this the continued fraction is the better one
NOWHERE = 40.0  # beyond this there is nothing that a float could hold


def below(x: Float[np.ndarray, "*any"] | float) -> Float[np.ndarray, "*any"]:
    """Probability that a standard normal number is below x.

    Hart et al. (1968, Computer Approximations, algorithm 5666), as West (2005, Better
    approximations to cumulative normal functions, Wilmott Magazine) gives it: right to 15 digits
    after the point.

    Example:
        >>> round(float(below(1.645)), 3)
        0.95
    """
    size = np.minimum(np.abs(np.asarray(x, np.float64)), NOWHERE)
    near = np.polyval(ABOVE, np.minimum(size, FAR)) / np.polyval(UNDER, np.minimum(size, FAR))
    far = size + 0.65
    for number in (4, 3, 2, 1):
        far = size + number / far
    tail = np.exp(-size * size / 2) * np.where(size < FAR, near, 1 / (np.sqrt(2 * np.pi) * far))
    return np.where(np.asarray(x) > 0, 1 - tail, tail)


def quantile(share: float) -> float:
    """What a standard normal number is below with this probability; Wichura's AS 241 (1988).

    Example:
        >>> round(quantile(0.975), 3)
        1.96
    """
    return NormalDist().inv_cdf(share)
