"""Would more rows help: where a learning curve leads, and whether that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls
from scipy.special import chdtrc

from fitscope.diagnosis import gaussian
from fitscope.diagnosis.compare import interaction
from fitscope.diagnosis.laws import Shapes, shapes
from fitscope.errors import UserError

if TYPE_CHECKING:
    from jaxtyping import Float

FEWEST = 4  # sizes: a law has four constants
BAND = 0.9  # of intervals
DRAWS = 4_000
STEPS = 5  # of reweighting
LEAST_VARIANCE = 1e-6  # of the largest: models that do not depend on a seed have none at all rows
NEVER_EXACT = 0.03  # of what a size loses against the largest: so far off may any law be
MISFIT = 0.01  # chance of a worse fit below which no law describes the curve
RISE = gaussian.quantile(0.975)
"""Standard errors by which the last sizes may not lie above the lowest."""
ABSURD = 0.25  # of the loss at the largest size: a wider interval for twice the rows says nothing


@dataclass(frozen=True)
class Prediction:
    """What more rows would take away of the loss at the largest size.

    Attributes:
        gain: the median of what the laws say.
        interval: the 90 % interval; not below zero, nor above the loss there is.
        sure: the chance that the loss falls at all, with these very rows.
    """

    gain: float
    interval: tuple[float, float]
    sure: float


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Losses by number of training rows, and where they lead.

    Attributes:
        sizes: numbers of training rows, rising.
        losses: mean loss at each.
        errors: standard error of each: of its validation rows, subsets and seeds.
        doubling: what twice the rows of the largest size would buy; None where not predictable.
        tenfold: what ten times the rows would buy; None where not predictable.
        why: what forbids a prediction, in words; None where there is one.
    """

    sizes: tuple[int, ...]
    losses: Float[np.ndarray, " sizes"]
    errors: Float[np.ndarray, " sizes"]
    doubling: Prediction | None
    tenfold: Prediction | None
    why: str | None

    @property
    def predictable(self) -> bool:
        """Whether a law describes the curve."""
        return self.why is None


def learning_curve(
    sizes: Sequence[int],
    losses: Sequence[Float[np.ndarray, "_ rows"]],
    least: float = 0.0,
    seed: int = 0,
) -> LearningCurve:
    """Fit laws to the losses of models trained on parts of the rows, and follow them.

    The laws are those that describe measured learning curves best (Viering and Loog, 2023, IEEE
    TPAMI 45; Mohr, Viering, Loog and van Rijn, 2022: LCDB): pow4, c + b (n + d)^-a, and MMF
    (Morgan, Mercer and Flodin, 1975), c + b / (1 + (n/h)^a). Both are a shape of two constants,
    times a height, above an asymptote. Every shape of a grid is fitted by generalized least
    squares; each counts by how well it fits (a mean over models in the manner of Hoeting,
    Madigan, Raftery and Volinsky, 1999), and asymptotes below `least` are left out.

    Sizes share validation rows, so the covariance of their means is that of the rows'
    losses. Other training rows would move them too: the variance between subsets of n of all N
    rows is taken to be (1 - n/N) (κ/n² + λ) + η: η for seeds, κ for models that settle and λ for
    those that do not. The interval of a prediction holds the luck of the further rows as well:
    half of κ/N² + λ for twice the rows.

    Args:
        sizes: at least four numbers of training rows, rising; the last is all of them.
        losses: for each size the loss of each validation row, a line for each model trained on
            its own draw of so many training rows; the same validation rows for all.
        least: no loss is below it.
        seed: of the draws that intervals are made of.

    Returns:
        Means, errors and predictions; none where no law fits, where the curve rises, or where
        the interval for twice the rows is wider than a quarter of the loss and than what the
        last step up in size has brought.

    Raises:
        UserError: fewer than four sizes, sizes that do not rise, or fewer than two rows.

    Example:
        >>> random = np.random.default_rng(0)
        >>> rows, sizes = random.exponential(0.4, 1_000), [250, 500, 1_000, 2_000]
        >>> losses = [rows + 20 / n + random.normal(0, 0.01, (3, 1_000)) for n in sizes]
        >>> found = learning_curve(sizes, losses)
        >>> found.predictable, abs(found.doubling.gain - 0.005) < 0.002
        (True, True)
    """
    sizes = [int(size) for size in sizes]
    if len(sizes) < FEWEST or len(losses) != len(sizes):
        raise UserError("a learning curve needs losses at four sizes or more")
    if min(np.diff(sizes)) <= 0 or sizes[0] < 1:
        raise UserError("sizes of a learning curve must rise")
    if losses[0].shape[1] < 2:
        raise UserError("a learning curve needs at least two validation rows")
    if not all(np.isfinite(one).all() for one in losses):
        means = np.array([one.mean() for one in losses])
        return LearningCurve(
            tuple(sizes), means, np.full(len(sizes), np.nan), None, None, "losses are not finite"
        )
    seen = _Seen.of(np.array(sizes, float), losses)
    errors = np.sqrt(np.diag(seen.covariance))

    def nothing(why: str) -> LearningCurve:
        return LearningCurve(tuple(sizes), seen.means, errors, None, None, why)

    if seen.rises():
        return nothing("the loss rises with more rows")
    laws = shapes(seen.sizes)
    fits = _Fits.of(seen, laws)
    if fits.misfit < MISFIT:
        return nothing("no law describes the curve")
    random = np.random.default_rng(seed)
    doubling, tenfold = fits.gains(seen, laws, least, random)
    if doubling is None or tenfold is None:
        return nothing("no law describes the curve")
    width = doubling.interval[1] - doubling.interval[0]
    if width > max(ABSURD * seen.means[-1], seen.means[-2] - seen.means[-1]):
        return nothing("the curve is too uncertain to follow")
    return LearningCurve(tuple(sizes), seen.means, errors, doubling, tenfold, None)


@dataclass(frozen=True, eq=False)
class _Seen:
    """Means at each size, and how they may be off.

    Attributes:
        sizes: numbers of training rows.
        means: mean losses.
        covariance: of the means.
        choice: the variance that other training rows would make at the largest size.
    """

    sizes: Float[np.ndarray, " sizes"]
    means: Float[np.ndarray, " sizes"]
    covariance: Float[np.ndarray, "sizes sizes"]
    choice: float

    @classmethod
    def of(
        cls, sizes: Float[np.ndarray, " sizes"], losses: Sequence[Float[np.ndarray, "_ rows"]]
    ) -> _Seen:
        by_row = np.stack([one.mean(axis=0, dtype=np.float64) for one in losses])
        means = by_row.mean(axis=1)
        counts = np.array([len(one) for one in losses], float)
        between, choice = _between_subsets(sizes, losses)
        covariance = np.cov(by_row) / by_row.shape[1] + np.diag(between / counts)
        return cls(sizes, means, covariance, choice)

    def rises(self) -> bool:
        """Whether the largest size does surely worse than a smaller one."""
        above = self.means[-1] - self.means[:-1]
        own = np.diag(self.covariance)
        error = np.sqrt(own[-1] + own[:-1] - 2 * self.covariance[-1, :-1])
        return bool((above > RISE * error).any())


def _between_subsets(
    sizes: Float[np.ndarray, " sizes"], losses: Sequence[Float[np.ndarray, "_ rows"]]
) -> tuple[Float[np.ndarray, " sizes"], float]:
    """Variance between subsets at each size, smoothed; and what it would be at N in fresh rows.

    Least squares on the variances seen, which scatter in proportion to their size.
    """
    left = 1 - sizes / sizes[-1]
    design = np.stack([left * (sizes[-1] / sizes) ** 2, left, np.ones(len(sizes))], axis=1)
    several = [number for number, one in enumerate(losses) if len(one) > 1]
    found = np.array([max(_variance(losses[number]), 0.0) for number in several])
    if not found.any():
        return np.zeros(len(sizes)), 0.0
    free = np.sqrt([len(losses[number]) - 1 for number in several])
    fitted = np.full(len(found), found.mean())
    constants = np.zeros(3)
    for _ in range(STEPS):
        weight = free / np.maximum(fitted, LEAST_VARIANCE * fitted.max())
        columns = design[several] * weight[:, None]
        scale = np.linalg.norm(columns, axis=0)
        scale[scale == 0] = 1.0
        constants = nnls(columns / scale, found * weight)[0] / scale
        fitted = design[several] @ constants
    return design @ constants, float(constants[0] + constants[1])


def _variance(losses: Float[np.ndarray, "subsets rows"]) -> float:
    """Variance between subsets but for what chance in the rows adds to it."""
    return float(losses.mean(axis=1).var(ddof=1)) - interaction(losses) / losses.shape[1]


@dataclass(frozen=True, eq=False)
class _Fits:
    """Each shape laid through the means: level at the largest size, and fall up to there.

    Attributes:
        weights: how much each shape counts; they add up to 1.
        fitted: level and fall of each shape.
        roots: a square root of the covariance of the two.
        misfit: the chance that the best law would fit worse.
    """

    weights: Float[np.ndarray, " shapes"]
    fitted: Float[np.ndarray, "shapes 2"]
    roots: Float[np.ndarray, "shapes 2 2"]
    misfit: float

    @classmethod
    def of(cls, seen: _Seen, laws: Shapes) -> _Fits:
        above = np.abs(seen.means - seen.means[-1])
        off = NEVER_EXACT * above + 1e-9 * (np.abs(seen.means).max() or 1.0)
        white = np.linalg.inv(np.linalg.cholesky(seen.covariance + np.diag(off**2)))
        target = white @ seen.means
        level = np.ones_like(laws.at_sizes)
        design = np.einsum("kl,slp->skp", white, np.stack([level, laws.at_sizes], axis=2))
        inner = np.einsum("skp,skq->spq", design, design)
        inverse = np.linalg.inv(inner)
        fitted = np.einsum("spq,skq,k->sp", inverse, design, target)
        squares = ((target - np.einsum("skp,sp->sk", design, fitted)) ** 2).sum(axis=1)
        least = float(squares.min())
        power = -(squares - least) / 2 + np.log(np.linalg.det(inverse)) / 2
        weights = laws.prior * np.exp(power - power.max())
        freedom = max(len(seen.sizes) - 3, 1)
        return cls(
            weights / weights.sum(),
            fitted,
            np.linalg.cholesky(inverse),
            float(chdtrc(freedom, least)),
        )

    def gains(
        self, seen: _Seen, laws: Shapes, least: float, random: np.random.Generator
    ) -> tuple[Prediction | None, Prediction | None]:
        """What the laws say of 2 and of 10 times the rows."""
        shape = random.choice(len(self.weights), DRAWS, p=self.weights)
        drawn = self.fitted[shape] + np.einsum(
            "dpq,dq->dp", self.roots[shape], random.normal(size=(DRAWS, 2))
        )
        level, fall = drawn.T
        possible = level + fall * laws.at_end[shape] >= least
        if not possible.any():
            return None, None
        shape, level, fall = shape[possible], level[possible], fall[possible]
        luck = random.normal(size=len(fall)) * seen.choice**0.5
        found = []
        for times, at in ((2, laws.at_double), (10, laws.at_tenfold)):
            gain = -fall * at[shape]
            moved = gain + luck * (1 - 1 / times) ** 0.5
            sure = float((moved > 0).mean())
            low, middle, high = np.quantile(moved, [0.5 - BAND / 2, 0.5, 0.5 + BAND / 2])
            most = max(float(seen.means[-1]) - least, 0.0)
            low, middle, high = (float(np.clip(one, 0.0, most)) for one in (low, middle, high))
            found.append(Prediction(middle, (low, high), sure))
        return found[0], found[1]
