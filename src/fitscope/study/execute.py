"""A study from its definition to its stored result, or on from where it was interrupted."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from fitscope.errors import UserError
from fitscope.files import LOCK, locked, write_text
from fitscope.study.definition import Definition, make_document, same_study
from fitscope.study.device import choose_device
from fitscope.study.document import StudyDocument
from fitscope.study.events import Observer, RunFinished
from fitscope.study.executor import train_jobs
from fitscope.study.finished import run_entry, run_files, store_runs, stored_runs
from fitscope.study.folder import (
    Folder,
    StoredStudy,
    read_document,
    read_study,
    write_results,
)
from fitscope.study.handover import hand_over
from fitscope.study.jobs import Job, checkpoint_file, missing_jobs
from fitscope.study.journal import Journal
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
    jobs: int | None = None,
    watch: Watch = unwatched,
    finish: Callable[[StoredStudy], object] = lambda _: None,
) -> StoredStudy:
    """Train what is not trained yet and store it in the folder `path`.

    Args:
        definition: the study.
        path: its folder; made if it is not there.
        device: "auto", "cpu" or "gpu".
        resume: go on with the study that is in the folder.
        jobs: how many runs go side by side at most; as many as there are cores if left out.
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
    with locked(path):
        if found is None:  # somebody may have been here while the rows were looked at
            check_folder(path, resume=False)
        for leftover in path.rglob(".*.part"):  # of a program that was killed while writing
            leftover.unlink(missing_ok=True)
        for leftover in path.glob(".tensorboard-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            text = document.model_dump_json(indent=1) + "\n"
            # what follows in the folder is of today's format, so what says so comes first
            if not found or folder.study.read_bytes() != text.encode():
                write_text(folder.study, text)
            with watch(document) as observer:
                journal = Journal(folder, document, observer)
                _train_missing(definition, document, folder, journal, jobs)
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
    # these alone are what a study leaves that was stopped before its first file
    ours = {folder.checkpoints, path / LOCK}
    if path.exists() and not ours.issuperset(path.iterdir()):
        raise UserError(f"{path}: is not empty and holds no study; choose another folder")


def _train_missing(
    definition: Definition,
    document: StudyDocument,
    folder: Folder,
    observer: Observer,
    most: int | None,
) -> None:
    runs, histories = stored_runs(document, folder)
    for run in runs:
        observer(_finished_event(run, stored=True))
    done = {(run.model, run.repeat) for run in runs}
    if len(done) == len(document.models) * document.repeats:
        return
    rows = hand_over(definition.split, folder.checkpoints / ".rows")

    def finished(job: Job) -> None:
        nonlocal runs, histories
        import polars as pl

        entry = document.entry(job.model)
        taken_in = [Path(run_files(folder, entry, repeat)["history"]) for repeat in job.repeats]
        new = []
        for repeat, file in zip(job.repeats, taken_in, strict=True):
            with np.load(file, allow_pickle=False) as stored:
                run, history = run_entry(job.model, repeat, dict(stored), document.task)
            new.append(run)
            histories = pl.concat([histories, history])
        runs = runs + new
        store_runs(document, folder, runs, histories)
        for file in (*taken_in, checkpoint_file(folder, entry, job.repeats)):
            file.unlink(missing_ok=True)
        for run in new:
            observer(_finished_event(run))

    jobs = missing_jobs(document, folder, done, rows)
    train_jobs(jobs, document.device, observer, finished, most)


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
