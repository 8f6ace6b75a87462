"""Remedies: tried on the rung that overfits worst and on the best one, in few steps."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import numpy as np

from fitscope.examination.changes import (
    Change,
    Settings,
    between,
    changed,
    changes_of,
    words,
)
from fitscope.examination.course import Course
from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.pairs import pair
from fitscope.examination.record import Change as Tried
from fitscope.examination.search import Gained, propose
from fitscope.learners.knobs import is_plainer
from fitscope.names import listed
from fitscope.study.definition import Planned

if TYPE_CHECKING:
    from fitscope.examination.measured import Measured
    from fitscope.learners.base import Learner

LESS = "less capacity"


def mend(course: Course, over: list[str]) -> None:
    """Try remedies until nothing promises anything any more, or the time of the stage is over.

    Args:
        course: the examination.
        over: the models that they are tried on.
    """
    course.say(f"remedies, on {listed(over)}")
    course.note(mended=over)
    _capacities(course, over)
    batch = course.training.document.training_plan.batch_size
    changes = {name: changes_of(course.learner(name), batch, course.rows) for name in over}
    asked: dict[str, dict[str, Settings]] = {name: {} for name in over}
    given_up: list[str] = []
    while True:
        measured = course.measured(LADDER, REMEDIES)
        queues = []
        for name in over:
            gains = {
                settings: _gained(measured, name, model) for model, settings in asked[name].items()
            }
            queues.append([(name, settings) for settings in propose(changes[name], gains)])
        queue = [one for one in chain(*zip_longest(*queues)) if one is not None]
        wanted = []
        for name, settings in queue:
            model = f"{name} + {words(settings, changes[name])}"
            if model not in given_up:
                planned = Planned(
                    changed(course.learner(name), settings), (REMEDIES,), course.folds
                )
                wanted.append((model, planned, 1))
                asked[name][model] = settings
        chosen, rest = course.fitting(wanted[: max(2 * course.side_by_side, 4)], "remedies")
        given_up += rest
        if not chosen:
            break
        course.note(
            tried=[
                _tried(name, model, asked[name][model], changes[name])
                for name in over
                for model in asked[name]
                if model in chosen
            ]
        )
        course.train(chosen, "remedies")
    if given_up:
        course.note(left_out=[f"{len(given_up)} remedies, among them {listed(given_up, 3)}."])


def _tried(over: str, model: str, settings: Settings, changes: tuple[Change, ...]) -> Tried:
    kinds = {one.setting: one.words for one in changes}
    kind = " + ".join(kinds[setting] for setting, _ in settings)
    return Tried(over=over, remedy=words(settings, changes), kind=kind, model=model)


def _gained(measured: dict[str, Measured], over: str, model: str) -> Gained:
    """What a change bought; of what came apart, or was never finished, nothing."""
    if model not in measured or over not in measured:
        return Gained(-np.inf, 0.0)
    found = pair(measured[over], measured[model])
    return Gained(found.value, found.error)


def _shape(learner: Learner) -> str:
    """What a network without anything added is called, as the ladder does."""
    units = learner.as_dict()["hidden"]
    if len(set(units)) > 1:
        return "-".join(map(str, units))
    return f"{units[0]}x{len(units)}" if len(units) > 1 else str(units[0])


def _capacities(course: Course, over: list[str]) -> None:
    """Less capacity: the plainer neighbour on the ladder, and one between the two."""
    ladder = [entry.name for entry in course.training.document.models if LADDER in entry.groups]
    tried, wanted = [], []
    for name in over:
        learner = course.learner(name)
        plainer = [one for one in ladder if is_plainer(course.learner(one), learner)]
        for one in plainer[-2:]:
            tried.append(Tried(over=name, remedy=f"{LESS}: {one}", kind=LESS, model=one))
        middle = between(course.learner(plainer[-1]), learner) if plainer else None
        if middle is not None:
            model = _shape(middle)
            if model not in ladder:
                wanted.append((model, Planned(middle, (REMEDIES,), course.folds), 1))
                tried.append(Tried(over=name, remedy=f"{LESS}: {model}", kind=LESS, model=model))
    chosen, rest = course.fitting(wanted, "remedies")
    course.note(tried=[one for one in tried if one.model not in rest])
    course.train(chosen, "remedies")
