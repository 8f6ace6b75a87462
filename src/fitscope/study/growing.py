"""A study while it is trained: models are added, and runs stored as they finish."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.errors import Notice, UserError
from fitscope.study import checksums
from fitscope.study.definition import Definition, Planned, grown
from fitscope.study.document import StudyDocument
from fitscope.study.events import Observer, RunFailed, RunFinished, StudyGrown
from fitscope.study.executor import Crew
from fitscope.study.executors import memory_of
from fitscope.study.failed import FailedRun, failures
from fitscope.study.finished import lasting_files, run_entry, run_files, store_runs, stored_runs
from fitscope.study.folder import Folder, StoredStudy, read_started, write_results
from fitscope.study.handover import Rows, hand_over_all
from fitscope.study.jobs import Job, checkpoint_file, missing_jobs
from fitscope.study.journal import Journal
from fitscope.study.results import RunResult
from fitscope.study.training_folder import write_document


class Training:
    """A study that is being trained; `fitscope.study.training.training` makes it.

    Attributes:
        document: study.json as it is now.
        folder: the paths of its folder.
    """

    def __init__(
        self,
        definition: Definition,
        document: StudyDocument,
        folder: Folder,
        observer: Observer,
        crew: Crew,
        executor: str,
        open_until_complete: ExitStack,
    ) -> None:
        self.document = document
        self.folder = folder
        self._definition = definition
        self._observer = Journal(folder, document, observer)
        self._crew = crew
        self._executor = executor
        self._open = open_until_complete
        self._rows: list[Rows] | None = None
        self._finished = stored_runs(document, folder)
        for run in self._finished.runs:
            self._observer(RunFinished.of(run, stored=True))

    def train(
        self, models: Mapping[str, Planned], until: float | None = None
    ) -> tuple[RunResult, ...]:
        """Train what is not trained yet of some models; they join the study.

        Args:
            models: name to what is to be trained, in the order in which runs should start. Of a
                model that is in the study already, further runs are trained.
            until: when to give up what is not done, as `time.monotonic` counts. A run that was
                given up goes on where it was if it is asked for again.

        Returns:
            Their finished runs. A run whose process dies costs that run alone, and is not tried
            again before the study is resumed.

        Raises:
            UserError: a run cannot be trained, or no space is left.
            KeyboardInterrupt: Ctrl-C; workers have written their checkpoints.
        """
        memory = memory_of(self._executor, self.document.device)
        document = grown(self.document, models, memory)
        if document != self.document:
            self._change(document)
        done = self._finished.ended
        missing = {
            name: [repeat for repeat in range(one.repeats) if (name, repeat) not in done]
            for name, one in models.items()
        }
        if any(missing.values()):
            if self._rows is None:
                self._rows = hand_over_all(self._definition.splits, self.folder.path)
            jobs = missing_jobs(self.document, self.folder, missing, self._rows)
            self._crew.train(jobs, self._observer, self._take_in, self._give_up, until)
        return tuple(run for name in models for run in self._finished.of(name))

    @property
    def runs(self) -> tuple[RunResult, ...]:
        """All runs that have finished."""
        return self._finished.runs

    def judged(self, runs: Collection[RunResult] | None = None) -> StoredStudy:
        """The study as it is now, with verdicts, comparisons and advice, stored like that.

        Args:
            runs: those that count; all if left out. Of a part of them nothing is stored.
        """
        from fitscope.study.judge import judge_stored

        stored = read_started(self.folder.path)
        every = stored.results.runs
        if runs is not None:
            counted = {(run.model, run.repeat) for run in runs}
            part = tuple(run for run in every if (run.model, run.repeat) in counted)
            stored = replace(stored, results=replace(stored.results, runs=part))
        judged = judge_stored(stored)
        if len(stored.results.runs) == len(every):
            write_results(self.folder, judged.results)
        return judged

    def note(self, application: Mapping[str, Any]) -> None:
        """Keep in study.json what the application wants to find again when it goes on.

        Args:
            application: plain values; they take the place of those before.
        """
        self.document = self.document.model_copy(update={"application": dict(application)})
        write_document(self.folder, self.document)

    def complete(self) -> StoredStudy:
        """End training: workers are ended, and what was never finished is no part of the study.

        A model has as many runs then as have finished without a gap, counted from the first. Runs
        that have failed leave no gap: they stay part of the study, which names them.

        Returns:
            The complete study, with verdicts.

        Raises:
            UserError: no run has finished.

        Warns:
            Notice: runs that have failed.
        """
        self._open.close()
        failed = self.failed
        if failed and not self._finished.runs:
            raise UserError(f"no run could be trained; {failed[0]}")
        document = self.document.of_ended(self._finished.ended)
        if document != self.document:
            self._drop_runs_without(document)
            self.document = document
            write_document(self.folder, document)
        stored = read_started(self.folder.path)
        if not stored.results.judged:
            stored = self.judged()
        if stored.results.failed != failed:
            stored = replace(stored, results=replace(stored.results, failed=failed))
            write_results(self.folder, stored.results)
        checksums.settle(self.folder.path)
        if failed:
            warnings.warn("\n".join(failures(failed)), Notice)
        else:
            shutil.rmtree(self.folder.checkpoints, ignore_errors=True)
        return stored

    @property
    def side_by_side(self) -> int:
        """How many runs of one core can go on at once."""
        return self._crew.side_by_side

    @property
    def failed(self) -> tuple[FailedRun, ...]:
        """Runs that have failed since training began."""
        return self._finished.failed

    def _give_up(self, job: Job, reason: str) -> None:
        """Remember that the runs of a job have failed."""
        for repeat in job.repeats:
            self._finished = self._finished.with_failed(FailedRun(job.model, repeat, reason))
            self._observer(RunFailed(job.model, repeat, reason))

    def _change(self, document: StudyDocument) -> None:
        write_document(self.folder, document)
        self.document = document
        self._observer(StudyGrown(document))

    def _drop_runs_without(self, document: StudyDocument) -> None:
        """Forget the runs that the document lacks: those after a gap."""
        kept = {(entry.name, run) for entry in document.entries for run in document.runs_of(entry)}
        gone = self._finished.keys - kept
        if not gone:
            return
        self._finished = self._finished.only(kept)
        files = [
            file
            for model, repeat in gone
            for file in lasting_files(self.folder, self.document.entry(model), repeat)
        ]
        store_runs(document, self.folder, self._finished, gone=files)
        for file in files:
            file.unlink(missing_ok=True)

    def _take_in(self, jobs: Sequence[Job]) -> None:
        """Store the runs of jobs that are done."""
        task = self.document.task
        new, histories, lasting, gone = [], [], [], []
        for job in jobs:
            entry = self.document.entry(job.model)
            for repeat in job.repeats:
                file = Path(run_files(self.folder, entry, repeat)["history"])
                with np.load(file, allow_pickle=False) as stored:
                    run, history = run_entry(job.model, repeat, dict(stored), task)
                new.append(run)
                histories.append(history)
                lasting += lasting_files(self.folder, entry, repeat)
                gone.append(file)
            gone.append(checkpoint_file(self.folder, entry, job.repeats))
        finished = self._finished.with_runs(new, histories)
        store_runs(self.document, self.folder, finished, new=lasting)
        self._finished = finished
        for file in gone:
            file.unlink(missing_ok=True)
        for run in new:
            self._observer(RunFinished.of(run))
