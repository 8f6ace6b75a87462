"""The verdict on a run that was trained here, from what is in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.diagnosis.by_weight import by_weight
from fitscope.history import History, RowLosses
from fitscope.study.means import means_of
from fitscope.verdicts.judge import diagnose_measured

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.base import Learner, TrainedRun
    from fitscope.verdicts.verdict import Verdict


def judged(
    run: TrainedRun, learner: Learner, split: Split, source: str, unit: float = 1.0
) -> Verdict:
    """The verdict on a run.

    Args:
        run: the run, in a regression's own units.
        learner: what was trained; advice turns its knobs.
        split: the rows that it was trained on.
        source: what the run is called.
        unit: what 1 of the split's targets is in these units.
    """
    task, constant = split.task, split.constant_loss
    row_losses = by_weight(run.row_losses, split.validation_weights)
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
        rows=RowLosses(run.row_epochs.astype(np.int64), row_losses),
        fit={which: value for which, value in fit.items() if np.isfinite(value)},
        reference=constant and constant * unit**2,
        scores={score.name: curves[score.validation]},
        classes=None if task.kind == "regression" else max(len(task.labels), 2),
        step=learner.step,
        words=loss.words,
    )
    verdict, _ = diagnose_measured(history, means_of(learner))
    return replace(verdict, history=replace(history, rows=None))
