"""What averaging, a temperature and stopping early buy, and losses of models in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Shaped

from fitscope.diagnosis.by_weight import by_weight
from fitscope.diagnosis.compare import Difference, difference
from fitscope.diagnosis.gaussian import below, quantile
from fitscope.examination.measured import Measured

if TYPE_CHECKING:
    from fitscope.examination.outputs import Outputs
    from fitscope.task import Task
    from fitscope.verdicts.verdict import Verdict


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


def cooled(one: Measured, outputs: Outputs, seed: int) -> Cooled | None:
    """What a temperature buys, each round by itself; None of a regression or a constant.

    Args:
        one: a model.
        outputs: of the study, with its rows.
        seed: of how rows are dealt.
    """
    from fitscope.diagnosis.temperature import scaled

    task, y, weights = outputs.document.task, outputs.y, outputs.weights
    if task.kind == "regression" or len(y) < 10 or np.ptp(one.outputs, axis=1).max() == 0:
        return None
    found = [scaled(each, y, task, seed, weights) for each in one.outputs]
    gained = outputs.counted(np.stack([each.before - each.after for each in found]))
    middle = float(np.exp(np.mean(np.log([each.temperature for each in found]))))
    return Cooled(middle, difference(gained, folds=one.folds, groups=one.groups))


def stopped_early(verdict: Verdict | None) -> Difference | None:
    """How far the loss rises from its lowest to the end of the run; None where it does not.

    Both ends are those of the trend, so that no single epoch is flattered for having been picked.

    Args:
        verdict: on the model.
    """
    if verdict is None or verdict.label == "unstable":
        return None
    rise, error = verdict.evidence.rise, verdict.evidence.rise_error
    if not rise or not error or not np.isfinite([rise, error]).all():
        return None
    reach = quantile(0.975) * error
    p = 2 * float(below(-abs(rise) / error))
    return Difference(rise, error, (rise - reach, rise + reach), p, p)


def of_averaging(one: Measured) -> Difference | None:
    """Loss of single runs less that of all of them averaged; None where all runs are the same.

    Args:
        one: a model.
    """
    if not one.vary:
        return None
    gained = (one.losses.mean(axis=0) - one.served)[None]
    return difference(gained, folds=one.folds, groups=one.groups)


def losses(
    outputs: Shaped[np.ndarray, "rows ..."],
    y: Float[np.ndarray, " rows"],
    task: Task,
    weights: Float[np.ndarray, " rows"] | None,
) -> dict[str, Float[np.ndarray, " rows"]]:
    """The task's loss and score of each row, as the task reports them, see `by_weight`.

    Args:
        outputs: predictions.
        y: targets.
        task: what was learnt.
        weights: what each row counts; None where all count alike.
    """
    return {
        task.loss.name: by_weight(task.row_losses(outputs, y), weights),
        task.score.name: by_weight(task.row_scores(outputs, y), weights),
    }
