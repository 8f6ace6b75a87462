"""How often values without any trend stand in such an order: what few values can prove."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float


def chance_of_order(values: Float[np.ndarray, " n"]) -> float:
    """The chance that values in random order rise as steadily as these do.

    Kendall's test (M. G. Kendall, "A new measure of rank correlation", 1938): of all pairs, those
    count whose later value is the higher. Under exchangeable noise every order is as likely, so
    that the chance is exact for any noise, however large, and whatever its distribution. It does
    not know how far values rise: a steeper rise never is less sure than a flatter one.

    Args:
        values: a few values in the order of time.

    Returns:
        The chance; 1 of fewer than two values.

    Example:
        >>> chance_of_order(np.array([1.0, 2.0, 3.0, 4.0])) == 1 / 24
        True
    """
    n = len(values)
    later = np.triu(np.ones((n, n), bool), 1)
    pairs = int((later & (values[None, :] > values[:, None])).sum())
    return float(_at_least(n)[pairs])


@lru_cache(maxsize=32)
def _at_least(n: int) -> Float[np.ndarray, " pairs"]:
    """Share of the orders of n values that have at least 0, 1, 2, ... rising pairs."""
    shares = np.ones(1)
    for size in range(2, n + 1):
        shares = np.convolve(shares, np.full(size, 1 / size))
    return np.cumsum(shares[::-1])[::-1]
