"""The ladder: one round of each rung, the plain and usual ones first, then the cheap ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from fitscope.errors import UserError
from fitscope.examination.course import Course
from fitscope.examination.duration import told
from fitscope.examination.families import FAMILIES
from fitscope.examination.lines import LADDER
from fitscope.learners.base import is_reference
from fitscope.learners.hgb import HGB
from fitscope.names import listed
from fitscope.study.definition import Planned

if TYPE_CHECKING:
    from fitscope.examination.budget import Stage
    from fitscope.learners.base import Learner

FIRST = ("constant", "linear", HGB.sort, *FAMILIES)
"""Rungs that are trained before all others: what others are held against, and what each library has
by default, since a family that was left out for want of time can never be taken. So they may go on
when the other rungs' time is over."""


def climb(course: Course, rungs: Mapping[str, Learner], stage: Stage = "ladder") -> None:
    """Train every rung, as far as there is time.

    Args:
        course: the examination.
        rungs: name to learner, plainest first.
        stage: until whose end.

    Raises:
        UserError: not one rung beside the constant prediction could be trained.
    """
    repeats = course.record.options.repeats * course.folds
    course.say(f"the ladder: {len(rungs)} rungs")
    course.note(ladder=list(rungs))
    sizes = {name: course.size(learner).count for name, learner in rungs.items()}
    order = [name for name in FIRST if name in rungs]
    order += sorted((name for name in rungs if name not in FIRST), key=lambda name: sizes[name])
    planned = {name: Planned(rungs[name], (LADDER,), repeats) for name in order}
    first = {name: one for name, one in planned.items() if name in FIRST}
    course.train(first, "remedies" if stage == "ladder" else stage)
    course.train(planned, stage)
    if not _anything(course):
        course.train(planned, "curve")  # one rung is worth all the time there is
    if not _anything(course) and (failed := course.training.failed):
        raise UserError(f"no rung of the ladder could be trained; {failed[0]}")
    if not _anything(course):
        budget = told(course.record.seconds)
        shorter = "" if course.record.options.quick else ", or say --quick"
        raise UserError(
            f"a budget of {budget} is too short for one rung of the ladder on {course.rows:,} "
            f"rows; give more by --budget{shorter}"
        )


def note_missing(course: Course, rungs: Collection[str]) -> None:
    """Say which rungs there was no time for, once no stage can train one by another way.

    Args:
        course: the examination.
        rungs: names of the ladder.
    """
    told_elsewhere = {run.model for run in course.training.failed}
    done = {*course.measured(LADDER), *told_elsewhere}
    missing = [name for name in rungs if name not in done]
    if missing:
        what, them = ("rungs", "them") if len(missing) > 1 else ("rung", "it")
        course.note(left_out=[f"The {what} {listed(missing)}: no time was left for {them}."])


def _anything(course: Course) -> bool:
    """Whether a rung beside the constant prediction is there."""
    return any(not is_reference(course.learner(name)) for name in course.measured(LADDER))
