"""Where a learning curve leads: a line and a band between the sizes that were predicted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.study.answer import Gain, MoreData

POINTS = 40
STEEPEST = 30.0  # exponents beyond differ by nothing that could be seen


@dataclass(frozen=True)
class Continuation:
    """Predicted losses at rising numbers of rows, the last measured one first.

    Attributes:
        rows: numbers of training rows.
        losses: predicted at each of them.
        low: lower ends of the 90 % band.
        high: its upper ends.
    """

    rows: tuple[float, ...]
    losses: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def predicted(found: MoreData) -> list[tuple[int, Gain]]:
    """How many times the rows, and what they would gain; nothing where that is not predictable.

    Args:
        found: a learning curve.
    """
    gains = ((2, found.doubling), (10, found.tenfold)) if found.predictable else ()
    return [(times, gain) for times, gain in gains if gain is not None]


def continuation(found: MoreData) -> Continuation | None:
    """The curve beyond the rows that there are; None where nothing is predicted.

    It goes from the last measured loss through those predicted for two and for ten times the
    rows; so do the ends of their intervals.

    Args:
        found: a learning curve with predictions.

    Example:
        >>> from fitscope.study.answer import Gain, MoreData
        >>> gains = Gain(0.1, (0.0, 0.2), 0.9), Gain(0.2, (0.0, 0.4), 0.9)
        >>> found = MoreData("linear", True, (100, 200), ((0.8, 0.01), (0.7, 0.01)), *gains)
        >>> line = continuation(found)
        >>> line.rows[0], line.losses[0], round(line.rows[-1]), round(line.losses[-1], 6)
        (200.0, 0.7, 2000, 0.5)
    """
    known = predicted(found)
    if not known or not found.sizes:
        return None
    rows, loss = found.sizes[-1], found.losses[-1][0]
    most = known[-1][0]
    even = [most ** (number / (POINTS - 1)) for number in range(POINTS - 1)]
    times = sorted({*even, *(time for time, _ in known)})

    def line(gains: Sequence[float]) -> tuple[float, ...]:
        at = [time for time, _ in known]
        return tuple(loss - _between(time, at, gains) for time in times)

    return Continuation(
        tuple(rows * time for time in times),
        line([gain.gain for _, gain in known]),
        line([gain.interval[1] for _, gain in known]),
        line([gain.interval[0] for _, gain in known]),
    )


def _between(time: float, times: Sequence[float], gains: Sequence[float]) -> float:
    """The gain of `time` times the rows: on the power law with an asymptote through the known
    gains and through none at the start, or, where there is none, straight in the logarithm."""
    exponent = _exponent(gains[-1] / gains[0]) if len(gains) == 2 and gains[0] else None
    if exponent is not None:
        return gains[0] * (1 - time**-exponent) / (1 - 2**-exponent)
    before, start = 1.0, 0.0
    for after, end in zip(times, gains, strict=True):
        if time <= after * (1 + 1e-12):
            share = math.log(time / before) / math.log(after / before)
            return start + share * (end - start)
        before, start = after, end
    return start


def _exponent(ratio: float) -> float | None:
    """The exponent c with (1 - 10^-c) / (1 - 2^-c) = ratio; None where there is none."""

    def of(exponent: float) -> float:
        return (1 - 10**-exponent) / (1 - 2**-exponent)

    low, high = 1e-6, STEEPEST
    if not of(high) < ratio < of(low):
        return None
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if of(middle) > ratio else (low, middle)
    return low
