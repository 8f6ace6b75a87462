"""All stages that train, one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fitscope.examination.course import Course
from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.examination.pairs import contenders
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
    best = contenders(course.measured(LADDER, REMEDIES))
    steep = [name for name in best if course.learner(name).kind != "constant"]
    if steep:
        grow(course, steep[0])


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
