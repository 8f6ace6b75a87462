"""A curve as the points of a small drawing that needs no script."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

WIDTH, HEIGHT = 320, 96
POINTS = 120  # of a curve at most: a drawing this small shows no more


def polyline(
    across: Float[np.ndarray, " n"], values: Float[np.ndarray, " n"], shown: tuple[float, float]
) -> str:
    """The `points` of an SVG polyline within WIDTH and HEIGHT, y downwards.

    What runs out of the frame goes on a little, so that the line is cut and not bent.

    Args:
        across: place of each value, as a share of the width.
        values: finite ones.
        shown: lowest and highest value within the frame.

    Example:
        >>> polyline(np.array([0.0, 0.5, 1.0]), np.array([9.0, 1.0, 0.0]), (0.0, 1.0))
        '0.0,-48.0 160.0,0.0 320.0,96.0'
    """
    low, high = shown
    down = np.clip((high - values) / max(high - low, 1e-300), -0.5, 1.5)
    points = zip(across * WIDTH, down * HEIGHT, strict=True)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
