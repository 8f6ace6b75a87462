"""A study from its definition to its stored result, or on from where it was interrupted."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.errors import UserError
from fitscope.files import write_text
from fitscope.study.definition import Definition, make_document, same_study
from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.events import Observer, RunFinished
from fitscope.study.executor import Job, checkpoint_file, choose_device, is_wide, run_jobs
from fitscope.study.finished import run_entry, run_files, store_runs, stored_runs
from fitscope.study.folder import (
    Folder,
    StoredStudy,
    read_document,
    read_study,
    write_results,
)
from fitscope.study.handover import hand_over
from fitscope.study.journal import Journal
from fitscope.study.lock import locked
from fitscope.study.results import RunResult

Watch = Callable[[StudyDocument], AbstractContextManager[Observer]]


def unwatched(document: StudyDocument) -> AbstractContextManager[Observer]:
    """Nobody is told anything."""
    del document
    return nullcontext(lambda _: None)


def execute(
    definition: Definition,
    path: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    watch: Watch = unwatched,
    finish: Callable[[StoredStudy], object] = lambda _: None,
) -> StoredStudy:
    """Train what is not trained yet and store it in the folder `path`.

    Args:
        definition: the study.
        path: its folder; made if it is not there.
        device: "auto", "cpu" or "gpu".
        resume: go on with the study that is in the folder.
        watch: gives, for the study's document, a context whose observer is told what happens.
        finish: called with the complete study while the folder is still this program's own.

    Returns:
        The stored study, complete.

    Raises:
        UserError: the folder holds another study, somebody else works in it, no space is left.
        KeyboardInterrupt: Ctrl-C; what was done is kept, and `resume` goes on.
    """
    folder = Folder(path)
    check_folder(path, resume)
    found = read_document(path) if folder.study.exists() else None
    wanted = make_document(definition, choose_device(found.device if found else device))
    document = same_study(found, wanted, path) if found else wanted
    with locked(folder):
        if found is None:  # somebody may have been here while the rows were looked at
            check_folder(path, resume=False)
        for leftover in path.rglob(".*.part"):  # of a program that was killed while writing
            leftover.unlink(missing_ok=True)
        for leftover in path.glob(".tensorboard-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            if not found:
                write_text(folder.study, document.model_dump_json(indent=1) + "\n")
            with watch(document) as observer:
                journal = Journal(folder, document, observer)
                _train_missing(definition, document, folder, journal)
            _judge_unjudged(path)
            stored = read_study(path)
            finish(stored)
        except UserError:
            if not found:
                _forget_if_empty(folder)
            raise
        shutil.rmtree(folder.checkpoints, ignore_errors=True)
    return stored


def _judge_unjudged(path: Path) -> None:
    """Verdicts once all runs are there; a study that ends before keeps its runs without them."""
    from fitscope.study.judge import judge_stored

    stored = read_study(path)
    if not stored.results.judged:
        write_results(stored.folder, judge_stored(stored).results)


def _forget_if_empty(folder: Folder) -> None:
    """A new study that failed before it had trained anything leaves nothing to resume."""
    if not folder.results.exists() and not any(folder.checkpoints.glob("*/[0-9]*.npz")):
        folder.study.unlink(missing_ok=True)
        for part in (folder.checkpoints, folder.path / "rows", folder.path / "weights"):
            shutil.rmtree(part, ignore_errors=True)


def check_folder(path: Path, resume: bool) -> None:
    """Make sure that a study may be written to `path`.

    Raises:
        UserError: it holds a study and `resume` is not wanted, or something else.
    """
    folder = Folder(path)
    if path.exists() and not path.is_dir():
        raise UserError(f"{path}: is a file, not a folder; choose another folder")
    if folder.study.exists():
        if not resume:
            raise UserError(
                f"{path}: holds a study already; go on with it by --resume (resume=True), or "
                "choose another folder"
            )
        return
    # a checkpoints folder alone is what a study leaves that was stopped before its first file
    if path.exists() and any(p != folder.checkpoints for p in path.iterdir()):
        raise UserError(f"{path}: is not empty and holds no study; choose another folder")


def _train_missing(
    definition: Definition, document: StudyDocument, folder: Folder, observer: Observer
) -> None:
    runs, histories = stored_runs(document, folder)
    for run in runs:
        observer(_finished_event(run, stored=True))
    done = {(run.model, run.repeat) for run in runs}
    missing = {
        entry.name: [r for r in range(document.repeats) if (entry.name, r) not in done]
        for entry in document.models
    }
    if not any(missing.values()):
        return
    rows = hand_over(definition.split, folder.checkpoints / ".rows")
    jobs = []
    for entry in document.models:
        # a GPU trains all repeats of a model side by side, a CPU each by itself
        together = document.device == "gpu"
        groups = [tuple(missing[entry.name])] if together else [(r,) for r in missing[entry.name]]
        jobs += [_job(document, folder, entry, repeats, rows) for repeats in groups if repeats]

    def finished(job: Job) -> None:
        nonlocal runs, histories
        import polars as pl

        slug = document.entry(job.model).slug
        taken_in = [Path(run_files(folder, slug, repeat)["history"]) for repeat in job.repeats]
        new = []
        for repeat, file in zip(job.repeats, taken_in, strict=True):
            with np.load(file, allow_pickle=False) as stored:
                run, history = run_entry(job.model, repeat, dict(stored))
            new.append(run)
            histories = pl.concat([histories, history])
        runs = runs + new
        store_runs(document, folder, runs, histories)
        for file in (*taken_in, checkpoint_file(folder.checkpoints, slug, job.repeats)):
            file.unlink(missing_ok=True)
        for run in new:
            observer(_finished_event(run))

    run_jobs(jobs, document.device, observer, finished)


def _job(
    document: StudyDocument,
    folder: Folder,
    entry: ModelEntry,
    repeats: tuple[int, ...],
    rows: Mapping[str, Any],
) -> Job:
    batch = min(document.training_plan.batch_size, document.data.train_rows)
    message = {
        "model": entry.spec,
        "plan": document.plan,
        "rows": rows,
        "seed": document.seed,
        "repeats": list(repeats),
        "save": str(checkpoint_file(folder.checkpoints, entry.slug, repeats)),
        "files": {str(repeat): run_files(folder, entry.slug, repeat) for repeat in repeats},
    }
    wide = document.device == "gpu" or is_wide(entry.parameters, batch)
    return Job(entry.name, repeats, wide, message)


def _finished_event(run: RunResult, stored: bool = False) -> RunFinished:
    return RunFinished(
        run.model,
        run.repeat,
        run.epochs,
        run.best_epoch,
        {name: math.nan if value is None else value for name, value in run.best.items()},
        run.stopped,
        run.seconds,
        stored,
    )
