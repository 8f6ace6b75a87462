"""Which model to take, which cannot be told apart from the best, and what the taken one scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Int

from fitscope.diagnosis.selection import (
    Average,
    Places,
    averaged_families,
    lowest,
    plainest_alike,
    standard_error,
    winner,
)
from fitscope.study.answer import Interval

FEWEST = 5
"""Validation rows below which nothing is chosen."""

Together = Callable[[tuple[str, ...]], Float[np.ndarray, " rows"]]
"""Losses of several models averaged into one, told their names."""


@dataclass(frozen=True)
class Selected:
    """A choice among models.

    Attributes:
        taken: of each family the plainest that cannot be told apart from its best; of these the one
            with the lowest loss, and those that it is better averaged with.
        best: the model with the lowest loss.
        alike: those that cannot be told apart from it, itself included, with their families.
        score: validation loss of what is taken, corrected for its having been chosen.
        gained: the share that the average takes away of the loss of the first model taken, and the
            standard error of that; None where one model is taken.
    """

    taken: tuple[str, ...]
    best: str
    alike: Mapping[str, str | None]
    score: Interval
    gained: tuple[float, float] | None = None


def choose(
    rows: Mapping[str, Float[np.ndarray, " rows"]],
    families: Mapping[str, str | None],
    together: Together,
) -> tuple[str, ...]:
    """The model to take, or those to be averaged, see `averaged_families`.

    Args:
        rows: name to losses, the plainest model first; at least one.
        families: name to family; None of a constant prediction, which is the plainest of each.
        together: losses of models averaged.
    """
    names, of = list(rows), [families[one] for one in rows]
    taken = averaged_families(np.stack(list(rows.values())), of, _average(names, together))
    return tuple(names[place] for place in taken)


def select(
    rows: Mapping[str, Float[np.ndarray, " rows"]],
    families: Mapping[str, str | None],
    together: Together,
    seed: int,
) -> Selected | None:
    """Choose among models by their losses on the same rows.

    Args:
        rows: name to losses, the plainest model first.
        families: name to family; None of a constant prediction, which is the plainest of each.
        together: losses of models averaged.
        seed: of the resampling that corrects the score.

    Returns:
        The choice; None without a model, or on fewer than five rows.

    Example:
        >>> random = np.random.default_rng(1)
        >>> hard = random.exponential(0.5, 400)
        >>> rows = {name: hard + random.normal(shift, 0.1, 400)
        ...         for name, shift in (("constant", 0.2), ("linear", 0.0), ("64", 0.0))}
        >>> families = {"constant": None, "linear": "mlp", "64": "mlp"}
        >>> found = select(rows, families, together=lambda names: rows[names[0]], seed=0)
        >>> found.taken, list(found.alike)
        (('linear',), ['linear', '64'])
    """
    names = list(rows)
    if not names or len(rows[names[0]]) < FEWEST:
        return None
    losses = np.stack([rows[name] for name in names])
    of = [families[name] for name in names]
    average = _average(names, together)
    best = lowest(losses)
    alike = {
        name: of[place]
        for place, name in enumerate(names)
        if plainest_alike(losses[[place, best]], [0, 1]) == 0
    }

    def rule(drawn: Int[np.ndarray, " rows"]) -> Places:
        return averaged_families(
            losses.take(drawn, axis=1), of, lambda places: average(places)[drawn]
        )

    found = winner(losses, rule, average, seed)
    gained = None
    if len(found.chosen) > 1:
        alone = losses[found.chosen[0]]
        less = (alone - average(found.chosen)) / alone.mean()
        gained = float(less.mean()), standard_error(less)
    taken = tuple(names[place] for place in found.chosen)
    return Selected(taken, names[best], alike, Interval(found.value, *found.interval), gained)


def _average(names: list[str], together: Together) -> Average:
    """`together` told places, each average made once in whatever order its models were taken."""
    made = cache(lambda places: together(tuple(names[place] for place in places)))
    return lambda places: made(tuple(sorted(places)))
