"""Ranges of values that the drawings of an answer show, on the page and in figures alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.examination.lines import Bought, RungLine

WIDE = 1.3
"""How far beyond the plainest rung's validation loss, in distances from there to the lowest value,
the axis goes: what lies farther would squeeze all that matters into a corner."""

EDGE = 0.04
"""Room at both ends, as a share of what lies between."""


def ladder_frame(lines: Sequence[RungLine]) -> tuple[float, float]:
    """The range for the losses of the rungs.

    A rung that does far worse than the plainest one is not in it: its figure is written at the
    edge.

    Args:
        lines: the rungs, plainest first.
    """
    validation = [line.rung.validation for line in lines if line.rung.validation is not None]
    train = [line.rung.train for line in lines if line.rung.train is not None]
    ends = [end for line in lines if line.interval for end in line.interval]
    found = [*validation, *train, *ends]
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    if validation:
        high = min(high, max(low + WIDE * (validation[0] - low), min(validation)))
    return _roomy(low, high)


def bought_frame(groups: Sequence[Bought]) -> tuple[float, float]:
    """The range for what remedies bought: zero is in it, and all groups share it.

    Args:
        groups: all that were tried.
    """
    ends = [end for group in groups for one in group.remedies for end in one.interval]
    values = [one.difference for group in groups for one in group.remedies]
    return _roomy(min([0.0, *ends, *values]), max([0.0, *ends, *values]))


def _roomy(low: float, high: float) -> tuple[float, float]:
    edge = EDGE * ((high - low) or abs(high) or 1.0)
    return low - edge, high + edge
