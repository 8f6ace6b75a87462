"""Shapes that a curve may have around its minimum, and how often each is expected."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int

SCALES = (0.08, 0.2, 0.5)
"""Lengths over which an exponential fall dies away, as shares of the window."""

LINES, BENDS, PARABOLA = (0, 2), (1, 3), 4
"""Kinds of shape: a line on the left and right, a bend (power 1.5) likewise, a parabola."""

# How often each is expected beforehand. Halving or doubling one of them moves the coverage of
# intervals by about two percent at most: up for its own shapes, down for the others.
FLAT = 1.0
ONE_SIDE = 0.125  # each: falls to a plateau and stays there, or rises from one
SMOOTH = 0.25  # a parabola
SKEWED = 1.0  # an exponential fall and a line, all scales and both directions together
MIXED = 1.0  # sums of two smooth shapes
KINK = 3.0  # two straight lines
BROKEN = 0.3  # each: a line on one side and a bend on the other; two bends
PLATEAU = 3.5  # each: two lines or two bends with a flat stretch between them


def shapes(
    edges: Float[np.ndarray, " edges"], places: Int[np.ndarray, " places"]
) -> Float[np.ndarray, "kinds places bins"]:
    """Means over bins of every shape, with its minimum of 0 at every place.

    Args:
        edges: where the bins of a window begin and end.
        places: candidates for the minimum.

    Returns:
        The shapes, 1 at the edge of the window where they are highest (0 everywhere, where the
        side that rises has no room).

    Example:
        >>> shapes(np.arange(-0.5, 5), np.array([2]))[0].round(2).tolist()
        [[1.0, 0.5, 0.06, 0.0, 0.0]]
    """
    away = edges - places[:, None]
    left, right = np.maximum(-away, 0.0), np.maximum(away, 0.0)
    whole = [-(left**2), -(left**2.5), right**2, right**2.5, away**3]
    for scale in SCALES:
        x = away / (scale * (edges[-1] - edges[0]))
        # Varian's linex, exp(-x) + x - 1, and its mirror image, integrated.
        whole.append(x * x / 2 - x - np.exp(-x))
        whole.append(np.exp(x) - x * x / 2 - x)
    means = np.diff(np.stack(whole), axis=-1)
    highest = np.maximum(means[..., :1], means[..., -1:])
    return means / np.maximum(highest, 1e-300)


@lru_cache(maxsize=64)
def single(
    kinds: int, places: int
) -> tuple[Float[np.ndarray, "kinds 1"], Int[np.ndarray, "kinds places"]]:
    """What is expected of every kind by itself, and the number of the place it rises from.

    Returns:
        The weight of each kind; and the number of the place, -1 where it never rises.
    """
    weights = np.full((kinds, 1), SKEWED / (kinds - PARABOLA - 1))
    weights[:PARABOLA] = ONE_SIDE
    weights[PARABOLA] = SMOOTH
    rises = np.tile(np.arange(places), (kinds, 1))
    rises[[LINES[0], BENDS[0]]] = -1
    return weights, rises


@lru_cache(maxsize=64)
def pairs(
    kinds: int, places: int
) -> tuple[
    Int[np.ndarray, " pairs"],
    Int[np.ndarray, " pairs"],
    Float[np.ndarray, " pairs"],
    Int[np.ndarray, " pairs"],
    Int[np.ndarray, " pairs"],
]:
    """Sums of two shapes that are expected.

    Returns:
        Numbers of the two shapes, counted along kinds and places; the weight of each pair; and
        the numbers of the places that it falls to and rises from.
    """
    weights = np.zeros((kinds, kinds))
    weights[LINES] = KINK
    weights[0, 3] = weights[1, 2] = weights[BENDS] = BROKEN
    smooth = np.triu_indices(kinds - PARABOLA, 1)
    weights[smooth[0] + PARABOLA, smooth[1] + PARABOLA] = MIXED / len(smooth[0])
    one, other = np.nonzero(weights)
    at = np.arange(places)
    here = [np.add.outer(kind * places, at).ravel() for kind in (one, other)]
    before, after = np.triu_indices(places, 1)
    flat = [
        np.concatenate([before + kinds_[0] * places for kinds_ in (LINES, BENDS)]),
        np.concatenate([after + kinds_[1] * places for kinds_ in (LINES, BENDS)]),
    ]
    return (
        np.concatenate([here[0], flat[0]]),
        np.concatenate([here[1], flat[1]]),
        np.concatenate([np.repeat(weights[one, other], places), np.full(2 * len(before), PLATEAU)]),
        np.concatenate([np.tile(at, len(one)), before, before]),
        np.concatenate([np.tile(at, len(one)), after, after]),
    )
