"""The model to take, trained anew on validation rows, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.measured import averaging
from fitscope.examination.recommend import families_of, plainness
from fitscope.examination.refit import Refit, refit_of
from fitscope.examination.select import choose
from fitscope.learners.base import is_reference
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.estimator.pace import fitted_pace
from fitscope.learners.hgb import HGB
from fitscope.names import listed
from fitscope.study.definition import Planned
from fitscope.study.folder import read_learnt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitscope.examination.course import Course
    from fitscope.learners.estimator.pace import Pace

REFIT = "refit"
"""The group of what is trained on validation rows, too."""
MOST_RESERVED = 0.25
"""Share of the training time that is kept for it at the most."""


def to_take(course: Course, judged: bool = False) -> tuple[str, ...]:
    """The model to take, or those to be averaged, as far as is known by now.

    A constant prediction learns nothing from more rows; the best of the others stands for it.

    Args:
        course: the examination.
        judged: correct levels for best epochs having been picked.
    """
    measured = course.measured(LADDER, REMEDIES, judged=judged)
    learners = {name: course.learner(name) for name in measured}
    order = plainness(course.ladder, course.record.tried, learners)
    average = averaging(measured, course.outputs, course.metric)
    taken = choose(
        {name: measured[name].units for name in order},
        families_of(learners),
        lambda names: average(names).units,
    )
    if not is_reference(learners[taken[0]]):
        return taken
    others = [name for name in order if not is_reference(learners[name])]
    return (min(others, key=lambda name: measured[name].mean),)


def refit(course: Course, names: Sequence[str]) -> None:
    """Train models on all rows that do not test, as often as validated, as far as there is time.

    Each has a run before any has a second one. With folds such runs join those that were validated,
    else they are used in their place.

    Args:
        course: the examination.
        names: of the models.
    """
    planned = {name: one for name in names if (one := _planned(course, name)) is not None}
    if not planned:
        return
    course.say(f"{listed(list(planned), None)} on all rows that do not test")
    measured = course.measured(LADDER, REMEDIES)
    rounds = {
        name: course.folds * measured[name].rounds if course.learner(name).by_chance else 1
        for name in planned
    }
    # a better model is worth more than a learning curve
    chosen, _ = course.fitting({_named(one): one for one in planned.values()}, "curve")
    fit = {name: one for name, one in planned.items() if _named(one) in chosen}
    for count in range(max(rounds.values()), 1, -1):
        wanted = {
            _named(one): replace(one, repeats=min(count, rounds[name])) for name, one in fit.items()
        }
        more, rest = course.fitting(wanted, "refit")
        if not rest:
            chosen = more
            break
    course.train(chosen, "curve")  # one that takes longer than was expected is not given up
    there = {run.model for run in course.runs}
    course.note(
        left_out=[
            f"{name} trained on all rows that do not test, which it now lacks."
            for name, one in planned.items()
            if _named(one) not in there
        ]
    )


def reserve(course: Course) -> None:
    """Keep time for one run on all rows that do not test, of each model to take as known by now.

    Such a run makes it better more often than a remedy does. One that would take too much of the
    whole time has none kept for it, and one that is trained already needs none.

    Args:
        course: the examination.
    """
    course.reserved = 0.0
    budget = course.budget
    most = MOST_RESERVED * (budget.until("curve") - budget.training)
    for name in to_take(course):
        planned = _planned(course, name)
        if planned is None:
            continue
        seconds = course.seconds(_named(planned), planned)
        if course.reserved + seconds <= most:
            course.reserved += seconds


def _planned(course: Course, name: str) -> Planned | None:
    """One run of a model on all rows that do not test; None where nobody knows when it ends."""
    rows = course.rows + len(course.prepared.splits[0].y_validation)
    runs = [run for run in course.runs if run.model == name]
    known = {one.refits: Refit(one.learner, one.epochs) for one in course.training.document.subsets}
    anew = known.get(name) or refit_of(
        course.learner(name), runs, rows / course.rows, _pace(course, name)
    )
    return anew and Planned(anew.learner, (REFIT,), 1, rows, name, anew.epochs)


def _named(planned: Planned) -> str:
    """What the study calls it."""
    return f"{planned.refits} on all {planned.rows:,} rows"


def _pace(course: Course, name: str) -> Pace | None:
    """The pace at which a model has learnt; None of a learner without rounds."""
    entry = course.training.document.entry(name)
    learner = entry.learner
    if not isinstance(learner, HGB | Estimator) or learner.step != "round":
        return None
    if learner.pace is not None:
        return learner.pace
    return fitted_pace(read_learnt(course.training.folder, entry, 0, "last").estimator)
