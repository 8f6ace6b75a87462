"""Shapes that learning curves have: pow4 and MMF, by how the loss falls with training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

EXPONENTS = 2.0 ** np.arange(-1.5, 1.01, 0.25)  # 1/2 to 1 in theory; slower ones are seen, too
SHIFTS = (-0.5, 0.0, 0.5, 1.0, 2.0, 4.0)  # of n, in smallest sizes: steep to late
HALVES = 5  # numbers of rows where an MMF has half fallen: smallest to a quarter of the largest


@dataclass(frozen=True, eq=False)
class Shapes:
    """Shapes of a falling loss, 1 at the last size but one and 0 at the last.

    Attributes:
        at_sizes: values at the sizes.
        at_double: at twice the largest.
        at_tenfold: at ten times the largest.
        at_end: where they lead.
        prior: how much each counts before anything is seen; together 1.
    """

    at_sizes: Float[np.ndarray, "shapes sizes"]
    at_double: Float[np.ndarray, " shapes"]
    at_tenfold: Float[np.ndarray, " shapes"]
    at_end: Float[np.ndarray, " shapes"]
    prior: Float[np.ndarray, " shapes"]


def shapes(sizes: Float[np.ndarray, " sizes"]) -> Shapes:
    """The grid of shapes for these sizes; each law has half of the prior.

    Example:
        >>> found = shapes(np.array([100.0, 200.0, 400.0, 800.0]))
        >>> found.at_sizes[:, 2].round(9).tolist() == [1.0] * len(found.prior)
        True
        >>> bool((found.at_end <= found.at_tenfold).all())
        True
    """
    first, last = sizes[0], sizes[-1]
    wanted = np.concatenate([sizes, [2 * last, 10 * last, np.inf]])
    pow4 = [(wanted + shift * first) ** -power for power in EXPONENTS for shift in SHIFTS]
    mmf = [
        1 / (1 + (wanted / half) ** power)
        for power in EXPONENTS
        for half in np.geomspace(first, last / 4, HALVES)
    ]
    values = np.array(pow4 + mmf)
    begin, end = np.split(values[:, len(sizes) - 2 : len(sizes)], 2, axis=1)
    values = (values - end) / (begin - end)
    prior = np.repeat([0.5 / len(pow4), 0.5 / len(mmf)], [len(pow4), len(mmf)])
    double, tenfold, far = values[:, len(sizes) :].T
    return Shapes(values[:, : len(sizes)], double, tenfold, far, prior)
