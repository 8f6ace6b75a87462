"""Remedies: tried on the rung that overfits worst and on the best one, in few steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from fitscope.examination.ladder import network_name
from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.pairs import pair
from fitscope.examination.record import Trial
from fitscope.examination.search import Gained, propose
from fitscope.learners.knobs import is_plainer
from fitscope.learners.mlp.network import MLP
from fitscope.names import listed
from fitscope.study.definition import Planned

if TYPE_CHECKING:
    from fitscope.examination.measured import Measured
    from fitscope.learners.base import Learner

LESS = "less capacity"


@dataclass(frozen=True)
class Mended:
    """A model that remedies are tried on.

    Attributes:
        name: of the model.
        learner: it.
        changes: what can be tried on it.
        asked: settings of a change to the model with them, of which several may be the same;
            those without a result came apart, or there was no time for them.
    """

    name: str
    learner: Learner
    changes: Sequence[Change]
    asked: dict[Settings, str] = field(default_factory=dict)

    def proposed(self, measured: Mapping[str, Measured]) -> list[Settings]:
        """What to try next."""
        gains = {
            settings: _gained(measured, self.name, model) for settings, model in self.asked.items()
        }
        return propose(self.changes, gains)

    def tried(self, settings: Settings) -> Trial:
        """What study.json keeps of a change."""
        model = self.asked[settings]
        kinds = {one.setting: one.words for one in self.changes}
        kind = " + ".join(kinds[setting] for setting, _ in settings)
        return Trial(over=self.name, remedy=words(settings, self.changes), kind=kind, model=model)


def mend(course: Course, over: Sequence[str]) -> None:
    """Try remedies until nothing promises anything any more, or the time of the stage is over.

    Args:
        course: the examination.
        over: the models that they are tried on.
    """
    course.say(f"remedies, on {listed(over)}")
    course.note(mended=over)
    _capacities(course, over)
    batch = course.training.document.training_plan.batch_size
    mended = [
        Mended(name, learner, changes_of(learner, batch, course.rows))
        for name, learner in ((name, course.learner(name)) for name in over)
    ]
    left_out: list[str] = []
    while (rest := next_tried(course, mended)) is not None:
        left_out += rest
    if left_out:
        several = f"{len(left_out)} remedies, among them {listed(left_out, 3)}."
        course.note(left_out=[several if len(left_out) > 1 else f"The remedy {left_out[0]}."])


def next_tried(course: Course, mended: Sequence[Mended]) -> list[str] | None:
    """Train what promises most; a learner that several changes make, once.

    Args:
        course: the examination.
        mended: the models that remedies are tried on; what is tried is added to them.

    Returns:
        The names of those that there is no time for; None where nothing is left to try.
    """
    measured = course.measured(LADDER, REMEDIES)
    there = {repr(entry.learner): entry.name for entry in course.training.document.models}
    queues = [[(one, settings) for settings in one.proposed(measured)] for one in mended]
    queue = [pair for pair in chain(*zip_longest(*queues)) if pair is not None]
    most = max(2 * course.side_by_side, 4)
    wanted: dict[str, Planned] = {}
    for one, settings in queue:
        learner = changed(one.learner, settings)
        name = there.setdefault(repr(learner), f"{one.name} + {words(settings, one.changes)}")
        if name not in measured and name not in wanted:
            if len(wanted) == most:
                continue
            wanted[name] = Planned(learner, (REMEDIES,), course.folds)
        one.asked[settings] = name
    chosen, rest = course.fitting(wanted, "remedies")
    tried = [one.tried(settings) for one in mended for settings in one.asked]
    course.note(tried=[one for one in tried if one.model in chosen or one.model in measured])
    course.train(chosen, "remedies")
    return rest if queue else None


def _gained(measured: Mapping[str, Measured], over: str, model: str) -> Gained:
    """What a change bought; of what came apart, or was never finished, nothing."""
    if model not in measured or over not in measured:
        return Gained(-np.inf, 0.0)
    found = pair(measured[over], measured[model])
    return Gained(found.value, found.error)


def _capacities(course: Course, over: Sequence[str]) -> None:
    """Less capacity of networks: the plainer neighbour on the ladder, and one between the two.

    Boosting has less by fewer leaves, a change like any other.
    """
    ladder = course.ladder
    tried: list[Trial] = []
    wanted: dict[str, Planned] = {}
    for name in over:
        learner = course.learner(name)
        if not isinstance(learner, MLP):
            continue
        plainer = [one for one in ladder if is_plainer(course.learner(one), learner)]
        for one in plainer[-2:]:
            tried.append(Trial(over=name, remedy=f"{LESS}: {one}", kind=LESS, model=one))
        middle = between(course.learner(plainer[-1]), learner) if plainer else None
        if middle is not None:
            model = network_name(middle)
            if model not in ladder:
                wanted[model] = Planned(middle, (REMEDIES,), course.folds)
                tried.append(Trial(over=name, remedy=f"{LESS}: {model}", kind=LESS, model=model))
    chosen, rest = course.fitting(wanted, "remedies")
    course.note(tried=[one for one in tried if one.model not in rest])
    course.train(chosen, "remedies")
