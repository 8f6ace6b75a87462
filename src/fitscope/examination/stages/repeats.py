"""Further runs, where they still decide something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.examination.course import Course
from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.pairs import contenders, pair
from fitscope.names import listed
from fitscope.study.definition import Planned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitscope.examination.budget import Stage
    from fitscope.examination.measured import Measured

ENOUGH, MOST = 3, 5
"""Rounds for whatever the answer speaks of, and at most for what may still be the best."""
TOLD = 3
"""Remedies that the answer leads with."""


def repeat(course: Course, over: Sequence[str]) -> None:
    """More rounds for the models that may still be the best, and for those that are compared.

    Args:
        course: the examination.
        over: the models that remedies were tried on.
    """
    course.say("further runs of what may be the best")
    measured = course.measured(LADDER, REMEDIES)
    while True:
        may_be_best = contenders(measured)
        wanted = next_rounds(measured, may_be_best, _spoken_of(course, over, measured))
        wanted = [name for name in wanted if course.learner(name).by_chance]
        before = measured
        chosen = one_more_round(course, {name: measured[name].rounds for name in wanted}, "repeats")
        if not chosen:
            break
        measured = course.measured(LADDER, REMEDIES)
        if all(
            name not in measured or measured[name].rounds <= before[name].rounds for name in chosen
        ):
            break
    if len(may_be_best) > 1 and wanted:
        course.note(left_out=[f"Further runs, which may tell {listed(may_be_best)} apart."])


def one_more_round(course: Course, rounds: Mapping[str, int], stage: Stage) -> list[str]:
    """Train one more round of some models, as far as a stage has time for it.

    Args:
        course: the examination.
        rounds: name to how many there are.
        stage: until whose end.

    Returns:
        Names of those that there was time for.
    """
    wanted = {}
    for name, many in rounds.items():
        entry = course.training.document.entry(name)
        wanted[name] = Planned(entry.learner, tuple(entry.groups), (many + 1) * course.folds)
    chosen, _ = course.fitting(wanted, stage)
    course.train(chosen, stage)
    return list(chosen)


def next_rounds(
    measured: dict[str, Measured], may_be_best: Sequence[str], spoken_of: Sequence[str]
) -> list[str]:
    """The models that should get one more round, those with the fewest first.

    Args:
        measured: name to losses.
        may_be_best: the models that are not surely worse than the lowest one, lowest first.
        spoken_of: the models that the answer compares.

    Returns:
        Names; none where nothing is left to decide.
    """
    enough = dict.fromkeys(spoken_of, ENOUGH)
    if len(may_be_best) > 1:
        enough |= dict.fromkeys(may_be_best, MOST)
    elif may_be_best:
        enough[may_be_best[0]] = ENOUGH
    order = [*may_be_best, *spoken_of]
    short = [name for name in dict.fromkeys(order) if measured[name].rounds < enough[name]]
    least = min((measured[name].rounds for name in short), default=0)
    return [name for name in short if measured[name].rounds == least]


def _spoken_of(course: Course, over: Sequence[str], measured: dict[str, Measured]) -> list[str]:
    """The models that remedies were tried on, and what helped most on each."""
    named = []
    for name in over:
        if name not in measured:
            continue
        tried = {
            one.model for one in course.record.tried if one.over == name and one.model in measured
        }
        gains = {model: pair(measured[name], measured[model]).value for model in tried}
        best = sorted(gains, key=lambda model: -gains[model])
        named += [name, *best[:TOLD]]
    return list(dict.fromkeys(named))
