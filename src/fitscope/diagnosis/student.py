"""Student's t distribution, without the half second that SciPy takes to be imported."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import exp, lgamma, log, log1p, pi

from fitscope.diagnosis import gaussian

TINY = 1e-300  # in place of 0 in a continued fraction
SAME = 1e-15  # relative change at which a continued fraction has arrived
CLOSE = 1e-14  # the same of Newton's steps
MANY = 40.0  # degrees of freedom above which the ratio of two gamma functions is a short series
PARTS = 10_000  # of a continued fraction at most; it takes about the root of the freedom
FEWEST, MOST = 1e-2, 1e10  # degrees of freedom, where they are looked for
SAME_FREEDOM = 1e-9  # relative step at which they are found
WIDER = 1.5  # factor by which the first guess of the freedom is surrounded
STEPS = 100  # at most; far out each of Newton's doubles t


def below(t: float, freedom: float) -> float:
    """Probability that Student's t is below a number.

    The incomplete beta function, by its continued fraction (Abramowitz and Stegun 1964, 26.5.8) in
    the way of Lentz (1976, Applied Optics 15).

    Args:
        t: the number.
        freedom: degrees of freedom, above 0, not necessarily whole.

    Example:
        >>> round(below(2.228, 10), 3), round(below(-12.706, 1), 3)
        (0.975, 0.025)
    """
    tail = _tail(abs(t), freedom)
    return 1 - tail if t > 0 else tail


@lru_cache(maxsize=4096)
def quantile(share: float, freedom: float) -> float:
    """What Student's t is below with this probability.

    Newton's steps from the normal quantile, which is nearer to 0: the tail is convex, so that they
    never overshoot.

    Args:
        share: the probability, between 0 and 1.
        freedom: degrees of freedom, above 0, not necessarily whole.

    Example:
        >>> round(quantile(0.975, 10), 3), round(quantile(0.025, 1), 3)
        (2.228, -12.706)
    """
    if share == 0.5:
        return 0.0
    if share < 0.5:
        return -_outside(share, freedom)
    return _outside(1 - share, freedom)


def freedom(share: float, quantile: float) -> float:
    """The degrees of freedom of which a quantile is known.

    Found is their inverse, of which the quantile is nearly a straight line: from the first term of
    Fisher and Cornish (1960, Technometrics 2), by the Illinois variant of the false position
    (Dowell and Jarratt 1971, BIT 11).

    Args:
        share: the probability below the quantile, above one half.
        quantile: the quantile; at or below the normal one there are as many as are counted.

    Example:
        >>> round(freedom(0.975, 2.2281388520)), freedom(0.975, 1.9) == MOST
        (10, True)
    """
    if below(quantile, MOST) <= share:
        return MOST

    def beyond(inverse: float) -> float:
        return below(quantile, 1 / inverse) - share

    normal = gaussian.quantile(share)
    guess = 4 * (quantile - normal) / (normal**3 + normal)
    low = high = min(max(guess, 1 / MOST), 1 / FEWEST)
    over = under = beyond(low)
    while over < 0:
        low = max(low / WIDER, 1 / MOST)
        over = beyond(low)
    while under > 0:
        if high == 1 / FEWEST:
            return FEWEST
        high = min(high * WIDER, 1 / FEWEST)
        under = beyond(high)
    return 1 / _crossing(beyond, low, over, high, under)


def _crossing(
    function: Callable[[float], float], low: float, over: float, high: float, under: float
) -> float:
    """Where a function that falls from `over` at `low` to `under` at `high` is 0."""
    last, found = 0, low if over == 0 else high
    for _ in range(STEPS):
        if over == 0 or under == 0:
            break
        before, found = found, low + (high - low) * over / (over - under)
        value = function(found)
        if value == 0 or abs(found - before) <= SAME_FREEDOM * found:
            break
        side = 1 if value > 0 else -1
        if value > 0:
            low, over = found, value
            under /= 1 + (side == last)
        else:
            high, under = found, value
            over /= 1 + (side == last)
        last = side
    return found


def _outside(tail: float, freedom: float) -> float:
    """The positive t above which so much lies."""
    t = -gaussian.quantile(tail)
    for _ in range(STEPS):
        step = (_tail(t, freedom) - tail) / _density(t, freedom)
        t += step
        if abs(step) <= CLOSE * t:
            break
    return t


def _tail(t: float, freedom: float) -> float:
    """Probability above a t that is not negative."""
    squares, half = t * t, freedom / 2
    x = freedom / (freedom + squares)
    if x == 0:
        return 0.0
    front = _density(t, freedom) * t  # x^(ν/2) (1 - x)^(1/2) / B(ν/2, 1/2)
    if x < (half + 1) / (half + 2.5):
        return front / freedom * _fraction(half, 0.5, x)
    return 0.5 - front * _fraction(0.5, half, squares / (freedom + squares))


def _density(t: float, freedom: float) -> float:
    return exp(_log_highest(freedom) - (freedom + 1) / 2 * log1p(t * t / freedom))


def _log_highest(freedom: float) -> float:
    """Logarithm of the density at 0: Γ((ν + 1) / 2) / (Γ(ν / 2) √(ν π))."""
    half = freedom / 2
    if freedom < MANY:
        return lgamma(half + 0.5) - lgamma(half) - log(freedom * pi) / 2
    # where logarithms of gamma functions are large, their difference has lost its digits
    x, square = 1 / half, 1 / (half * half)
    series = x * (1 / 8 - square * (1 / 192 - square * (1 / 640 - square * 17 / 14336)))
    return -log(2 * pi) / 2 - series


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    found = d
    for m in range(1, PARTS):
        even, odd = a + 2 * m, a + 2 * m + 1
        part = m * (b - m) * x / ((even - 1) * even)
        d = 1 / (1 + part * d or TINY)
        c = 1 + part / c or TINY
        found *= c * d
        part = -(a + m) * (a + b + m) * x / (even * odd)
        d = 1 / (1 + part * d or TINY)
        c = 1 + part / c or TINY
        found *= c * d
        if not abs(c * d - 1) > SAME:
            break
    return found
