"""Finished runs: taken in from workers, stored, and found again when a study is resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError
from fitscope.files import replacing
from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.folder import (
    Folder,
    columns_of,
    read_histories,
    read_results,
    write_results,
)
from fitscope.study.results import RunResult
from fitscope.study.summarize import summarize
from fitscope.task import LOSS, Task

if TYPE_CHECKING:
    import polars as pl


def run_files(folder: Folder, entry: ModelEntry, repeat: int) -> dict[str, str]:
    """The files that a worker writes of a run; `history` is taken in and removed."""
    slug, ending = entry.slug, entry.learner.state_ending
    return {
        "rows": str(folder.rows(slug, repeat)),
        "best": str(folder.weights(slug, repeat, "best", ending)),
        "last": str(folder.weights(slug, repeat, "last", ending)),
        "history": str(folder.checkpoints / slug / f"{repeat}.history.npz"),
    }


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


def store_runs(
    document: StudyDocument,
    folder: Folder,
    runs: Sequence[RunResult],
    histories: pl.DataFrame,
) -> None:
    """Write histories.parquet, then results.json: a run that is in the latter is finished.

    Raises:
        UserError: they cannot be written.
    """
    import polars as pl

    order = {entry.name: number for number, entry in enumerate(document.models)}
    rank = pl.col("model").replace_strict(order, return_dtype=pl.Int32)
    with replacing(folder.histories) as part, part.open("wb") as stream:
        histories.sort(rank, "repeat", "epoch").write_parquet(stream)
    write_results(folder, summarize(document, runs))


def stored_runs(document: StudyDocument, folder: Folder) -> tuple[list[RunResult], pl.DataFrame]:
    """The runs of a study that was interrupted, those of which every file is there.

    Returns:
        Their results and their rows of histories.parquet.

    Raises:
        UserError: one of the two files is damaged.
    """
    import polars as pl

    keys = {"model": pl.String, "repeat": pl.Int32}
    columns = dict.fromkeys(columns_of(document.task), pl.Float32)
    nothing = pl.DataFrame(schema={**keys, "epoch": pl.Int32, **columns})
    if not (folder.results.exists() and folder.histories.exists()):
        return [], nothing
    histories = read_histories(folder.histories)
    try:
        found = read_results(folder.results).runs
        counts = histories.group_by("model", "repeat").len().rows()
        lengths = {(model, repeat): length for model, repeat, length in counts}
        runs = [run for run in found if _whole(run, document, folder, lengths)]
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        raise UserError(f"{folder.results}: damaged; remove it to train its runs again") from None
    kept = pl.DataFrame([(run.model, run.repeat) for run in runs], schema=keys, orient="row")
    return runs, histories.join(kept, on=["model", "repeat"], how="semi")


def _whole(
    run: RunResult,
    document: StudyDocument,
    folder: Folder,
    lengths: Mapping[tuple[str, int], int],
) -> bool:
    files = run_files(folder, document.entry(run.model), run.repeat)
    lasting = [file for name, file in files.items() if name != "history"]
    return lengths.get((run.model, run.repeat)) == run.epochs and all(
        Path(file).exists() for file in lasting
    )
