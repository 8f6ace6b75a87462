"""Finished runs: taken in from workers, stored, and found again when a study is resumed."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import Notice, UserError
from fitscope.study import checksums
from fitscope.study.document import ModelEntry, StudyDocument, SubsetEntry
from fitscope.study.failed import FailedRun
from fitscope.study.folder import (
    Folder,
    columns_of,
    read_histories,
    read_results,
    results_text,
)
from fitscope.study.results import RunResult
from fitscope.study.summarize import summarize
from fitscope.task import LOSS, Task

if TYPE_CHECKING:
    import polars as pl

    from fitscope.study.folder import StoredStudy

KEYS = ("model", "repeat")


def run_files(folder: Folder, entry: ModelEntry, repeat: int) -> dict[str, str]:
    """The files that a worker writes of a run; `history` is taken in and removed.

    Of a run on fewer rows nobody asks for predictions, so what it learnt is not kept; of a
    refit what it had learnt in the end is.
    """
    slug, ending = entry.slug, entry.learner.state_ending
    files = {
        "rows": folder.rows(slug, repeat),
        "history": folder.checkpoints / slug / f"{repeat}.history.npz",
    }
    if entry.is_refit:
        kept = (entry.used,)
    else:
        kept = () if isinstance(entry, SubsetEntry) else ("best", "last")
    for which in kept:
        files[which] = folder.weights(slug, repeat, which, ending)
    return {name: str(file) for name, file in files.items()}


def run_entry(
    model: str, repeat: int, arrays: Mapping[str, np.ndarray], task: Task
) -> tuple[RunResult, pl.DataFrame]:
    """A run's result and its rows of histories.parquet.

    Args:
        model: name of the model.
        repeat: number of the run.
        arrays: the worker's history file.
        task: what was learnt.
    """
    import polars as pl

    epochs, best = len(arrays[LOSS.name]), int(arrays["best_epoch"])

    def at(epoch: int, fit: np.ndarray) -> dict[str, float | None]:
        values = {name: arrays[name][epoch] for name in task.monitors}
        values |= {f"fit_{name}": value for name, value in zip(task.metrics, fit, strict=True)}
        return {name: float(v) if np.isfinite(v) else None for name, v in values.items()}

    run = RunResult(
        model,
        repeat,
        epochs,
        best,
        best=at(best, arrays["fit_best"]),
        final=at(epochs - 1, arrays["fit_last"]),
        stopped=str(arrays["stopped"]),
        seconds=float(arrays["seconds"]),
        # of stopping on evidence; other rules give none
        stopping=json.loads(str(arrays["reason"])) if "reason" in arrays else None,
    )
    history = pl.DataFrame(
        {
            "model": [model] * epochs,
            "repeat": np.full(epochs, repeat, np.int32),
            "epoch": np.arange(epochs, dtype=np.int32),
            **{name: arrays[name] for name in columns_of(task)},
        }
    )
    return run, history


@dataclass(frozen=True, eq=False)
class Finished:
    """Finished runs of a study, of its models and of learners on fewer rows.

    Attributes:
        runs: their results.
        histories: their epochs, as histories.parquet has them.
        failed: runs that have failed since training began; asked for again they are trained
            again.
    """

    runs: tuple[RunResult, ...]
    histories: pl.DataFrame
    failed: tuple[FailedRun, ...] = ()

    @property
    def keys(self) -> set[tuple[str, int]]:
        """Model and number of each run."""
        return {(run.model, run.repeat) for run in self.runs}

    @property
    def ended(self) -> set[tuple[str, int]]:
        """The same of these and of runs that have failed."""
        return self.keys | {(run.model, run.repeat) for run in self.failed}

    def of(self, model: str) -> tuple[RunResult, ...]:
        """The runs of a model or of a learner on fewer rows."""
        return tuple(run for run in self.runs if run.model == model)

    def with_runs(self, runs: Sequence[RunResult], histories: Sequence[pl.DataFrame]) -> Finished:
        """These and some more, with their histories."""
        import polars as pl

        together = pl.concat([self.histories, *histories], rechunk=True)
        return replace(self, runs=(*self.runs, *runs), histories=together)

    def with_failed(self, run: FailedRun) -> Finished:
        """These, and one that has failed."""
        return replace(self, failed=(*self.failed, run))

    def only(self, keys: Collection[tuple[str, int]]) -> Finished:
        """Those of these models and numbers."""
        import polars as pl

        runs = tuple(run for run in self.runs if (run.model, run.repeat) in keys)
        schema = {name: self.histories.schema[name] for name in KEYS}
        rows = [(run.model, run.repeat) for run in runs]
        kept = pl.DataFrame(rows, schema=schema, orient="row")
        return replace(self, runs=runs, histories=self.histories.join(kept, on=KEYS, how="semi"))


def store_runs(
    document: StudyDocument,
    folder: Folder,
    finished: Finished,
    *,
    new: Collection[Path] = (),
    gone: Collection[Path] = (),
) -> None:
    """Write histories.parquet, then results.json: a run that is in the latter is finished.

    Args:
        document: study.json.
        folder: the study folder.
        finished: the runs.
        new: files of runs that were not stored before; the disk has them when this returns.
        gone: files of runs that are no part of the study any more.

    Raises:
        UserError: they cannot be written.
    """
    import polars as pl

    order = {entry.name: number for number, entry in enumerate(document.entries)}
    rank = pl.col("model").replace_strict(order, return_dtype=pl.Int32)
    histories = finished.histories.sort(rank, "repeat", "epoch")
    models = [entry.name for entry in document.models]
    parts = {folder.histories: pl.col("model").is_in(models)}
    if document.subsets:
        parts[folder.subsets] = ~parts[folder.histories]
    contents = {}
    for file, chosen in parts.items():
        stream = io.BytesIO()
        histories.filter(chosen).write_parquet(stream)
        contents[file] = stream.getvalue()
    contents[folder.results] = results_text(summarize(document, finished.runs))
    checksums.store(folder.path, contents, beside=new, gone=gone)


def stored_runs(document: StudyDocument, folder: Folder) -> Finished:
    """The runs of a study that was interrupted, those of which every file is there.

    They are as they were when they had just been trained, without verdicts.

    Raises:
        UserError: one of the files is damaged.
    """
    import polars as pl

    columns = dict.fromkeys(columns_of(document.task), pl.Float32)
    keys = dict(zip((*KEYS, "epoch"), (pl.String, pl.Int32, pl.Int32), strict=True))
    nothing = pl.DataFrame(schema={**keys, **columns})
    if not (folder.results.exists() and folder.histories.exists()):
        return Finished((), nothing)
    histories = read_histories(folder.histories)
    if folder.subsets.exists():
        histories = pl.concat([histories, read_histories(folder.subsets)])
    try:
        found = read_results(folder.results)
        counts = histories.group_by("model", "repeat").len().rows()
        lengths = {(model, repeat): length for model, repeat, length in counts}
        runs = tuple(replace(run, verdict=None) for run in (*found.runs, *found.subsets))
        lost = {
            (run.model, run.repeat): files
            for run in runs
            if (files := _lost(run, document, folder, lengths))
        }
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        raise UserError(
            f"{folder.results}: damaged; put a copy back, or move it away and --resume trains its "
            "runs again"
        ) from None
    if lost:
        named = checksums.listed_in(folder.path, [one for files in lost.values() for one in files])
        runs_lost = "1 run is" if len(lost) == 1 else f"{len(lost):,} runs are"
        warnings.warn(f"{named}: damaged or missing; {runs_lost} trained again", Notice)
    return Finished(runs, histories).only({(run.model, run.repeat) for run in runs} - lost.keys())


def lasting_files(folder: Folder, entry: ModelEntry, repeat: int) -> list[Path]:
    """The files of a finished run."""
    files = run_files(folder, entry, repeat)
    return [Path(file) for name, file in files.items() if name != "history"]


def has_lost_files(stored: StoredStudy) -> bool:
    """Whether a file of a finished run is missing or does not hold what was written."""
    folder, document = stored.folder, stored.document
    return any(
        checksums.is_lost(folder.path, file)
        for run in (*stored.results.runs, *stored.results.subsets)
        for file in lasting_files(folder, document.entry(run.model), run.repeat)
    )


def _lost(
    run: RunResult,
    document: StudyDocument,
    folder: Folder,
    lengths: Mapping[tuple[str, int], int],
) -> list[Path]:
    """Files of a run that do not hold what was written."""
    files = lasting_files(folder, document.entry(run.model), run.repeat)
    lost = [file for file in files if checksums.is_lost(folder.path, file)]
    shortened = lengths.get((run.model, run.repeat)) != run.epochs
    return [*lost, folder.histories] if shortened else lost
