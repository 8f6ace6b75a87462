"""Ranges of values that the drawings of an answer show, on the page and in figures alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.examination.lines import Bought, RungLine

FAR = 1.0
"""A rung whose validation loss lies farther beyond all others than so many times the range of these
is not drawn in it: it would squeeze all that matters into a corner."""

EDGE = 0.04
"""Room at both ends, as a share of what lies between."""


def ladder_frame(lines: Sequence[RungLine], taken: float | None = None) -> tuple[float, float]:
    """The range for the losses of the rungs.

    One that does far worse than the others, such as the constant on an easy table, is not in it:
    its figure is written at the edge.

    Args:
        lines: the rungs, plainest first.
        taken: the loss of the model to take, which an average has below all rungs.
    """
    reaches = sorted(filter(None, map(_reach, lines)), key=lambda reach: reach[1])
    if not reaches:
        return 0.0, 1.0
    kept = reaches
    while len(kept) > max(2, 2 * len(reaches) / 3):
        *others, (_, farthest) = kept
        low, high = min(low for low, _ in others), others[-1][1]
        if high == low or farthest <= high + FAR * (high - low):
            break
        kept = others
    also = [] if taken is None else [taken]
    return _roomy(min([low for low, _ in kept] + also), max([kept[-1][1], *also]))


def bought_frame(groups: Sequence[Bought]) -> tuple[float, float]:
    """The range for what remedies bought: zero is in it, and all groups share it.

    Args:
        groups: all that were tried.
    """
    ends = [end for group in groups for one in group.remedies for end in one.interval]
    values = [one.difference for group in groups for one in group.remedies]
    return _roomy(min([0.0, *ends, *values]), max([0.0, *ends, *values]))


def _reach(line: RungLine) -> tuple[float, float] | None:
    """The lowest and the highest value that is drawn of a rung."""
    rung = line.rung
    if rung.validation is None:
        return None
    values = [rung.validation, *(line.interval or ())]
    values += [] if rung.train is None else [rung.train]
    return min(values), max(values)


def _roomy(low: float, high: float) -> tuple[float, float]:
    edge = EDGE * ((high - low) or abs(high) or 1.0)
    return low - edge, high + edge
