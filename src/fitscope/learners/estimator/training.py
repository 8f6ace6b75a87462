"""One run of an estimator: fitted, looked at on both parts, its numbers kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.learners.base import NewEpochs, TrainedRun, Watching
from fitscope.learners.estimator.fitted import Fitted
from fitscope.learners.estimator.outputs import outputs_of
from fitscope.learners.estimator.prepared import prepared
from fitscope.learners.kept_rows import KeptRows

if TYPE_CHECKING:
    from fitscope.data.split import Split


def train(estimator: Any, split: Split, seed: int, repeat: int, watching: Watching) -> TrainedRun:
    """Train one run.

    Args:
        estimator: a new one, unfitted; it is fitted in place.
        split: its rows.
        seed: of the study.
        repeat: number of the run.
        watching: told of its steps.

    Raises:
        UserError: the estimator cannot be fitted, or predicts what is no prediction.
        Interrupted: `watching.interrupted` said so.
    """
    task, began = split.task, time.perf_counter()
    x, y = unchanged(split.x_train), targets(split)
    certain = 1 / (len(y) + 2)
    made = prepared(estimator, task, seed, repeat)
    try:
        made.fit(x, y)
    except UserError:
        raise
    except Exception as error:  # whatever an estimator raises
        raise refused(made, error) from None
    means = []
    losses = scores = np.empty(0)
    for rows, target in ((x, split.y_train), (unchanged(split.x_validation), split.y_validation)):
        outputs = outputs_of(made, rows, task, certain)
        losses, scores = task.row_losses(outputs, target), task.row_scores(outputs, target)
        means += [losses.mean(), losses.mean(), scores.mean()]
    metrics = np.array([means], np.float32)
    seconds = time.perf_counter() - began
    kept = KeptRows(len(split.y_validation))
    hits = scores[None] > 0 if task.kind == "multiclass" else None
    kept.add(0, losses[None].astype(np.float32), 0, hits)
    rows = kept.kept()
    watching.on_progress(NewEpochs(repeat, 0, metrics, 0, metrics[0], seconds))
    state = Fitted(made, 0, certain)
    return TrainedRun(
        repeat=repeat,
        metrics=metrics,
        best_epoch=0,
        best=state,
        last=state,
        fit={"best": metrics[0, :3], "last": metrics[0, :3]},
        row_epochs=rows.epochs,
        row_losses=rows.losses,
        row_scores=rows.scores,
        stopped="max epochs",
        seconds=seconds,
        learning_rate=np.zeros(1, np.float32),
    )


def unchanged(x: np.ndarray) -> np.ndarray:
    """Rows that nobody can write to."""
    view = x.view()
    view.flags.writeable = False
    return view


def targets(split: Split) -> np.ndarray:
    """Targets as an estimator takes them: whole numbers for classes."""
    y = np.asarray(split.y_train)
    return y.astype(np.float64) if split.task.kind == "regression" else y.astype(np.int64)


def refused(estimator: Any, error: Exception) -> UserError:
    """What to tell of an estimator that could not be fitted."""
    name = type(estimator).__name__
    if isinstance(error, ValueError) and "read-only" in str(error):
        return UserError(
            f"{name} changes the rows that it is given; let it work on a copy (copy=True, "
            "copy_X=True)"
        )
    return UserError(f"{name} could not be fitted: {type(error).__name__}: {reason(error)}")
