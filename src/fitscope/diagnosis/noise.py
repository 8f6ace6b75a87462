"""Noise of a curve from epoch to epoch: how large, and how long one deviation lasts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis import gaussian, student
from fitscope.diagnosis.windows import box_mean, fixed_line

if TYPE_CHECKING:
    from jaxtyping import Float

TAME = 4.0  # robust standard deviations beyond which a residual counts as that many only
MOST_CORRELATED = 0.9
FEWEST = 20  # epochs below which a polynomial leaves too little to measure a correlation on
SURE = 0.95
SHORT = 60  # epochs below which the trend may bend from one epoch to the next
USUAL = 0.5  # correlations of most runs lie within this of none
FAINT = 1e-6  # of the noise: a residual as small counts half
SHARED, VISIBLE = 0.8, 0.02  # share of the power, and of the other curve's whole height
TURNING = 0.5  # share of the epochs; of noise it is two thirds
SHARED_FEWEST = 10  # epochs below which two curves are alike by accident
PRIOR = 10  # epochs that the mean over the whole curve counts for in the noise around each epoch


@dataclass(frozen=True, eq=False)
class Noise:
    """Noise around a trend.

    Attributes:
        deviation: its standard deviation at each epoch (noise often shrinks with the learning
            rate, or grows before a divergence).
        correlation: of one epoch's deviation with the next one's, 0 to 0.9.
        widened: factor in the deviation that allows for how few epochs it was measured on.
    """

    deviation: Float[np.ndarray, " n"]
    correlation: float
    widened: float = 1.0

    def typical(self) -> float:
        """The standard deviation over the curve, as measured."""
        return float(np.median(self.deviation)) / self.widened


def stretch(correlation: float, count: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """Factor by which correlation raises the variance of the mean of `count` epochs.

    The closed form for a first-order autoregression:
    1 + 2 sum over k < count of (1 - k / count) correlation^k.

    Example:
        >>> float(stretch(0.0, np.array(7.0))), float(stretch(0.5, np.array(1.0)))
        (1.0, 1.0)
    """
    r = correlation
    return np.asarray((1 + r) / (1 - r) - 2 * r * (1 - r**count) / (count * (1 - r) ** 2))


def close_noise(
    values: Float[np.ndarray, " n"], beside: Float[np.ndarray, " n"] | None = None
) -> Float[np.ndarray, " n"]:
    """Standard deviation at each epoch of what the nearest epochs do not foretell.

    A straight line through a few neighbouring epochs takes the trend away, however steep, but
    also whatever part of the noise lasts longer than they do: `lasting_noise` adds that. Single
    large residuals (a spike) are cut to four robust standard deviations.

    Args:
        values: one value an epoch, finite.
        beside: a curve whose every move these values share (see `moves_along`); what moves with
            it is no noise.

    Returns:
        The standard deviation at each epoch.

    Example:
        >>> steps = np.random.default_rng(0).normal(size=2000)
        >>> round(float(close_noise(np.linspace(9, 5, 2000) + 0.1 * steps).mean()), 2)
        0.1
    """
    n = len(values)
    if n <= 2:
        return np.full(n, np.ptp(values))
    residual = own = _residual(values)
    if beside is not None:
        residual = _without(own, _residual(beside))
    scale = 1.4826 * float(np.median(np.abs(residual)))
    if n < 6:
        return np.full(n, float(np.sqrt(np.mean(residual**2))))
    squares = np.minimum(residual * residual, (TAME * scale) ** 2)
    around = max(n // 8, 3)
    inside = 2 * around + 1
    overall = min(scale * scale, float(squares.mean()))
    # of curves that are alike to the last digit rounding is left, which is another in other units
    rounding = FAINT**2 * float(np.mean(own * own)) if beside is not None else 0.0
    variance = (inside * box_mean(squares, around) + PRIOR * overall) / (inside + PRIOR)
    return np.sqrt(variance + rounding)


def moves_along(values: Float[np.ndarray, " n"], beside: Float[np.ndarray, " n"]) -> bool:
    """Whether a curve shares the jumps of another one, so that these cannot be its noise.

    A validation part cannot make the training curve jump. Where warm restarts, or a rate that goes
    up and down, move both curves alike, differences from epoch to epoch show the schedule, not the
    noise: the other curve is a control variate. Most of the moves must be shared, and they must be
    a visible part of what the other curve does at all. And they must not be jitter of the network
    itself, which both curves show, too: of noise two epochs in three are turning points (Bienaymé
    1874), of a schedule fewer.

    Args:
        values: one value an epoch.
        beside: the other curve at the same epochs.

    Example:
        >>> teeth, at = np.tile([0.3, 0.2, 0.1, 0.0], 6), np.linspace(1, 0, 24)
        >>> moves_along(at + teeth, at + 0.9 * teeth), moves_along(at + teeth, at)
        (True, False)
    """
    if len(values) < SHARED_FEWEST:
        return False
    own, other = _residual(values), _residual(beside)
    power, product = float(other @ other), float(own @ other)
    steps = np.sign(np.diff(beside))
    turning = float(np.mean(steps[1:] != steps[:-1]))
    visible = power / len(other) > (VISIBLE * float(np.ptp(beside))) ** 2
    return (
        turning <= TURNING
        and visible
        and product > 0
        and product > (SHARED * power) ** 0.5 * float(own @ own) ** 0.5  # squares might overflow
    )


def _without(
    own: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """What least squares leave of a residual beside another one."""
    power = float(other @ other)
    return own - float(own @ other) / power * other if power > 0 else own


def _residual(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    return _bends(values) if len(values) < SHORT else _off_the_line(values)


def _off_the_line(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    n = len(values)
    half = int(np.clip(n // 50, 2, 8))
    line, ends = fixed_line(values, half)
    residual = values - line
    residual /= np.sqrt(1 - 1 / (2 * half + 1))
    lost = np.sqrt((1 - 1 / (2 * half + 1)) / np.maximum(1 - ends, 0.2))
    residual[n - half :] *= lost
    residual[:half] *= lost[::-1]
    return residual


def _bends(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Second or third differences, in standard deviations of white noise, one an epoch.

    In a short curve the trend bends from one epoch to the next; the order that leaves less is
    nearer to the noise.
    """
    second = np.diff(values, 2) / np.sqrt(6)
    second = np.concatenate([second[:1], second, second[-1:]])
    if len(values) < 6:
        return second
    third = np.diff(values, 3) / np.sqrt(20)
    third = np.concatenate([third[:1], third[:1], third, third[-1:]])
    return min(second, third, key=lambda residual: float(np.median(np.abs(residual))))


def lasting_noise(
    values: Float[np.ndarray, " n"],
    close: Float[np.ndarray, " n"],
    start: int,
    beside: Float[np.ndarray, " n"] | None = None,
) -> Noise:
    """The noise with the part that lasts from epoch to epoch.

    From `start` on, where the steep part of training is over, a polynomial is taken away (of
    degree 3 to 16, whichever leaves the least lasting noise). What is left is read as a
    first-order autoregression. Its lag-one correlation and its variance are corrected for what
    the polynomial took, to first order in one over the number of epochs. In curves below 60
    epochs the correlation is drawn towards none by how badly so few measure it. Where few epochs
    are left the standard deviation is widened as Student's distribution asks; on fewer than 20
    no correlation can be measured, and none is assumed.

    Args:
        values: one value an epoch, spikes cut.
        close: standard deviation from `close_noise`.
        start: first epoch of the late part.
        beside: as of `close_noise`.

    Returns:
        The noise.

    Example:
        >>> steps = np.random.default_rng(0).normal(size=3000)
        >>> slow = 0.1 * np.convolve(steps, 0.8 ** np.arange(60))[:3000]
        >>> found = lasting_noise(slow, close_noise(slow), 0)
        >>> round(found.correlation, 1)
        0.8
    """
    n = len(values)
    late = values[start:]
    m = len(late)
    if m < FEWEST:
        freedom = max((n - 2) / 2, 1.0)  # neighbouring differences share epochs
        widened = _widened(freedom)
        return Noise(close * widened, 0.0, widened)
    basis = _polynomials(m, _degrees(m)[-1])
    weights = basis.T @ late
    near = float(np.sqrt(np.mean(close[start:] ** 2)))
    found: tuple[float, float, float, float] | None = None
    for degree in _degrees(m):
        parts = degree + 1
        residual = late - basis[:, :parts] @ weights[:parts]
        if beside is not None:
            other = beside[start:] - basis[:, :parts] @ (basis.T[:parts] @ beside[start:])
            residual = _without(residual, other)
        power = float(residual @ residual)
        if power <= 0 or near <= 0:
            return Noise(close, 0.0)
        # What rounding leaves of a smooth curve is correlated by chance, and otherwise in other
        # units: the fainter a residual is beside the noise, the less its correlation counts.
        raw = float(residual[1:] @ residual[:-1]) / (power + m * (FAINT * near) ** 2)
        slack = max(1 - (2 * degree + 2.5) / m, 0.3)
        correlation = float(np.clip((raw + parts / m) / slack, 0.0, MOST_CORRELATED))
        if n < SHORT:
            # Few epochs measure it badly, and what a polynomial leaves of a sharp turn looks
            # like a large one: a clean rise would be taken for noise.
            correlation *= USUAL**2 / (USUAL**2 + 1 / (m * slack**2))
        taken = parts * float(stretch(correlation, np.asarray(m / parts)))
        freedom = max(m - taken, 1.0)
        deviation = max(float(np.sqrt(power / max(freedom, 0.1 * m))), near)
        lasting = deviation * float(np.sqrt(stretch(correlation, np.asarray(m / parts))))
        if found is None or lasting < found[0]:
            found = (lasting, deviation, correlation, freedom)
    assert found is not None
    _, deviation, correlation, freedom = found
    widened = _widened(freedom)
    return Noise(close * (deviation / near) * widened, correlation, widened)


@lru_cache(maxsize=32)
def _polynomials(m: int, degree: int) -> Float[np.ndarray, "m parts"]:
    """Polynomials of rising degree on so many epochs, orthogonal to each other, of length 1."""
    return np.linalg.qr(np.polynomial.legendre.legvander(np.linspace(-1, 1, m), degree))[0]


def _widened(freedom: float) -> float:
    """How much wider Student's distribution is than the normal one."""
    return student.quantile(SURE, freedom) / gaussian.quantile(SURE)


def _degrees(m: int) -> tuple[int, ...]:
    """Degrees worth trying on so many epochs."""
    return tuple(d for d in (3, 5, 8, 12, 16) if d == 3 or m >= 5 * d)
