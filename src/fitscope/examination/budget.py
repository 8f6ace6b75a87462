"""How an examination's time is shared out, and which of the runs that could come still fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from fitscope.learners.base import Size

Stage = Literal["ladder", "remedies", "repeats", "refit", "curve"]
ENDS: Mapping[Stage, float] = {
    "ladder": 0.6,
    "remedies": 0.78,
    "repeats": 0.84,
    "refit": 0.94,
    "curve": 1.0,
}
"""Share of the training time at which each stage ends at the latest; what one leaves, the next
has."""
CLOSING, LEAST_CLOSING = 0.06, 3.0
"""Share of the budget, and seconds at the least, that judging, the test part and the page get."""
UNKNOWN = 2.0
"""Seconds that a run is taken to last before anything like it was seen."""
T = TypeVar("T")


@dataclass(frozen=True)
class Budget:
    """Time that may be used, on the clock of `time.monotonic`.

    Attributes:
        began: when it began.
        seconds: how long it lasts.
        training: when training began; what is before it, the stages do not have.

    Example:
        >>> budget = Budget(began=100.0, seconds=300.0, training=110.0)
        >>> budget.ends, budget.until("curve"), round(budget.until("ladder"))
        (400.0, 382.0, 273)
    """

    began: float
    seconds: float
    training: float

    @property
    def ends(self) -> float:
        """When everything must be done."""
        return self.began + self.seconds

    def until(self, stage: Stage) -> float:
        """When a stage ends at the latest."""
        closing = max(CLOSING * self.seconds, min(LEAST_CLOSING, self.seconds / 2))
        whole = max(self.ends - closing - self.training, 0.0)
        return self.training + ENDS[stage] * whole


@dataclass(frozen=True)
class Timing:
    """How long a run took.

    Attributes:
        kind: of its learner.
        size: of its learner.
        rows: its training rows.
        seconds: of training.
    """

    kind: str
    size: Size
    rows: int
    seconds: float


def expected(kind: str, size: Size, rows: int, seen: Sequence[Timing]) -> float:
    """Seconds that a run should take, from those that were seen.

    A run costs its rows times something that grows with its size, more slowly than the size itself
    where that is small. Of the runs of its kind the one nearest in size is scaled: in proportion
    to a size that is larger, and not at all to one that is smaller.

    Args:
        kind: of its learner.
        size: of its learner.
        rows: its training rows.
        seen: runs that have ended.

    Example:
        >>> known = [Timing("mlp", Size(1_000, "parameters"), 5_000, 2.0)]
        >>> round(expected("mlp", Size(4_000, "parameters"), 5_000, known), 6)
        8.0
        >>> expected("mlp", Size(10, "parameters"), 2_500, known)
        1.0
    """
    alike = [one for one in seen if one.kind == kind]
    if not alike:
        return max((one.seconds for one in seen), default=UNKNOWN)
    nearest = min(abs(_ratio(one.size, size)) for one in alike)
    close = [one for one in alike if abs(_ratio(one.size, size)) == nearest]
    scaled = [
        one.seconds * rows / one.rows * max(math.exp(_ratio(size, one.size)), 1.0) for one in close
    ]
    return sum(scaled) / len(scaled)


def fitting(
    wanted: Sequence[tuple[T, float]], seconds: float, side_by_side: int
) -> tuple[list[T], list[T]]:
    """Those that fit in the time that is left, in their order, and those that do not.

    What is too long by itself is passed over for what is shorter and comes later.

    Args:
        wanted: each with the seconds that it should take.
        seconds: time left.
        side_by_side: how many go on at once.

    Example:
        >>> fitting([("a", 4.0), ("b", 9.0), ("c", 4.0)], seconds=5.0, side_by_side=2)
        (['a', 'c'], ['b'])
    """
    chosen, left_out, used = [], [], 0.0
    for one, cost in wanted:
        if cost <= seconds and (used + cost) / side_by_side <= seconds:
            chosen.append(one)
            used += cost
        else:
            left_out.append(one)
    return chosen, left_out


def _ratio(a: Size, b: Size) -> float:
    """The logarithm of how much larger `a` is."""
    return math.log(max(a.count, 1)) - math.log(max(b.count, 1))
