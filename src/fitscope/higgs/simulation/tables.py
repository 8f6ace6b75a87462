"""Random numbers with a density that is only known as numbers: inverse distribution tables."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64, Integer


def inverse_table(
    x: Float64[np.ndarray, " points"], density: Float64[np.ndarray, "*rows points"], size: int
) -> Float32[np.ndarray, "*rows size"]:
    """Quantiles of a density at `size` even steps from 0 to 1, for `look_up`.

    Args:
        x: rising points. density: its value there, not normalised; one table for each row.
        size: entries of a table.
    """
    if density.ndim > 1:
        return np.stack([inverse_table(x, row, size) for row in density])
    steps = np.diff(x) * (density[1:] + density[:-1]) / 2
    total = np.concatenate([[0.0], np.cumsum(steps)])
    # Where the density is nothing at either end, there must be no table either.
    inside = slice(np.searchsorted(total, 0, "right") - 1, np.searchsorted(total, total[-1]) + 1)
    return np.interp(np.linspace(0, total[-1], size), total[inside], x[inside]).astype(np.float32)


def look_up(
    table: Float32[np.ndarray, "*rows size"],
    u: Float32[np.ndarray, " n"],
    row: Integer[np.ndarray, " n"] | None = None,
) -> Float32[np.ndarray, " n"]:
    """The table's value at the share u, between two entries on a straight line.

    Args:
        table: from `inverse_table`. u: even random numbers in (0, 1).
        row: which of the tables, where there are several.
    """
    size = table.shape[-1]
    place = u * np.float32(size - 1)
    left = place.astype(np.int32)
    np.minimum(left, np.int32(size - 2), out=left)
    place -= left
    if row is not None:
        left += row * np.int32(size)
    flat = table.ravel()
    low = flat[left]
    left += np.int32(1)
    high = flat[left]
    high -= low
    high *= place
    high += low
    return high
