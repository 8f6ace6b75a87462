"""`Folds`: which rows were validated together, and what that does to the error of a difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError

if TYPE_CHECKING:
    from jaxtyping import Float, Int, Shaped


@dataclass(frozen=True, eq=False)
class Folds:
    """The folds of a cross-validation, in which every row is validated once a round.

    The difference that is asked for is the one that other training rows would give on average.
    The folds' training sets share most of their rows, so the scatter between folds does not show
    what other training sets would change. Nadeau and Bengio (2003, Machine Learning 52) add
    n_test / n_train of the variance of a fold's mean for it: the variance of the mean of J folds
    is (1/J + n_test/n_train) σ² instead of σ²/J. They draw test rows at random, so that folds
    share those as well, and know σ² from J values. Here every row is counted once and its scores
    are known, so σ² is the variance between rows over n_test: the variance C of the mean over all
    rows becomes

        C + n_test / n_train · (variance between rows) / n_test = C (1 + rows / n_train),

    the same in expectation for one round, with a degree of freedom a row instead of one a fold.

    Attributes:
        of: the number of each row's fold, from 0; the first round's where rounds differ.
        train: training rows of a fold.

    Raises:
        UserError: fewer than two folds.

    Example:
        >>> folds = Folds(np.arange(10) % 5, train=8)
        >>> folds.count, folds.scatter(np.ones(10))
        (5, 0.0)
    """

    of: Int[np.ndarray, " rows"]
    train: float

    def __post_init__(self) -> None:
        if self.count < 2:
            raise UserError("cross-validation needs at least two folds")

    @property
    def count(self) -> int:
        """How many folds there are."""
        return int(self.of.max()) + 1

    def scatter(
        self,
        rows: Float[np.ndarray, " rows"],
        groups: Shaped[np.ndarray, " rows"] | None = None,
    ) -> float:
        """Variance of the mean of folds beyond what their rows explain; 0 if there is none.

        Args:
            rows: difference of each row.
            groups: what names the group of each row, whose rows are in one fold.

        Returns:
            The variance between the folds' means less that which rows drawn by chance give
            them, over the number of folds, and not below zero.
        """
        sizes = np.bincount(self.of)
        means = np.bincount(self.of, rows) / sizes
        off = rows - means[self.of]
        within = float((off**2).sum()) / max(len(rows) - len(sizes), 1) / sizes
        if groups is not None:
            names, at = np.unique(groups, return_inverse=True)
            homes = np.empty(len(names), int)
            homes[at] = self.of
            squares = np.bincount(homes, np.bincount(at, off) ** 2, minlength=len(sizes))
            held = np.bincount(homes, minlength=len(sizes))
            within = squares / sizes**2 * held / np.maximum(held - 1, 1)
        excess = float(means.var(ddof=1)) - float(within.mean())
        return max(excess, 0.0) / len(sizes)
