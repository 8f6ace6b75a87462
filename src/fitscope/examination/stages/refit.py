"""The model to take, trained anew on validation rows, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.refit import Refit, refit_of
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.estimator.pace import fitted_pace
from fitscope.learners.hgb import HGB
from fitscope.study.definition import Planned
from fitscope.study.folder import read_learnt

if TYPE_CHECKING:
    from fitscope.examination.course import Course
    from fitscope.learners.estimator.pace import Pace

REFIT = "refit"
"""The group of what is trained on validation rows, too."""


def refit(course: Course, name: str) -> None:
    """Train a model on all rows that do not test, as often as it was validated, if there is time.

    With folds its runs have seen all of them together, and nothing is trained.

    Args:
        course: the examination.
        name: of the model.
    """
    if course.folds > 1:
        return
    rows = course.rows + len(course.prepared.splits[0].y_validation)
    runs = [run for run in course.runs if run.model == name]
    validated = course.learner(name)
    known = {one.refits: Refit(one.learner, one.epochs) for one in course.training.document.subsets}
    anew = known.get(name) or refit_of(validated, runs, rows / course.rows, _pace(course, name))
    if anew is None:
        return
    course.say(f"{name} on all rows that do not test")
    named = f"{name} on all {rows:,} rows"
    rounds = course.measured(LADDER, REMEDIES)[name].rounds if validated.by_chance else 1
    chosen: dict[str, Planned] = {}
    for count in range(rounds, 0, -1):
        planned = Planned(anew.learner, (REFIT,), count, rows, name, anew.epochs)
        # a better model is worth more than a learning curve
        chosen, _ = course.fitting([(named, planned, count)], "refit" if count > 1 else "curve")
        if chosen:
            break
    course.train(chosen, "curve")  # one that takes longer than was expected is not given up
    if not any(run.model == named for run in course.runs):
        course.note(left_out=[f"{name} trained anew on validation rows, too, which it now lacks."])


def _pace(course: Course, name: str) -> Pace | None:
    """The pace at which a model has learnt; None of a learner without rounds."""
    entry = course.training.document.entry(name)
    learner = entry.learner
    if not isinstance(learner, HGB | Estimator) or learner.step != "round":
        return None
    if learner.pace is not None:
        return learner.pace
    return fitted_pace(read_learnt(course.training.folder, entry, 0, "last").estimator)
