"""Every pair of several places, with a floor for how far runs scatter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis import student
from fitscope.diagnosis.compare import LEVEL, Difference, difference
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
    rows = sides[0].shape[1] if len(sides) else 0
    wider = 1.0 if folds is None else 1 + rows / folds.train
    raw: dict[tuple[int, int], tuple[float, float, float, int]] = {}
    for a, b in combinations(range(len(sides)), 2):
        one, other = sides[a], sides[b]
        pair = (one - other, None) if same_runs else (one, other)
        whole = difference(*pair, folds=folds, groups=groups)
        units = by_group(one.mean(axis=0) - other.mean(axis=0), groups)
        by_rows = float(units.var(ddof=1)) / len(units) * wider
        runs = len(one) - 1 if same_runs else len(one) + len(other) - 2
        degrees = runs if min(len(one), len(other)) > 1 else folds.count - 1 if folds else 0
        raw[a, b] = whole.value, by_rows, max(whole.error**2 - by_rows, 0.0), degrees
    usual = float(np.median([by_runs for _, _, by_runs, _ in raw.values()])) if raw else 0.0
    return {
        pair: _difference(value, by_rows, max(by_runs, usual), rows, degrees)
        for pair, (value, by_rows, by_runs, degrees) in raw.items()
    }


def _difference(
    value: float, by_rows: float, by_runs: float, rows: int, degrees: int
) -> Difference:
    """A difference by the variances of its rows and of its runs, the latter from few of them."""
    variance = by_rows + by_runs
    if variance == 0:
        p = 1.0 if value == 0 else 0.0
        return Difference(value, 0.0, (value, value), p, p)
    spread = by_rows**2 / max(rows - 1, 1) + by_runs**2 / max(degrees, 1)
    freedom = max(variance**2 / spread, 1.0)
    error = variance**0.5
    p = 2 * student.below(-abs(value) / error, freedom)
    reach = student.quantile(0.5 + LEVEL / 2, freedom) * error
    return Difference(value, error, (value - reach, value + reach), p, p)
