"""Which model to take, which cannot be told apart from the best, and what the taken one scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.selection import lowest, plainest_alike, winner
from fitscope.study.answer import Interval

FEWEST = 5
"""Validation rows below which nothing is chosen."""


@dataclass(frozen=True)
class Selected:
    """A choice among models.

    Attributes:
        taken: the plainest of those that cannot be told apart from the best.
        best: the model with the lowest loss.
        alike: those that cannot be told apart from it, itself included, plainest first.
        score: validation loss of the model that is taken, corrected for its having been chosen.
    """

    taken: str
    best: str
    alike: tuple[str, ...]
    score: Interval


def plainest(rows: Mapping[str, Float[np.ndarray, " rows"]]) -> str:
    """The model to take: the plainest of those that cannot be told apart from the best.

    Args:
        rows: name to losses, the plainest model first; at least one.
    """
    losses = np.stack(list(rows.values()))
    return list(rows)[plainest_alike(losses, range(len(losses)))]


def select(rows: Mapping[str, Float[np.ndarray, " rows"]], seed: int) -> Selected | None:
    """Choose among models by their losses on the same rows.

    Args:
        rows: name to losses, the plainest model first.
        seed: of the resampling that corrects the score.

    Returns:
        The choice; None without a model, or on fewer than five rows.

    Example:
        >>> random = np.random.default_rng(1)
        >>> hard = random.exponential(0.5, 400)
        >>> rows = {name: hard + random.normal(shift, 0.1, 400)
        ...         for name, shift in (("constant", 0.2), ("linear", 0.0), ("64", 0.0))}
        >>> found = select(rows, seed=0)
        >>> found.taken, found.alike
        ('linear', ('linear', '64'))
    """
    names = list(rows)
    if not names or len(rows[names[0]]) < FEWEST:
        return None
    losses = np.stack([rows[name] for name in names])
    order = range(len(names))
    best = lowest(losses)
    alike = tuple(
        name
        for place, name in enumerate(names)
        if plainest_alike(losses[[place, best]], [0, 1]) == 0
    )
    found = winner(losses, lambda some: plainest_alike(some, order), seed)
    return Selected(names[found.chosen], names[best], alike, Interval(found.value, *found.interval))
