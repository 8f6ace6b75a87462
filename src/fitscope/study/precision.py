"""In which precision a study's wide networks are trained: as asked for, where that is faster."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from fitscope.learners.mlp.description import WIDE, Architecture
from fitscope.process import available_cores
from fitscope.study.device import asked, worker_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fitscope.data.split import Split
    from fitscope.learners.base import Learner, Precision
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task

GAIN = 1.2
"""How many times as fast bfloat16 products must be. Other work of a step, a quarter of it, is as
slow as before, and half the bits are not given away for a tenth of the time."""


def choose_precision(
    plan: Plan, device: str, learners: Iterable[Learner], split: Split, runs: int = 1
) -> Precision:
    """ "float32" or "bfloat16": what a plan asks for, unless nothing is gained by it.

    A worker like those that will train times the products of the study's largest kernel both ways:
    what a processor is called does not say whether its instructions can be used.

    Args:
        plan: asks for a precision, and says how many rows a step has.
        device: "cpu" or "gpu".
        learners: those of the study; none if they are added while it is trained.
        split: the rows.
        runs: of a learner, which a GPU trains side by side.
    """
    known = list(learners)
    if plan.precision == "float32":
        return "float32"
    rows = len(split.y_train)
    shapes = [
        (each.batch(plan, rows), kernel)
        for each in known
        if isinstance(each, Architecture)
        for kernel in each.wide_kernels(split.features, split.task.outputs)
    ]
    if known and not shapes:
        return "float32"
    batch, units = max(
        shapes or [(min(plan.batch_size, rows), (WIDE, WIDE))],
        key=lambda shape: shape[0] * prod(shape[1]),
    )
    environment = worker_environment(device, available_cores())
    side_by_side = runs if device == "gpu" else 1
    answer = asked("gain", environment, runs=side_by_side, rows=batch, units=units)
    return "bfloat16" if answer is not None and answer["gain"] >= GAIN else "float32"


def is_halved(learner: Learner, features: int, task: Task) -> bool:
    """Whether bfloat16 changes how a learner is trained."""
    return isinstance(learner, Architecture) and bool(learner.wide_kernels(features, task.outputs))
