"""How many rows validate, told by the steps in which a score moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

MOST = 500
"""Rows beyond which a share is known to 2.2 points or better, and nothing is found."""
FEWEST = 4  # different values
ACCIDENT = 1e-3
"""Chance at which values of any number of rows may look like shares of so few."""


def rows_of(values: Float[np.ndarray, " n"], whole: float = 1.0) -> int | None:
    """The smallest number of rows of which all values are shares; None where that is no finding.

    A value that was written with d decimals is a share of n rows if a whole number of them lies
    within half of its last decimal. By accident it does so with a chance of n times its last
    decimal; several different values must make that a rare one, whatever n.

    Args:
        values: shares, as they were logged.
        whole: 1, or 100 for per cent.

    Example:
        >>> rows_of(np.array([0.525, 0.6, 0.65, 0.675, 0.7])), rows_of(np.array([0.5213, 0.6177]))
        (40, None)
    """
    shares = np.unique(values[np.isfinite(values)])
    if len(shares) < FEWEST or shares.min() < 0 or shares.max() > whole:
        return None
    last = 10.0 ** -max(_decimals(value) for value in shares.tolist())
    last = max(last, 1e-7 * whole)  # single precision knows no more
    rows = np.arange(2, MOST + 1)
    slack = 0.5005 * last / whole * rows
    chance = np.minimum(2 * slack, 1.0) ** len(shares) * rows
    counts = np.outer(rows, shares / whole)
    fits = np.all(np.abs(counts - np.round(counts)) <= slack[:, None], axis=1)
    found = int(np.argmax(fits | (chance > ACCIDENT)))
    return int(rows[found]) if fits[found] and chance[found] <= ACCIDENT else None


def _decimals(value: float) -> int:
    text = repr(value)
    if "e" in text:
        return 7
    return len(text.partition(".")[2].rstrip("0"))
