"""All stages that train, one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fitscope.examination.course import Course
from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.recommend import plainness
from fitscope.examination.select import plainest
from fitscope.examination.stages.curve import grow
from fitscope.examination.stages.ladder import climb
from fitscope.examination.stages.remedies import mend
from fitscope.examination.stages.repeats import repeat
from fitscope.learners.base import SINGLE

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
    measured = {
        name: one
        for name, one in course.measured(LADDER).items()
        if course.learner(name).step != SINGLE
    }
    over = to_mend(course.training.judged().results, measured)
    if over:
        mend(course, over)
    repeat(course, over)
    grow(course, to_grow(course))


def to_grow(course: Course) -> str:
    """The model of the learning curve: the one to take, as far as is known by now.

    A constant prediction learns nothing from more rows; the best of the others stands for it.

    Args:
        course: the examination.
    """
    measured = course.measured(LADDER, REMEDIES)
    ladder = [entry.name for entry in course.training.document.models if LADDER in entry.groups]
    learners = {name: course.learner(name) for name in measured}
    order = plainness(ladder, course.record.tried, learners)
    taken = plainest({name: measured[name].served for name in order})
    if learners[taken].step != SINGLE:
        return taken
    others = [name for name in order if learners[name].step != SINGLE]
    return min(others, key=lambda name: measured[name].mean)


def to_mend(results: Results, measured: Mapping[str, Measured]) -> list[str]:
    """The rungs that remedies are tried on: the one that overfits worst, and the best one.

    Where none overfits, the one whose gap is widest stands for the worst.

    Args:
        results: of the ladder, judged.
        measured: name to losses, of the rungs that have anything to be mended.
    """
    models = {model.name: model for model in results.models if model.name in measured}
    if not models:
        return []
    best = min(models, key=lambda name: measured[name].mean)
    verdicts = {name: model.verdict for name, model in models.items()}
    over = {
        name: one.cost.value if one.cost else 0.0
        for name, one in verdicts.items()
        if one is not None and one.label == "overfit"
    }
    if over:
        worst = max(over, key=lambda name: over[name])
    else:
        gaps = {
            name: one.evidence.gap
            for name, one in verdicts.items()
            if one is not None and one.evidence.gap is not None
        }
        worst = max(gaps, key=lambda name: gaps[name]) if gaps else best
    return list(dict.fromkeys([worst, best]))
