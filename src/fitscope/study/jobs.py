"""What is left to train of a study, cut into jobs for worker processes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.finished import run_files
from fitscope.study.folder import Folder

WIDE_FROM = 2e8
"""Work of a step (`Learner.work`) from which a run gains by using all cores by itself. Below it,
one core a run is faster, and several runs go side by side (docs/performance.md)."""


@dataclass(frozen=True)
class Job:
    """Runs that one worker trains in one go.

    Attributes:
        model: name of the learner.
        monitors: names of an epoch's metrics.
        repeats: one run, or on a GPU the whole population.
        wide: it gets all cores, or the GPU.
        message: what the worker is told.
    """

    model: str
    monitors: tuple[str, ...]
    repeats: tuple[int, ...]
    wide: bool
    message: Mapping[str, Any]


def is_wide(work: float) -> bool:
    """Whether a run of so much work a step trains on all cores; depends on nothing else."""
    return work >= WIDE_FROM


def missing_jobs(
    document: StudyDocument,
    folder: Folder,
    done: Collection[tuple[str, int]],
    rows: Mapping[str, Any],
) -> list[Job]:
    """The jobs of all runs that have not finished.

    A GPU trains all repeats of a learner side by side, a core each by itself. Learners that
    train on one core anyway do so beside a GPU, too.

    Args:
        document: study.json.
        folder: the study folder.
        done: models and numbers of the finished runs.
        rows: where a worker finds the rows; see `hand_over`.
    """
    data, jobs = document.data, []
    for entry in document.models:
        work = entry.learner.work(
            len(data.feature_names), document.task, document.training_plan, data.train_rows
        )
        on_gpu = document.device == "gpu" and work > 0
        missing = tuple(r for r in range(document.repeats) if (entry.name, r) not in done)
        groups = [missing] if on_gpu else [(repeat,) for repeat in missing]
        wide = on_gpu or is_wide(work)
        for repeats in filter(None, groups):
            message = _message(document, folder, entry, repeats, rows)
            jobs.append(Job(entry.name, document.task.monitors, repeats, wide, message))
    return jobs


def checkpoint_file(folder: Folder, entry: ModelEntry, repeats: Sequence[int]) -> Path:
    """Where a job keeps its checkpoint."""
    name = str(repeats[0]) if len(repeats) == 1 else f"{repeats[0]}-{repeats[-1]}"
    return folder.checkpoints / entry.slug / f"{name}.npz"


def _message(
    document: StudyDocument,
    folder: Folder,
    entry: ModelEntry,
    repeats: tuple[int, ...],
    rows: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "learner": entry.spec,
        "plan": document.plan,
        "rows": rows,
        "seed": document.seed,
        "repeats": list(repeats),
        "save": str(checkpoint_file(folder, entry, repeats)),
        "files": {str(repeat): run_files(folder, entry, repeat) for repeat in repeats},
    }
