"""What is left to train of a study, cut into jobs for worker processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitscope.learners.given import packed
from fitscope.study.document import ModelEntry, StudyDocument, SubsetEntry
from fitscope.study.finished import run_files
from fitscope.study.folder import Folder
from fitscope.study.handover import Rows
from fitscope.study.memory import least_memory

WIDE_FROM = 2e8
"""Work of a step (`Learner.work`) from which a run gains by using all cores by itself. Below it,
one core a run is faster, and several runs go side by side (docs/performance.md)."""

GPU_FROM = 1e7
"""Work of a step from which a GPU is faster than cores: whatever a step holds, one takes it 0.1 ms,
in which a core does about as much, and its programs take longer to compile."""


@dataclass(frozen=True)
class Job:
    """Runs that one worker trains in one go.

    Attributes:
        model: name of the learner.
        monitors: names of an epoch's metrics.
        repeats: one run, or on a GPU the whole population.
        wide: it gets all cores, or the GPU.
        message: what the worker is told.
        program: tells what has to be compiled for it; jobs of the same one share it. None if
            nothing is.
        memory: bytes of the machine's memory that it needs at least, as far as is known.
    """

    model: str
    monitors: tuple[str, ...]
    repeats: tuple[int, ...]
    wide: bool
    message: Mapping[str, Any]
    program: tuple[Any, ...] | None = None
    memory: float = 0.0


def is_wide(work: float) -> bool:
    """Whether a run of so much work a step trains on all cores, if there is no GPU."""
    return work >= WIDE_FROM


def goes_alone(document: StudyDocument, entry: ModelEntry) -> bool:
    """Whether a run of this model has all cores, or the GPU, to itself."""
    work = _work(document, entry)
    return work >= GPU_FROM if document.device == "gpu" else is_wide(work)


def _work(document: StudyDocument, entry: ModelEntry) -> float:
    """Floating-point operations of one step."""
    features = len(document.data.feature_names)
    rows = document.train_rows_of(entry)
    return entry.learner.work(features, document.task, document.training_plan, rows)


def missing_jobs(
    document: StudyDocument,
    folder: Folder,
    missing: Mapping[str, Sequence[int]],
    rows: Sequence[Rows],
) -> list[Job]:
    """The jobs of runs that have not finished.

    A GPU trains all repeats of a learner on the same rows side by side, a core each by itself.
    Small networks, and learners that train on one core anyway, do so beside a GPU, too.

    Args:
        document: study.json.
        folder: the study folder.
        missing: names in the order in which they are to be trained, and numbers of their runs.
        rows: where a worker finds the rows of each fold; see `hand_over_all`.
    """
    folds, jobs = document.data.folds, []
    for name, repeats in missing.items():
        entry = document.entry(name)
        compiled, wide = _work(document, entry) > 0, goes_alone(document, entry)
        on_gpu = wide and document.device == "gpu"
        train_rows = document.train_rows_of(entry)
        features = len(document.data.feature_names)
        needed = least_memory(entry.learner, entry.size, train_rows, features)
        memory = 0.0 if on_gpu else needed
        groups = [(repeat,) for repeat in repeats]
        if on_gpu and not isinstance(entry, SubsetEntry):
            by_fold = [tuple(r for r in repeats if r % folds == fold) for fold in range(folds)]
            groups = [group for group in by_fold if group]
        for group in groups:
            fold = rows[group[0] % folds]
            message = _message(document, folder, entry, group, fold)
            program = (name, *fold.shapes) if compiled else None
            jobs.append(Job(name, document.task.monitors, group, wide, message, program, memory))
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
    rows: Rows,
) -> dict[str, Any]:
    """What a worker is told; files are names below the study folder."""

    def name(file: Path | str) -> str:
        return Path(file).relative_to(folder.path).as_posix()

    given = entry.learner.given
    return {
        "learner": entry.spec,
        "given": None if given is None else packed(given, entry.name),
        "plan": {**document.plan_of(entry).as_dict(), "precision": document.precision},
        "rows": rows.name,
        "subset": entry.rows if isinstance(entry, SubsetEntry) else None,
        "refit": entry.is_refit,
        "seed": document.seed,
        "repeats": list(repeats),
        "save": name(checkpoint_file(folder, entry, repeats)),
        "files": {
            str(repeat): {
                which: name(file) for which, file in run_files(folder, entry, repeat).items()
            }
            for repeat in repeats
        },
    }
