"""How low a curve's minimum is and where it rises from it, over a family of shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis import gaussian, student
from fitscope.diagnosis.noise import Noise, stretch
from fitscope.diagnosis.shapes import FLAT, pairs, shapes, single
from fitscope.diagnosis.trend import Trend

if TYPE_CHECKING:
    from jaxtyping import Float, Int

BINS = 40  # at most: means over bins keep what is known of a minimum, and cost little
HIGH = 6.0  # standard deviations of one epoch above the minimum where the window ends
LEAST = 4  # epochs on either side of the minimum, however steep the curve
MIDDLE, TAIL = 9, 4  # places tried for the minimum: inside where the trend is low, on either side
STRETCHES = 5.0  # epochs, or independent stretches of them, a degree of freedom of lasting noise
FEWEST, SIDE = 4.0, 0.975  # degrees of freedom at least; the side of a 95 % interval
LOW = 2.5  # standard errors within which the trend counts as low there
KNOWN = 15.0  # bins that the noise measured on the whole curve counts for
SPREAD = 3.0  # log-uniform prior of heights: powers of e that they are spread over
ROUGH = 0.02  # of the height of the window: closer than that no shape is that of a real curve
ALIKE = 1e-6  # shapes that differ by a smaller share are one shape


@dataclass(frozen=True, eq=False)
class Turn:
    """What is known of a curve's minimum.

    Attributes:
        value: the minimum, the mean over all shapes.
        error: its standard deviation over all shapes.
        places: candidates for the place that the curve rises from, ascending.
        chances: how likely each is, if the curve rises at all; 0 everywhere if no shape does.
    """

    value: float
    error: float
    places: Int[np.ndarray, " places"]
    chances: Float[np.ndarray, " places"]

    def within(self, level: float) -> tuple[int, int]:
        """The first and the last place of the middle that holds so much of the chances.

        Example:
            >>> turn = Turn(0.0, 1.0, np.array([3, 4, 5]), np.array([0.01, 0.98, 0.01]))
            >>> turn.within(0.9)
            (4, 4)
        """
        low, high = self._at([(1 - level) / 2, (1 + level) / 2])
        return int(np.floor(low + 0.5)), int(np.ceil(high - 0.5))

    def middle(self) -> int:
        """The median place.

        Example:
            >>> Turn(0.0, 1.0, np.array([3, 4, 5]), np.array([0.01, 0.98, 0.01])).middle()
            4
        """
        return int(np.round(self._at([0.5])[0]))

    def _at(self, shares: list[float]) -> Float[np.ndarray, " shares"]:
        """Quantiles; each place stands for all epochs half way to its neighbours."""
        between = (self.places[1:] + self.places[:-1]) / 2
        edges = np.concatenate([self.places[:1] - 0.5, between, self.places[-1:] + 0.5])
        total = np.concatenate([[0.0], np.cumsum(self.chances)])
        if total[-1] <= 0:
            return np.interp(shares, [0, 1], edges[[0, -1]])
        return np.interp(np.multiply(shares, total[-1]), total, edges)


def turn(found: Trend, at: int) -> Turn:
    """Average over shapes of a curve around its minimum.

    The epochs around the minimum, up to where the curve stands some standard deviations above
    it, are put into bins. To these, every shape of `shapes` (flat, falls and rises on one side
    only, parabolas, skewed ones, kinks, plateaus) is fitted by least squares that allow for the
    correlation of the noise, with its minimum at every place near the trend's. None is believed
    alone: each counts by its marginal likelihood, and the minimum is the mean over all of them,
    its error what they spread and what each leaves open (Hoeting, Madigan, Raftery and Volinsky
    1999, Bayesian model averaging). The bias that smoothing has at a sharp minimum thereby is
    part of the error, as far as a sharp minimum cannot be ruled out.

    Heights at the edges of the window have log-uniform priors, the noise is that of the trend as
    if it had been measured on `KNOWN` bins (an inverse gamma prior; the marginal likelihoods then
    are those of Student's distribution).

    Args:
        found: the trend of a validation curve.
        at: its lowest place.

    Returns:
        What is known of the minimum.

    Example:
        >>> from fitscope.diagnosis.trend import trend
        >>> at = np.arange(200)
        >>> kink = 1 + 0.01 * np.abs(at - 120) + 0.02 * np.random.default_rng(1).normal(size=200)
        >>> found = turn(trend(kink), 121)
        >>> first, last = found.within(0.95)
        >>> abs(found.value - 1) < 1.96 * found.error, first <= 120 <= last
        (True, True)
    """
    first, last = _window(found, at)
    length = last - first + 1
    width = -(-length // BINS)
    count = length // width
    first = min(last + 1 - count * width, at)
    last = first + count * width - 1
    y = found.tamed[first : last + 1].reshape(count, width).mean(axis=1)
    scale, near = _bin_noise(found.noise, first, last, width)
    level = float(y.mean())
    scale = max(scale, ROUGH * float(np.ptp(y)))
    if not scale > 1e-12 * abs(level):
        # A constant: nothing is left to find out.
        places = np.array([at, at + 1])
        return Turn(float(found.values[at]), 0.0, places, np.array([1.0, 0.0]))
    places = _places(found, at, first, last)
    edges = np.arange(count + 1) * width + (first - 0.5)
    basis = shapes(edges, places)
    kinds, tried = basis.shape[:2]
    share = np.gradient(places.astype(float)) / length

    rows = np.concatenate([basis.reshape(-1, count), [(y - level) / scale, np.ones(count)]])
    fits = _Fits(rows, near)
    weights, rises = single(kinds, tried)
    one, other, pair_weights, falls, pair_rises = pairs(kinds, tried)
    plateau = np.where(falls < pair_rises, 2 * share[pair_rises], 1.0)
    found_all = (
        fits.none(),
        fits.one(np.log(weights * share).ravel()),
        fits.two(one, other, np.log(pair_weights * share[falls] * plateau)),
    )
    logs, values, variances = (np.concatenate(parts) for parts in zip(*found_all, strict=True))
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    value = float(chance @ values)
    variance = float(chance @ (variances + (values - value) ** 2))
    where = np.concatenate([[-1], rises.ravel(), pair_rises])
    risen = np.bincount(where + 1, chance, tried + 1)[1:]
    total = risen.sum()
    return Turn(
        level + scale * value,
        scale * variance**0.5,
        places,
        risen / total if total > 0 else risen,
    )


class _Fits:
    """Least-squares fits of a level and at most two shapes, with their log weights."""

    def __init__(self, rows: Float[np.ndarray, "rows bins"], near: float) -> None:
        # Differences that have no correlation, were the noise a first-order autoregression.
        plain = rows.copy()
        plain[:, 1:] -= near * rows[:, :-1]
        plain[:, 1:] /= (1 - near * near) ** 0.5
        level = plain[-1].copy()
        self.precision = float(level @ level)
        means = plain @ level / self.precision
        plain -= means[:, None] * level
        y = plain[-2]
        self.power = float(y @ y)
        self.mean = float(means[-2])
        self.means = means[:-2]
        self.rows = plain[:-2]
        self.along = self.rows @ y
        self.squares = np.einsum("ij,ij->i", self.rows, self.rows)
        self.freedom = KNOWN + rows.shape[1] - 1

    def none(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The fit without a shape: log weight, minimum, its variance."""
        rest = np.array([self.power])
        return (
            np.log(FLAT) + self._likelihood(rest),
            np.array([self.mean]),
            self._noise(rest) / self.precision,
        )

    def one(self, prior: Float[np.ndarray, " shapes"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fits of each shape by itself."""
        usable = self.squares > ALIKE
        squares = np.where(usable, self.squares, 1.0)
        height = self.along / squares
        usable &= height > 0
        height = np.where(usable, height, 0.0)
        rest = self.power - height * self.along
        noise = self._noise(rest)
        weight = prior + self._likelihood(rest) + np.log(_height_prior(height, noise / squares))
        return (
            np.where(usable, weight, -np.inf),
            self.mean - height * self.means,
            noise * (1 / self.precision + self.means**2 / squares),
        )

    def two(
        self,
        one: Int[np.ndarray, " pairs"],
        other: Int[np.ndarray, " pairs"],
        prior: Float[np.ndarray, " pairs"],
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fits of pairs of shapes, both of them upwards."""
        product = np.einsum("ij,ij->i", self.rows[one], self.rows[other])
        a, b = self.squares[one], self.squares[other]
        ya, yb = self.along[one], self.along[other]
        ma, mb = self.means[one], self.means[other]
        inside = a * b - product * product
        usable = (inside > ALIKE * a * b) & (np.minimum(a, b) > ALIKE)
        inside = np.where(usable, inside, 1.0)
        ha, hb = (b * ya - product * yb) / inside, (a * yb - product * ya) / inside
        usable &= (ha > 0) & (hb > 0)
        ha, hb = np.where(usable, ha, 0.0), np.where(usable, hb, 0.0)
        rest = self.power - ha * ya - hb * yb
        noise = self._noise(rest)
        va, vb = noise * b / inside, noise * a / inside
        overlap = np.clip(inside / np.maximum(a * b, 1e-300), ALIKE, 1.0)
        weight = prior + self._likelihood(rest)
        weight += np.log(_height_prior(ha, va) * _height_prior(hb, vb) * np.sqrt(overlap))
        spread = (ma * ma * b - 2 * ma * mb * product + mb * mb * a) / inside
        return (
            np.where(usable, weight, -np.inf),
            self.mean - ha * ma - hb * mb,
            noise * (1 / self.precision + spread),
        )

    def _noise(self, rest: Float[np.ndarray, " fits"]) -> Float[np.ndarray, " fits"]:
        """Variance of a bin, in units of the one expected."""
        return (KNOWN + np.maximum(rest, 0.0)) / self.freedom

    def _likelihood(self, rest: Float[np.ndarray, " fits"]) -> Float[np.ndarray, " fits"]:
        return -self.freedom / 2 * np.log1p(np.maximum(rest, 0.0) / KNOWN)


def _height_prior(
    height: Float[np.ndarray, " fits"], variance: Float[np.ndarray, " fits"]
) -> Float[np.ndarray, " fits"]:
    """Integral of the likelihood over a height, which is not negative, and its prior."""
    errors = height / np.sqrt(np.maximum(variance, 1e-300))
    return np.sqrt(2 * np.pi) / SPREAD * gaussian.below(errors) / (errors + 1)


def _window(found: Trend, at: int) -> tuple[int, int]:
    """The first and the last epoch of the stretch that is fitted."""
    n = len(found.values)
    deviation = float(found.noise.deviation[max(at - LEAST, 0) : at + LEAST + 1].mean())
    high = np.flatnonzero(found.values - found.values[at] > HIGH * deviation)
    split = int(np.searchsorted(high, at))
    first = int(high[split - 1]) + 1 if split else 0
    last = int(high[split]) - 1 if split < len(high) else n - 1
    if last - first < 2 * LEAST:
        first, last = max(at - LEAST, 0), min(at + LEAST, n - 1)
    return first, last


def _bin_noise(noise: Noise, first: int, last: int, width: int) -> tuple[float, float]:
    """Standard deviation of a bin's mean, and the correlation of neighbouring bins.

    The correlation is the one that makes an autoregression of the bins vary as much over long
    stretches as the epochs do. How much that is, is badly known where noise lasts and epochs are
    few; the deviation is widened as Student's distribution asks.
    """
    deviation = noise.deviation[first : last + 1]
    r = noise.correlation
    share = float(stretch(r, np.asarray(float(width))))
    longer = (1 + r) / (1 - r) / share
    scale = float(np.sqrt(np.mean(deviation * deviation) * share / width))
    n = len(noise.deviation)
    known = max(n / STRETCHES * (1 - r) / (1 + r), FEWEST)
    usual = student.quantile(SIDE, max(n / STRETCHES, FEWEST))
    scale *= student.quantile(SIDE, known) / usual
    return scale, (longer - 1) / (longer + 1)


def _places(found: Trend, at: int, first: int, last: int) -> Int[np.ndarray, " places"]:
    """Candidates for the minimum: close together where the trend is low, wider apart beyond."""
    above = found.values[first : last + 1] - found.values[at]
    low = above <= LOW * np.hypot(found.errors[first : last + 1], found.errors[at])
    near = np.flatnonzero(low) + first
    begin, end = int(near[0]), int(near[-1])
    steps = np.cumsum(1.7 ** np.arange(TAIL)) * max((end - begin) / (MIDDLE - 1), 1.0)

    def beyond(room: int) -> Float[np.ndarray, " tail"]:
        return np.minimum(steps * max(room / steps[-1], 1.0), room)

    inside = np.linspace(begin, end, MIDDLE)
    tried = [begin - beyond(begin - first), inside, end + beyond(last - end)]
    return np.unique(np.concatenate(tried).round().astype(np.int64))
