"""The sweep: networks of rising width, one round of each, then further rounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fitscope.examination.lines import LADDER
from fitscope.examination.stages.ladder import climb, note_missing
from fitscope.examination.stages.repeats import one_more_round
from fitscope.examination.stages.search import rungs_to_mend
from fitscope.examination.swept import FEWEST
from fitscope.names import listed

if TYPE_CHECKING:
    from fitscope.examination.course import Course
    from fitscope.learners.base import Learner

ROUNDS = 3
"""Rounds of each width, if there is time: they tell what the luck of a run does to its loss."""


def sweep(course: Course, rungs: Mapping[str, Learner]) -> None:
    """Train networks of rising width, and again, as far as there is time.

    What needs no training is asked of the one that overfits worst: what early stopping, averaging
    its runs or another temperature gets back.

    Args:
        course: the examination.
        rungs: the ladder, plainest first.
    """
    climb(course, rungs, "repeats")
    note_missing(course, rungs)
    course.say("further runs of each width")
    while rounds := _fewest(course):
        before = len(course.runs)
        one_more_round(course, rounds, "curve")
        if len(course.runs) == before:
            break
    few = [name for name, rounds in _rounds(course).items() if rounds < FEWEST]
    if few and course.folds == 1:
        course.note(
            left_out=[
                f"Further runs of {listed(few)}: without {FEWEST} of each width nobody can tell "
                "what the luck of a run did, so these say nothing of double descent."
            ]
        )
    course.note(mended=rungs_to_mend(course)[:1])


def _rounds(course: Course) -> dict[str, int]:
    """Rounds of each network, of those that have one."""
    return {
        name: one.rounds
        for name, one in course.measured(LADDER).items()
        if course.learner(name).by_chance
    }


def _fewest(course: Course) -> dict[str, int]:
    """The networks with fewest rounds, and how many; none where each has enough."""
    rounds = _rounds(course)
    least = min(rounds.values(), default=ROUNDS)
    if least >= max(ROUNDS, course.record.options.repeats):
        return {}
    return {name: many for name, many in rounds.items() if many == least}
