"""`Difference`: is one mean higher than another, by how much, and how sure is that.

Rows and runs are both drawn by chance: other validation rows, or other seeds, would have given
another difference. Rows are shared by all runs, so models are compared row by row; runs belong
to one model each. docs/how-verdicts-work.md spells the formulas out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis import student
from fitscope.diagnosis.folds import Folds
from fitscope.diagnosis.grouped import by_group
from fitscope.diagnosis.rules import SURE_SIGN
from fitscope.errors import UserError

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped

LEVEL = 0.95  # of intervals


@dataclass(frozen=True)
class Difference:
    """How far one mean lies above another, or above zero.

    Attributes:
        value: the estimate.
        error: its standard error.
        interval: the 95 % interval.
        p: two-sided chance of at least such a difference if there were none.
        p_corrected: the same after correction for the other pairs that were looked at.

    Example:
        >>> lower = Difference(-0.02, 0.005, (-0.03, -0.01), p=0.001, p_corrected=0.003)
        >>> lower.sign_chance, lower.sure, lower.turned().value
        (0.9995, True, 0.02)
    """

    value: float
    error: float
    interval: tuple[float, float]
    p: float
    p_corrected: float

    @property
    def sign_chance(self) -> float:
        """The chance that the sign is right."""
        return 1.0 - self.p / 2

    @property
    def sign_chance_corrected(self) -> float:
        """The same after correction for many pairs."""
        return 1.0 - self.p_corrected / 2

    @property
    def interval_corrected(self) -> tuple[float, float]:
        """The interval at the level that Holm's method gives this pair: it holds zero exactly where
        the sign is not sure at 95 % among all pairs.

        With `p_corrected = k p` that level is 1 - 5 % / k.

        Example:
            >>> one = Difference(-0.02, 0.009, (-0.0376, -0.0024), p=0.027, p_corrected=0.081)
            >>> [round(end, 4) for end in one.interval_corrected]
            [-0.0415, 0.0015]
        """
        return self.widened(self.p_corrected / self.p if self.p > 0 else 1.0)

    def widened(self, times: float) -> tuple[float, float]:
        """The 95 % interval that holds for `times` differences together (Bonferroni).

        The degrees of freedom are those that the interval of one has.

        Args:
            times: how many are looked at.

        Example:
            >>> one = Difference(0.0, 1.0, (-1.959964, 1.959964), 1.0, 1.0)
            >>> [round(end, 2) for end in one.widened(10)]
            [-2.81, 2.81]
        """
        reach = (self.interval[1] - self.interval[0]) / 2
        if not (times > 1 and self.error > 0 and math.isfinite(reach)):
            return self.interval
        degrees = student.freedom(0.5 + LEVEL / 2, reach / self.error)
        wide = self.error * student.quantile(1 - (1 - LEVEL) / (2 * times), degrees)
        return self.value - wide, self.value + wide

    @property
    def p_not_above(self) -> float:
        """One-sided chance of at least such a difference if there were none, or one below 0."""
        return self.p / 2 if self.value > 0 else 1.0 - self.p / 2

    @property
    def sure(self) -> bool:
        """Whether the sign is right at the level that is asked of all pairs together."""
        return self.sign_chance_corrected >= SURE_SIGN

    def turned(self) -> Difference:
        """The difference the other way round."""
        low, high = self.interval
        return replace(self, value=-self.value, interval=(-high, -low))


@dataclass(frozen=True, eq=False)
class RowScores:
    """Validation scores of a model, run by run and row by row, on the rows of the study.

    With folds a run here is a round: one run on each fold, put together.

    Attributes:
        model: its name.
        metrics: metric to scores; the rows mean the same rows for every model.
        errors: metric to the standard error of each run's level, that is, how far all its
            scores may be off together because its epochs scatter; none if left out.
        folds: the folds that validated the rows; None for a single validation part.
        groups: what names the group of each row; None where each row stands for itself.
    """

    model: str
    metrics: Mapping[str, Float[np.ndarray, "runs rows"]]
    errors: Mapping[str, Float[np.ndarray, " runs"]] = field(default_factory=dict)
    folds: Folds | None = None
    groups: Shaped[np.ndarray, " rows"] | None = None

    def level_variance(self, metric: str) -> float:
        """Variance of the mean of the runs' levels."""
        errors = np.asarray(self.errors.get(metric, 0.0), float)
        return float((errors**2).sum()) / errors.size**2


def differences(a: RowScores, b: RowScores) -> dict[str, Difference]:
    """How far two models differ on the same rows.

    Args:
        a: scores of the one.
        b: scores of the other; the same metrics and rows.

    Returns:
        Metric to the difference a - b, not corrected for other pairs.

    Raises:
        UserError: different rows, or fewer than two.

    Example:
        >>> rows = np.random.default_rng(0).normal(0.6, 0.5, 1_000)
        >>> worse = RowScores("worse", {"loss": rows[None] + 0.1})
        >>> better = RowScores("better", {"loss": rows[None] + 0.0})
        >>> round(differences(worse, better)["loss"].value, 3)
        0.1
    """
    found = {}
    for name in a.metrics:
        ours, theirs = a.metrics[name], b.metrics[name]
        if ours.shape[1] != theirs.shape[1]:
            raise UserError(
                f"{a.model} and {b.model} were validated on {ours.shape[1]:,} and "
                f"{theirs.shape[1]:,} rows; only scores of the same rows can be compared"
            )
        if ours.shape[1] < 2:
            raise UserError("a comparison needs at least two validation rows")
        level = a.level_variance(name) + b.level_variance(name)
        found[name] = difference(ours, theirs, level, a.folds, a.groups)
    return found


def difference(
    a: Float[np.ndarray, "a_runs rows"],
    b: Float[np.ndarray, "b_runs rows"] | None = None,
    level: float = 0.0,
    folds: Folds | None = None,
    groups: Shaped[np.ndarray, " rows"] | None = None,
) -> Difference:
    """Mean of `a` less mean of `b`, with rows and runs both as sources of error.

    The variance of the difference is C + max(0, S - G). C is the variance between rows of the
    row-wise difference of the runs' means, over the number of rows. S is the sum over the sides
    of the variance between runs' means, over the number of runs. G is what chance in the rows
    alone adds to S, from the interaction of runs and rows; it is in C already. Degrees of
    freedom are Welch's and Satterthwaite's. With a single run on a side nothing is known of S;
    the variance is C + level, and the difference is one between trained networks.

    With folds every row is validated, by a run that was trained on most of the others, and a run
    here is a round. C then grows by the number of rows over that of a fold's training rows, for
    the luck of the training rows; with one round on a side the scatter of the folds that rows
    do not explain stands in for S (see `Folds`).

    With groups these are what is drawn by chance, and each counts as one row (see `by_group`).

    Args:
        a: scores of the one, a row a run.
        b: scores of the other on the same rows; nothing means zero.
        level: variance of the runs' levels because epochs scatter. From two runs a side on S
            holds it already.
        folds: the folds of a cross-validation; None for a single validation part.
        groups: what names the group of each row; None where each row stands for itself.

    Returns:
        The difference.
    """
    given = [np.asarray(side, float) for side in (a, b) if side is not None]
    means = [side.mean(axis=0) for side in given]
    by_row = means[0] - means[1] if b is not None else means[0]
    sides, units = [by_group(side, groups) for side in given], by_group(by_row, groups)
    rows, value = len(units), float(by_row.mean())
    between_rows = float(units.var(ddof=1)) / rows if rows > 1 else math.nan
    if folds is not None:
        between_rows *= 1 + len(by_row) / folds.train
    variance, degrees = between_rows, float(rows - 1)
    if rows > 1 and min(map(len, sides)) > 1:
        runs = [float(side.mean(axis=1).var(ddof=1)) / len(side) for side in sides]
        shared = sum(interaction(side) / side.size for side in sides)
        between_runs = sum(runs)
        variance += max(0.0, between_runs - shared)
        spread = between_rows**2 / (rows - 1)
        spread += sum(one**2 / (len(side) - 1) for one, side in zip(runs, sides, strict=True))
        degrees = max(variance**2 / spread, 1.0) if spread > 0 else degrees
    elif folds is not None:
        scatter = max(folds.scatter(by_row, groups), level)
        variance += scatter
        spread = between_rows**2 / (rows - 1) + scatter**2 / (folds.count - 1)
        degrees = max(variance**2 / spread, 1.0) if spread > 0 else degrees
    else:
        variance += level
    return of_variance(value, variance, degrees)


def of_variance(value: float, variance: float, degrees: float) -> Difference:
    """A difference by Student's distribution.

    Args:
        value: the estimate.
        variance: of the estimate.
        degrees: of freedom, of the variance.

    Example:
        >>> [round(end, 3) for end in of_variance(1.0, 0.25, 10).interval]
        [-0.114, 2.114]
    """
    error = variance**0.5
    if error == 0:
        p = 1.0 if value == 0 else 0.0
        return Difference(value, error, (value, value), p, p)
    p = 2 * student.below(-abs(value) / error, degrees)
    reach = student.quantile(0.5 + LEVEL / 2, degrees) * error
    return Difference(value, error, (value - reach, value + reach), p, p)


def interaction(side: Float[np.ndarray, "runs rows"]) -> float:
    """Variance of what neither the run nor the row explains; of two runs and rows at least."""
    runs, rows = side.shape
    rest = side - side.mean(axis=0) - side.mean(axis=1, keepdims=True) + side.mean()
    return float((rest**2).sum()) / ((runs - 1) * (rows - 1))


def holm(chances: Sequence[float]) -> list[float]:
    """p values corrected for their number by Holm's method.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    number, worst = len(chances), 0.0
    corrected = [0.0] * number
    for rank, at in enumerate(np.argsort(chances, kind="stable")):
        worst = max(worst, min(1.0, (number - rank) * chances[at]))
        corrected[at] = worst
    return corrected
