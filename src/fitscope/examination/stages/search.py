"""All stages that train, one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fitscope.examination.course import Course
from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.pairs import contenders
from fitscope.examination.stages.curve import grow
from fitscope.examination.stages.ladder import climb, note_missing
from fitscope.examination.stages.refit import refit, reserve, to_take
from fitscope.examination.stages.remedies import mend
from fitscope.examination.stages.repeats import repeat
from fitscope.learners.base import is_reference

if TYPE_CHECKING:
    from fitscope.examination.measured import Measured
    from fitscope.learners.base import Learner
    from fitscope.study.results import Results


def search(course: Course, rungs: Mapping[str, Learner]) -> None:
    """Train the ladder, remedies, further runs and the learning curve.

    Args:
        course: the examination.
        rungs: the ladder.
    """
    climb(course, rungs)
    reserve(course)
    own = course.record.own_model
    over = [own] if own else rungs_to_mend(course)
    if over:
        mend(course, over)
    note_missing(course, rungs)
    course.look_at_others(LADDER, REMEDIES)
    reserve(course)
    repeat(course, over)
    taken = to_take(course, judged=True)
    refit(course, taken)
    grow(course, taken[0])


def rungs_to_mend(course: Course) -> list[str]:
    """Those of `to_mend` of the ladder as far as it is trained.

    Args:
        course: the examination.
    """
    measured = {
        name: one
        for name, one in course.measured(LADDER).items()
        if not is_reference(course.learner(name))
    }
    kinds = {name: course.learner(name).sort for name in measured}
    return to_mend(course.judged().results, measured, kinds)


def to_mend(
    results: Results, measured: Mapping[str, Measured], kinds: Mapping[str, str]
) -> list[str]:
    """The rungs that remedies are tried on: the one that overfits worst, and the best one.

    Where none overfits, the one whose gap is widest stands for the worst. Where both are of one
    kind, the best one of each other kind joins them if it may still be the best of all.

    Args:
        results: of the ladder, judged.
        measured: name to losses, of the rungs that have anything to be mended.
        kinds: name to the kind of learner.
    """
    models = {model.name: model for model in results.models if model.name in measured}
    if not models:
        return []
    ranked = sorted(models, key=lambda name: measured[name].mean)
    verdicts = {name: one for name in models if (one := models[name].verdict) is not None}
    over = {
        name: one.cost.value if one.cost else 0.0
        for name, one in verdicts.items()
        if one.label == "overfit"
    }
    gaps = {name: one.evidence.gap or 0.0 for name, one in verdicts.items()}
    worst = max(over or gaps, key=lambda name: (over or gaps)[name], default=ranked[0])
    chosen = list(dict.fromkeys([worst, ranked[0]]))
    may_be_best = contenders(dict(measured))
    for name in ranked:
        if name in may_be_best and kinds[name] not in {kinds[one] for one in chosen}:
            chosen.append(name)
    return chosen
