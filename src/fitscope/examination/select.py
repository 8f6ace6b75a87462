"""Which model to take, which cannot be told apart from the best, and what the taken one scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.selection import (
    lowest,
    plainest_alike,
    plainest_of_best_family,
    winner,
)
from fitscope.study.answer import Interval

FEWEST = 5
"""Validation rows below which nothing is chosen."""


@dataclass(frozen=True)
class Selected:
    """A choice among models.

    Attributes:
        taken: of each family the plainest that cannot be told apart from its best; of these the one
            with the lowest loss.
        best: the model with the lowest loss.
        alike: those that cannot be told apart from it, itself included, with their families.
        score: validation loss of the model that is taken, corrected for its having been chosen.
    """

    taken: str
    best: str
    alike: Mapping[str, str | None]
    score: Interval


def choose(
    rows: Mapping[str, Float[np.ndarray, " rows"]], families: Mapping[str, str | None]
) -> str:
    """The model to take, see `plainest_of_best_family`.

    Args:
        rows: name to losses, the plainest model first; at least one.
        families: name to family; None of a constant prediction, which is the plainest of each.
    """
    found = plainest_of_best_family(np.stack(list(rows.values())), [families[one] for one in rows])
    return list(rows)[found]


def select(
    rows: Mapping[str, Float[np.ndarray, " rows"]],
    families: Mapping[str, str | None],
    seed: int,
) -> Selected | None:
    """Choose among models by their losses on the same rows.

    Args:
        rows: name to losses, the plainest model first.
        families: name to family; None of a constant prediction, which is the plainest of each.
        seed: of the resampling that corrects the score.

    Returns:
        The choice; None without a model, or on fewer than five rows.

    Example:
        >>> random = np.random.default_rng(1)
        >>> hard = random.exponential(0.5, 400)
        >>> rows = {name: hard + random.normal(shift, 0.1, 400)
        ...         for name, shift in (("constant", 0.2), ("linear", 0.0), ("64", 0.0))}
        >>> found = select(rows, {"constant": None, "linear": "mlp", "64": "mlp"}, seed=0)
        >>> found.taken, list(found.alike)
        ('linear', ['linear', '64'])
    """
    names = list(rows)
    if not names or len(rows[names[0]]) < FEWEST:
        return None
    losses = np.stack([rows[name] for name in names])
    of = [families[name] for name in names]
    best = lowest(losses)
    alike = {
        name: of[place]
        for place, name in enumerate(names)
        if plainest_alike(losses[[place, best]], [0, 1]) == 0
    }
    found = winner(losses, lambda some: plainest_of_best_family(some, of), seed)
    return Selected(names[found.chosen], names[best], alike, Interval(found.value, *found.interval))
