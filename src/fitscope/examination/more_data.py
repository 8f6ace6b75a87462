"""Would more rows help: the learning curve of an examination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from fitscope.diagnosis.grouped import by_group
from fitscope.diagnosis.learning_curve import FEWEST, Prediction, learning_curve
from fitscope.study.answer import Gain, MoreData
from fitscope.study.rounds import whole_rounds
from fitscope.study.run_history import row_losses

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import Folder
    from fitscope.study.results import RunResult
    from fitscope.task import Metric


def more_data(
    document: StudyDocument,
    runs: Sequence[RunResult],
    folder: Folder,
    metric: Metric,
    groups: Int[np.ndarray, " rows"] | None,
    seed: int,
) -> MoreData | None:
    """The learning curve that was measured, and where it leads; None where there is none.

    Args:
        document: study.json; its learners on fewer rows say of which model the curve is.
        runs: all finished runs, those on fewer rows too.
        folder: the study folder.
        metric: the one that decides.
        groups: what names the group of each validation row, fold by fold; None where each row
            stands for itself.
        seed: of the draws that intervals are made of.
    """
    parts = [one for one in document.subsets if not one.is_refit]
    if not parts:
        return None
    learner = parts[0].learner
    whole = next((entry for entry in document.models if entry.learner == learner), None)
    if whole is None:
        return None
    names = {one.rows: one.name for one in parts if one.learner == learner}
    names[document.data.train_rows] = whole.name
    losses = {
        size: found
        for size, name in sorted(names.items())
        if (found := _losses(name, runs, document, folder, metric)).shape[1] > 1
    }
    sizes = list(losses)
    if len(sizes) < FEWEST or sizes[-1] != document.data.train_rows:
        return None
    found = learning_curve(sizes, [by_group(losses[size], groups) for size in sizes], 0.0, seed)
    return MoreData(
        model=whole.name,
        predictable=found.predictable,
        sizes=found.sizes,
        losses=tuple(zip(map(float, found.losses), map(float, found.errors), strict=True)),
        doubling=_gain(found.doubling),
        tenfold=_gain(found.tenfold),
        why=found.why or "",
    )


def _losses(
    name: str, runs: Sequence[RunResult], document: StudyDocument, folder: Folder, metric: Metric
) -> Float[np.ndarray, "rounds rows"]:
    """Losses of each whole round, as they are at the best epochs, fold by fold."""
    mine = {run.repeat: run for run in runs if run.model == name}
    folds = document.data.folds
    found = [
        [_at_best(mine[number * folds + fold], document, folder, metric) for fold in range(folds)]
        for number in whole_rounds(mine, folds)
    ]
    whole = [np.concatenate(parts) for parts in found if all(map(len, parts))]
    return np.stack(whole) if whole else np.empty((0, 0))


def _at_best(
    run: RunResult, document: StudyDocument, folder: Folder, metric: Metric
) -> Float[np.ndarray, " rows"]:
    """Losses of a run's validation rows at its best epoch; nothing where they are gone."""
    task = document.task
    rows = row_losses(folder, document.entry(run.model).slug, run.repeat, task)
    if rows is None or run.best_epoch not in rows.epochs:
        return np.empty(0)
    losses = rows.losses[list(rows.epochs).index(run.best_epoch)].astype(np.float64)
    if metric.name == task.loss.name:
        return losses
    kept = None if rows.scores is None else rows.scores[list(rows.epochs).index(run.best_epoch)]
    scores = task.scores_of_losses(losses) if kept is None else kept.astype(np.float64)
    if scores is None:
        return np.empty(0)
    return 1.0 - scores if metric.higher_is_better else scores


def _gain(found: Prediction | None) -> Gain | None:
    return None if found is None else Gain(found.gain, found.interval, found.sure)
