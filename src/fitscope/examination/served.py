"""Models as they would be used: all runs averaged, outputs divided by a temperature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Shaped

from fitscope.diagnosis.compare import Difference, difference
from fitscope.examination.measured import Measured
from fitscope.examination.outputs import Outputs, averaged, badness

if TYPE_CHECKING:
    from fitscope.task import Metric, Task


@dataclass(frozen=True)
class Cooled:
    """What a temperature does to a model.

    Attributes:
        temperature: what its outputs are best divided by.
        difference: loss with outputs as they are less loss with them divided, on rows that did
            not choose the temperature.
    """

    temperature: float
    difference: Difference


def cooled(one: Measured, y: Float[np.ndarray, " rows"], task: Task, seed: int) -> Cooled | None:
    """What a temperature buys, each round by itself; None of a regression or a constant.

    Args:
        one: a model.
        y: targets.
        task: what was learnt.
        seed: of how rows are dealt.
    """
    from fitscope.diagnosis.temperature import scaled

    if task.kind == "regression" or len(y) < 10 or np.ptp(one.outputs, axis=1).max() == 0:
        return None
    found = [scaled(outputs, y, task, seed) for outputs in one.outputs]
    gained = np.stack([each.before - each.after for each in found])
    middle = float(np.exp(np.mean(np.log([each.temperature for each in found]))))
    return Cooled(middle, difference(gained, folds=one.folds))


def stopped_early(outputs: Outputs, one: Measured, metric: Metric) -> Difference | None:
    """Loss at the last epoch less that around the best one; None where those are the same.

    Args:
        outputs: of the study.
        one: the model, as it is around its best epochs.
        metric: the one that decides.
    """
    task, y = outputs.document.task, outputs.y
    last = np.stack([outputs.of_round(one.name, number, "last") for number in one.numbers])
    if not np.isfinite(last).all() or np.array_equal(last, one.outputs):
        return None
    found = np.stack([badness(each, y, task, metric) for each in last])
    return difference(found - one.losses, folds=one.folds)


def of_averaging(one: Measured) -> Difference | None:
    """Loss of single runs less that of all of them averaged; None of a single run.

    Args:
        one: a model.
    """
    if one.rounds < 2 or np.ptp(one.losses, axis=0).max() == 0:
        return None
    return difference((one.losses.mean(axis=0) - one.served)[None], folds=one.folds)


def predicted(
    members: Shaped[np.ndarray, "members rows ..."], temperature: float, task: Task
) -> Float[np.ndarray, "rows ..."]:
    """Outputs of a model in use.

    Args:
        members: outputs of its runs.
        temperature: what the average's logits are divided by.
        task: what was learnt.
    """
    return averaged(members, task) / temperature


def losses(
    outputs: Shaped[np.ndarray, "rows ..."],
    y: Float[np.ndarray, " rows"],
    task: Task,
) -> dict[str, Float[np.ndarray, " rows"]]:
    """The task's loss and score of each row, as the task reports them.

    Args:
        outputs: predictions.
        y: targets.
        task: what was learnt.
    """
    return {
        task.loss.name: task.row_losses(outputs, y),
        task.score.name: task.row_scores(outputs, y),
    }
