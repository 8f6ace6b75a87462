"""The verdict on a run that was trained here, from what is in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from fitscope.diagnosis.by_weight import by_weight
from fitscope.history import History, RowLosses
from fitscope.study.means import means_of
from fitscope.verdicts.judge import diagnose_measured

if TYPE_CHECKING:
    from fitscope.learners.base import Learner, TrainedRun
    from fitscope.task import Task
    from fitscope.verdicts.verdict import Verdict


def judged(
    run: TrainedRun,
    learner: Learner,
    task: Task,
    source: str,
    constant: float | None,
    weights: Float64[np.ndarray, " validation"],
) -> Verdict:
    """The verdict on a run.

    Args:
        run: the run.
        learner: what was trained; advice turns its knobs.
        task: what was learnt.
        source: what the run is called.
        constant: validation loss of the constant prediction, where one is any good.
        weights: what each validation row counts.
    """
    curves: dict[str, Any] = {
        name: column.astype(np.float64) for name, column in run.history(task).items()
    }
    loss, score = task.loss, task.score
    fit = {which: float(found[1]) for which, found in run.fit.items()}
    history = History(
        source=source,
        metric=loss.name,
        epochs=np.arange(len(run.metrics)),
        train=curves[loss.name],
        validation=curves[loss.validation],
        higher_is_better=loss.higher_is_better,
        rows=RowLosses(run.row_epochs.astype(np.int64), by_weight(run.row_losses, weights)),
        fit={which: value for which, value in fit.items() if np.isfinite(value)},
        reference=constant,
        scores={score.name: curves[score.validation]},
        classes=None if task.kind == "regression" else max(len(task.labels), 2),
        step=learner.step,
        words=loss.words,
    )
    verdict, _ = diagnose_measured(history, means_of(learner))
    return replace(verdict, history=replace(history, rows=None))
