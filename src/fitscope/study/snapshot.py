"""A study while it runs: what has finished, and the epochs so far of what has not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fitscope.files import is_locked
from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.folder import Folder, StoredStudy, read_started
from fitscope.study.journal import read_epochs

if TYPE_CHECKING:
    import polars as pl

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class RunningStudy:
    """What can be seen of a study at one moment.

    Attributes:
        stored: the study; its histories also hold epochs of runs that are still training, and
            its results do not know those runs.
        complete: every run has finished or failed, and nothing is training any more.
        training: a program is training in the folder.
    """

    stored: StoredStudy
    complete: bool
    training: bool


def read_running(path: Path | str) -> RunningStudy:
    """The study in the folder `path` as it is now.

    Raises:
        UserError: no study there, or a damaged file.
    """
    import polars as pl

    stored = read_started(path)
    finished = {(run.model, run.repeat) for run in stored.results.runs}
    known = set(stored.histories.select("model", "repeat").unique().rows())
    frames = [stored.histories]
    for entry in stored.document.models:
        for repeat in stored.document.runs_of(entry):
            if (entry.name, repeat) not in known:
                epochs = read_epochs(stored.folder.epochs(entry.slug, repeat))
                frames.append(_history(stored.document, entry, repeat, epochs))
    histories = pl.concat(frames, how="diagonal_relaxed")
    wanted = sum(len(stored.document.runs_of(entry)) for entry in stored.document.entries)
    ended = len(finished) + len(stored.results.subsets) + len(stored.results.failed)
    training = is_locked(path)
    return RunningStudy(
        replace(stored, histories=histories), ended == wanted and not training, training
    )


def stamp(path: Path | str) -> Stamp:
    """Changes whenever `read_running` would see something new."""
    folder = Folder(Path(path))
    files = [folder.study, folder.results, folder.histories]
    files += sorted(folder.checkpoints.glob("*/*.epochs.npy"))
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return (*found, ("training", int(is_locked(path)), 0))


def _history(
    document: StudyDocument, entry: ModelEntry, repeat: int, epochs: np.ndarray
) -> pl.DataFrame:
    import polars as pl

    count = len(epochs)
    rate = pl.repeat(None, count, dtype=pl.Float32, eager=True)
    if entry.learner.planned:  # of boosting rounds the learner tells it at the end
        schedule = document.training_plan.schedule
        rate = np.asarray(schedule.at(np.arange(1, count + 1)), np.float32)
    columns = {
        name: np.ascontiguousarray(epochs[:, i]) for i, name in enumerate(document.task.monitors)
    }
    return pl.DataFrame(
        {
            "model": pl.Series([entry.name] * count, dtype=pl.String),
            "repeat": np.full(count, repeat, np.int32),
            "epoch": np.arange(count, dtype=np.int32),
            **columns,
            "learning_rate": pl.Series(rate, dtype=pl.Float32),
        }
    )
