"""A run of a study as a history that verdicts are drawn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.by_weight import by_weight
from fitscope.history import History, RowLosses
from fitscope.learners.abilities import Aiming
from fitscope.study.arrays import read_arrays
from fitscope.study.document import StudyDocument
from fitscope.study.folder import Folder
from fitscope.study.results import RunResult

if TYPE_CHECKING:
    import polars as pl

    from fitscope.learners.base import Learner
    from fitscope.task import Task


def run_history(
    document: StudyDocument, folder: Folder, run: RunResult, curves: pl.DataFrame
) -> History:
    """The loss of a run, with the losses of single rows where they are still there.

    Args:
        document: study.json.
        folder: the study folder.
        run: the run.
        curves: the run's rows of histories.parquet, epoch by epoch.
    """
    name, repeat, task = run.model, run.repeat, document.task
    entry = document.entry(name)
    loss, score = task.loss, task.score
    off = bool(aside(entry.learner, task))
    fit = {
        which: stored.get(f"fit_{loss.name}")
        for which, stored in (("best", run.best), ("last", run.final))
    }
    return History(
        source=name if len(document.runs_of(entry)) == 1 else f"{name}, repeat {repeat + 1}",
        metric=loss.name,
        epochs=curves["epoch"].to_numpy().astype(np.int64),
        train=curves[loss.name].to_numpy().astype(np.float64),
        validation=curves[loss.validation].to_numpy().astype(np.float64),
        higher_is_better=loss.higher_is_better,
        rows=row_losses(folder, entry.slug, repeat, task),
        fit={which: v for which, v in fit.items() if v is not None and math.isfinite(v)},
        reference=None if off else document.data.constant_of(repeat),
        scores={score.name: curves[score.validation].to_numpy().astype(np.float64)},
        classes=None if off or task.kind == "regression" else max(len(task.labels), 2),
        step=entry.learner.step,
        words=loss.words,
    )


def aside(learner: Learner, task: Task) -> str:
    """Why a learner's loss does not tell whether it has learnt anything, so that a constant
    predictor's is no measure for it; empty where it does."""
    return learner.aims_elsewhere(task) if isinstance(learner, Aiming) else ""


def row_losses(folder: Folder, slug: str, repeat: int, task: Task) -> RowLosses | None:
    """Validation losses row by row at the kept epochs of a run; None where they are gone.

    Of rows that count unequally they, and the scores, are those of `by_weight`.

    Args:
        folder: the study folder.
        slug: of the model.
        repeat: number of the run.
        task: what was learnt.
    """
    stored = read_arrays(folder.path, folder.rows(slug, repeat))
    if stored is None or not {"epoch", "losses"} <= stored.keys():
        return None  # a copy of a folder without its rows can still be judged by its curves
    epochs, losses, scores = stored["epoch"], stored["losses"], stored.get("scores")
    if epochs.dtype.kind not in "iu" or losses.dtype.kind != "f":
        return None
    if losses.ndim != 2 or epochs.shape != losses.shape[:1] or not losses.size:
        return None
    if scores is not None and scores.shape != losses.shape:
        return None
    weights = stored.get("weights")
    if weights is None:
        return RowLosses(epochs.astype(np.int64), losses, scores)
    if weights.shape != losses.shape[1:] or not (weights > 0).all():
        return None
    hits = task.scores_of_losses(losses) if scores is None else scores.astype(np.float32)
    return RowLosses(
        epochs.astype(np.int64),
        by_weight(losses, weights),
        None if hits is None else by_weight(hits, weights),
    )
