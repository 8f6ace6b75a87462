"""In which precision a study's wide networks are trained: as asked for, where that is faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.learners.mlp.description import Architecture
from fitscope.process import available_cores
from fitscope.study.device import asked, worker_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fitscope.learners.base import Learner
    from fitscope.learners.mlp.plan import Precision
    from fitscope.task import Task

GAIN = 1.2
"""How many times as fast bfloat16 products must be. Other work of a step, a quarter of it, is as
slow as before, and half the bits are not given away for a tenth of the time."""


def choose_precision(
    wanted: Precision, device: str, learners: Iterable[Learner], features: int, task: Task
) -> Precision:
    """ "float32" or "bfloat16": what a plan asks for, unless nothing is gained by it.

    A worker like those that will train times one product both ways: what a processor is called does
    not say whether its instructions can be used.

    Args:
        wanted: by the plan.
        device: "cpu" or "gpu".
        learners: those of the study; none if they are added while it is trained.
        features: columns that they are given.
        task: what is learnt.
    """
    known = list(learners)
    if wanted == "float32" or (
        known and not any(is_halved(each, features, task) for each in known)
    ):
        return "float32"
    answer = asked("gain", worker_environment(device, available_cores()))
    return "bfloat16" if answer is not None and answer["gain"] >= GAIN else "float32"


def is_halved(learner: Learner, features: int, task: Task) -> bool:
    """Whether bfloat16 changes how a learner is trained."""
    return isinstance(learner, Architecture) and learner.halved(features, task.outputs)
