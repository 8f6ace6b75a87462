"""Finished runs: taken in from workers, stored, and found again when a study is resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError
from fitscope.files import replacing
from fitscope.learners.mlp.metrics import METRICS, MONITORS
from fitscope.study.document import StudyDocument
from fitscope.study.folder import Folder, read_histories
from fitscope.study.results import summarize, write_results

if TYPE_CHECKING:
    import polars as pl

COLUMNS = (*MONITORS, "learning_rate")


def run_files(folder: Folder, slug: str, repeat: int) -> dict[str, str]:
    """The files that a worker writes of a run; `history` is taken in and removed."""
    return {
        "rows": str(folder.rows(slug, repeat)),
        "best": str(folder.weights(slug, repeat, "best")),
        "last": str(folder.weights(slug, repeat, "last")),
        "history": str(folder.checkpoints / slug / f"{repeat}.history.npz"),
    }


def run_entry(
    model: str, repeat: int, arrays: Mapping[str, np.ndarray]
) -> tuple[dict[str, Any], pl.DataFrame]:
    """A run's entry in results.json and its rows of histories.parquet.

    Args:
        model: name of the model.
        repeat: number of the run.
        arrays: the worker's history file.
    """
    import polars as pl

    epochs, best = len(arrays["loss"]), int(arrays["best_epoch"])

    def at(epoch: int, fit: np.ndarray) -> dict[str, float | None]:
        values = {name: arrays[name][epoch] for name in MONITORS}
        values |= {f"fit_{name}": value for name, value in zip(METRICS, fit, strict=True)}
        return {name: float(v) if np.isfinite(v) else None for name, v in values.items()}

    run = {
        "model": model,
        "repeat": repeat,
        "epochs": epochs,
        "best_epoch": best,
        "best": at(best, arrays["fit_best"]),
        "final": at(epochs - 1, arrays["fit_last"]),
        "stopped": str(arrays["stopped"]),
        "seconds": float(arrays["seconds"]),
        "verdict": None,
    }
    reason = json.loads(str(arrays["reason"])) if "reason" in arrays else None
    if reason is not None:  # of stopping on evidence; other rules give none
        run["stopping"] = reason
    history = pl.DataFrame(
        {
            "model": [model] * epochs,
            "repeat": np.full(epochs, repeat, np.int32),
            "epoch": np.arange(epochs, dtype=np.int32),
            **{name: arrays[name] for name in COLUMNS},
        }
    )
    return run, history


def store_runs(
    document: StudyDocument,
    folder: Folder,
    runs: Sequence[Mapping[str, Any]],
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


def stored_runs(
    document: StudyDocument, folder: Folder
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """The runs of a study that was interrupted, those of which every file is there.

    Returns:
        Their entries in results.json and their rows of histories.parquet.

    Raises:
        UserError: one of the two files is damaged.
    """
    import polars as pl

    keys = {"model": pl.String, "repeat": pl.Int32}
    nothing = pl.DataFrame(schema={**keys, "epoch": pl.Int32, **dict.fromkeys(COLUMNS, pl.Float32)})
    if not (folder.results.exists() and folder.histories.exists()):
        return [], nothing
    histories = read_histories(folder.histories)
    try:
        found = json.loads(folder.results.read_bytes())["runs"]
        counts = histories.group_by("model", "repeat").len().rows()
        lengths = {(model, repeat): length for model, repeat, length in counts}
        runs = [run for run in found if _whole(run, document, folder, lengths)]
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        raise UserError(f"{folder.results}: damaged; remove it to train its runs again") from None
    kept = pl.DataFrame([(r["model"], r["repeat"]) for r in runs], schema=keys, orient="row")
    return runs, histories.join(kept, on=["model", "repeat"], how="semi")


def _whole(
    run: Mapping[str, Any],
    document: StudyDocument,
    folder: Folder,
    lengths: Mapping[tuple[str, int], int],
) -> bool:
    files = run_files(folder, document.entry(run["model"]).slug, run["repeat"])
    lasting = [file for name, file in files.items() if name != "history"]
    return lengths.get((run["model"], run["repeat"])) == run["epochs"] and all(
        Path(file).exists() for file in lasting
    )
