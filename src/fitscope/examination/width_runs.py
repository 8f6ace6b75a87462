"""What the runs of a sweep's networks left, as its second descents are looked for in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.compare import difference
from fitscope.examination.epoch_blocks import Blocks, block_of, evenly_kept, means_of_blocks
from fitscope.examination.measured import folds_of
from fitscope.learners.base import is_reference
from fitscope.study.estimate import Estimate
from fitscope.study.rounds import whole_rounds
from fitscope.study.run_history import row_losses
from fitscope.study.sweep import Level, Width

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Float

    from fitscope.examination.outputs import Outputs
    from fitscope.history import RowLosses
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import Results, RunResult
    from fitscope.task import Task

ERROR = "error"
"""The share of rows predicted wrongly."""


@dataclass(frozen=True, eq=False)
class WidthRuns:
    """A network of a sweep, and what its runs left.

    Attributes:
        width: what is told of it.
        last: measure to losses of each round at the last epoch.
        blocks: the same in blocks of epochs.
    """

    width: Width
    last: Mapping[str, Float[np.ndarray, "rounds rows"]]
    blocks: Blocks


def measures_of(task: Task) -> tuple[str, str]:
    """What is looked at, the one that is told first; of both less is better.

    Of labels that is the share of rows predicted wrongly. The cross-entropy of a network that fits
    every row rises with each further epoch, since the network gets surer of all that it says.

    Example:
        >>> from fitscope.task import BINARY, REGRESSION
        >>> measures_of(BINARY), measures_of(REGRESSION)
        (('error', 'binary_crossentropy'), ('mean_squared_error', 'mean_absolute_error'))
    """
    if task.score.higher_is_better:
        return ERROR, task.loss.name
    return task.loss.name, task.score.name


def constant_levels(document: StudyDocument, results: Results) -> dict[str, float]:
    """Each measure of the constant prediction on its training rows; without one, unknown."""
    names = {entry.name for entry in document.models if is_reference(entry.learner)}
    runs = [run for run in results.runs if run.model in names]
    levels = {one: _fit(runs, document.task, one) for one in measures_of(document.task)}
    return {one: np.nan if level is None else level for one, level in levels.items()}


def width_runs(
    outputs: Outputs, results: Results, histories: pl.DataFrame, name: str, units: int
) -> WidthRuns | None:
    """What is known of a network; None without a whole round, or where a run came apart.

    Args:
        outputs: of the study.
        results: its finished runs, judged.
        histories: histories.parquet.
        name: of the model.
        units: of its hidden layer.
    """
    document, folds = outputs.document, len(outputs.splits)
    task, entry = document.task, document.entry(name)
    mine = {run.repeat: run for run in results.runs_of(name)}
    rounds = [
        [number * folds + fold for fold in range(folds)] for number in whole_rounds(mine, folds)
    ]
    kept = {
        repeat: rows
        for several in rounds
        for repeat in several
        if (rows := row_losses(outputs.folder, entry.slug, repeat, task)) is not None
    }
    runs = [mine[repeat] for repeat in kept]
    if not rounds or len(kept) < folds * len(rounds) or len({run.epochs for run in runs}) > 1:
        return None
    found = {
        measure: [
            [_badness(kept[repeat], task, measure) for repeat in several] for several in rounds
        ]
        for measure in measures_of(task)
    }
    last = {
        measure: np.stack([np.concatenate([rows[-1] for rows in one]) for one in several])
        for measure, several in found.items()
    }
    if not all(np.isfinite(rows).all() for rows in last.values()):
        return None
    model, of_folds = results.model(name), folds_of(outputs.splits)
    corrected = model.best if model.best_corrected is None else model.best_corrected
    width = Width(
        name,
        units,
        entry.size.count,
        len(rounds),
        {measure: _fit(runs, task, measure) for measure in found},
        {
            measure: (
                float(rows.mean()),
                difference(rows, folds=of_folds, groups=outputs.group_of).error,
            )
            for measure, rows in last.items()
        },
        {measure: _best(corrected, task, measure) for measure in found},
    )
    return WidthRuns(width, last, _blocks(found, list(kept.values()), runs, histories, task))


def _blocks(
    found: Mapping[str, Sequence[Sequence[Float[np.ndarray, "kept rows"]]]],
    kept: Sequence[RowLosses],
    runs: Sequence[RunResult],
    histories: pl.DataFrame,
    task: Task,
) -> Blocks:
    """Rows of all runs in blocks of the epochs that each of them has kept."""
    epochs = evenly_kept(np.asarray(kept[0].epochs))
    for one in kept[1:]:
        epochs = np.intersect1d(epochs, evenly_kept(np.asarray(one.epochs)))
    block = block_of(epochs)
    places = [np.flatnonzero(np.isin(one.epochs, epochs)) for one in kept]
    losses: dict[str, np.ndarray] = {}
    for measure, rounds in found.items():
        at = iter(places)
        each = [
            np.concatenate([means_of_blocks(rows[next(at)], block) for rows in folds], axis=1)
            for folds in rounds
        ]
        losses[measure] = np.stack(each, axis=1)
    training = _training(histories, runs, task)[epochs]
    trained = np.round(means_of_blocks(epochs + 1.0, block)).astype(int)
    return Blocks(trained, losses, means_of_blocks(training, block))


def _training(
    histories: pl.DataFrame, runs: Sequence[RunResult], task: Task
) -> Float[np.ndarray, " epochs"]:
    """Training loss of some runs of a model, their mean at each epoch."""
    import polars as pl

    repeats = [run.repeat for run in runs]
    mine = histories.filter(pl.col("model") == runs[0].model, pl.col("repeat").is_in(repeats))
    loss = pl.col(task.loss.name).cast(pl.Float64).mean()
    return mine.group_by("epoch").agg(loss).sort("epoch")[task.loss.name].to_numpy()


def _badness(kept: RowLosses, task: Task, measure: str) -> Float[np.ndarray, "kept rows"]:
    """A measure of the rows at each kept epoch."""
    losses = np.asarray(kept.losses, np.float64)
    if measure == task.loss.name:
        return losses
    scores = task.scores_of_losses(losses) if kept.scores is None else kept.scores
    assert scores is not None  # of several labels they are kept
    scores = np.asarray(scores, np.float64)
    return 1.0 - scores if measure == ERROR else scores


def _fit(runs: Sequence[RunResult], task: Task, measure: str) -> float | None:
    """A measure on training rows at the last epoch, regularization off, over runs."""
    name = task.score.name if measure == ERROR else measure
    mean = Estimate.over([run.final.get(f"fit_{name}") for run in runs]).mean
    return 1.0 - mean if mean is not None and measure == ERROR else mean


def _best(best: Mapping[str, Estimate], task: Task, measure: str) -> Level:
    name = (task.score if measure == ERROR else task.metric(measure)).validation
    found = best.get(name, Estimate(None))
    mean = found.mean
    return (1.0 - mean if mean is not None and measure == ERROR else mean), found.error
