"""Which models cannot be told apart from the best, and what the one to take scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.compare import difference, holm
from fitscope.study.answer import Interval

LEVEL = 0.05


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


def select(rows: Mapping[str, Float[np.ndarray, " rows"]], seed: int) -> Selected | None:
    """Choose among models by their losses on the same rows; None without any.

    Args:
        rows: name to losses, the plainest model first.
        seed: of the resampling.
    """
    if not rows:
        return None
    best = min(rows, key=lambda name: float(rows[name].mean()))
    others = [name for name in rows if name != best]
    found = [difference((rows[name] - rows[best])[None]) for name in others]
    corrected = holm([one.p_not_above for one in found])
    worse = {name for name, p in zip(others, corrected, strict=True) if p < LEVEL}
    alike = tuple(name for name in rows if name not in worse)
    taken = alike[0]
    score = difference(rows[taken][None])
    return Selected(taken, best, alike, Interval(score.value, *score.interval))
