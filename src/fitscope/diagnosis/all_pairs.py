"""Every pair of several places, with a floor for how far runs scatter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fitscope.diagnosis.compare import Difference, difference, of_variance
from fitscope.diagnosis.grouped import by_group

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped

    from fitscope.diagnosis.folds import Folds


def all_pairs(
    sides: Sequence[Float[np.ndarray, "runs rows"]],
    folds: Folds | None = None,
    groups: Shaped[np.ndarray, " rows"] | None = None,
    *,
    same_runs: bool = False,
) -> dict[tuple[int, int], Difference]:
    """How far each place lies above each later one.

    As `fitscope.diagnosis.compare.difference` has it, but for the scatter of runs. Few runs tell
    little of it, and among many pairs there are some whose runs agree by luck: these would be the
    sure ones. So no pair is taken to scatter less than half of the pairs do. Its degrees of freedom
    stay those of its own runs: places may scatter differently.

    Args:
        sides: losses of each place, on the same rows.
        folds: the folds of a cross-validation, a run being a round; None for a single part.
        groups: what names the group of each row; None where each row stands for itself.
        same_runs: whether the places are moments of the same runs, which then pair, too.

    Returns:
        Places to the difference, not corrected for the number of pairs.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(2, 400))
        >>> found = all_pairs([rows, rows + 0.5], same_runs=True)
        >>> round(found[0, 1].value, 6)
        -0.5
    """
    raw: dict[tuple[int, int], _Apart] = {}
    for a, b in combinations(range(len(sides)), 2):
        one, other = sides[a], sides[b]
        pair = (one - other, None) if same_runs else (one, other)
        whole = difference(*pair, folds=folds, groups=groups)
        by_row = one.mean(axis=0) - other.mean(axis=0)
        units = by_group(by_row, groups)
        wider = 1.0 if folds is None else 1 + len(by_row) / folds.train
        by_rows = float(units.var(ddof=1)) / len(units) * wider
        runs = len(one) - 1 if same_runs else len(one) + len(other) - 2
        degrees = runs if min(len(one), len(other)) > 1 else folds.count - 1 if folds else 0
        by_runs = max(whole.error**2 - by_rows, 0.0)
        raw[a, b] = _Apart(whole.value, by_rows, by_runs, len(units) - 1, degrees)
    usual = float(np.median([one.by_runs for one in raw.values()])) if raw else 0.0
    return {pair: one.at_least(usual) for pair, one in raw.items()}


class _Apart(NamedTuple):
    """How far two places differ, and the variances of that by rows and by runs, with the degrees of
    freedom of each."""

    value: float
    by_rows: float
    by_runs: float
    of_rows: int
    of_runs: int

    def at_least(self, usual: float) -> Difference:
        """The difference where runs scatter so much at least; degrees are Satterthwaite's."""
        by_runs = max(self.by_runs, usual)
        variance = self.by_rows + by_runs
        spread = self.by_rows**2 / max(self.of_rows, 1) + by_runs**2 / max(self.of_runs, 1)
        return of_variance(self.value, variance, max(variance**2 / spread, 1.0) if spread else 1.0)
