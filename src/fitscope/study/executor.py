"""Training runs on this machine: which goes to which worker, and what comes back."""

from __future__ import annotations

import math
import queue
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.process import available_cores, free_memory
from fitscope.study.device import shared_programs, worker_environment
from fitscope.study.events import Observer, RunGivenUp, RunProgress, RunStarted
from fitscope.study.jobs import Job
from fitscope.study.worker_process import Worker

PATIENCE = 20.0  # seconds for checkpoints at Ctrl-C
SHORT_PATIENCE = 2.0  # seconds for a worker to give up its job at a deadline


@dataclass(eq=False)
class Crew:
    """Worker processes that stay warm from one call to the next; a context that ends them.

    Attributes:
        device: "cpu" or "gpu".
        most: how many runs go side by side at most; as many as there are cores if None. It
            changes no numbers: a job's threads do not depend on it.
        programs: folder in which workers of one core share what they compile, which takes longer
            than to train a small network; it is gone when they have ended. None shares nothing.
    """

    device: str
    most: int | None = None
    programs: Path | None = None
    _cores: int = field(init=False, default_factory=lambda: available_cores())
    _events: queue.SimpleQueue = field(init=False, default_factory=queue.SimpleQueue)
    _workers: list[Worker] = field(init=False, default_factory=list)
    _ready: list[Worker] = field(init=False, default_factory=list)
    _busy: dict[Worker, Job] = field(init=False, default_factory=dict)
    _compiled: set[tuple[Any, ...] | None] = field(init=False, default_factory=set)

    def __enter__(self) -> Crew:
        self._forget_programs()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._forget_programs()

    def _forget_programs(self) -> None:
        """Those of a program that was killed may be cut off, or made for another processor."""
        if self.programs is not None:
            shutil.rmtree(self.programs, ignore_errors=True)

    def train(
        self,
        jobs: Sequence[Job],
        observer: Observer,
        finished: Callable[[Job], None],
        failed: Callable[[Job, str], None],
        until: float | None = None,
    ) -> None:
        """Train jobs in their order, narrow ones side by side, wide ones one after another.

        Where wide ones have a GPU, narrow ones are trained on the cores meanwhile.
        A job whose program another worker is compiling lets jobs of other programs go first.

        Args:
            jobs: in the order in which they should start.
            observer: told of starts and new epochs, and of runs given up.
            finished: called with each job that is done.
            failed: called with each job whose process died, or lacked memory, and why; another
                process takes the place of that one.
            until: when to give up what is not done, as `time.monotonic` counts.

        Raises:
            UserError: a job that cannot be trained, or workers that cannot be started.
            KeyboardInterrupt: Ctrl-C; workers have written their checkpoints.
        """
        if until is not None and time.monotonic() >= until:
            return
        pending = list(jobs)
        self._hire(pending)
        try:
            while pending or self._busy:
                if until is not None and time.monotonic() >= until:
                    for job in self._stop(finished, SHORT_PATIENCE):
                        for repeat in job.repeats:
                            observer(RunGivenUp(job.model, repeat))
                    return
                self._hand_out(pending, failed)
                if self._busy or pending:
                    self._hear(observer, finished, failed, until)
                self._hire(pending)
        except BaseException:
            self._stop(finished, PATIENCE)
            raise

    @property
    def _limit(self) -> int:
        """How many narrow jobs go side by side."""
        return self._cores if self.most is None else self.most

    @property
    def _full(self) -> bool:
        beside = self.device == "gpu" and self.most is None
        return len(self._busy) >= self._limit + beside

    def _hire(self, pending: Sequence[Job]) -> None:
        """As many workers as the jobs can use, beside those that are there."""
        every = [*pending, *self._busy.values()]
        narrow = min(self._limit, sum(not job.wide for job in every))
        wide = int(any(job.wide for job in every))
        shared = shared_programs(self.programs) if self.programs is not None else {}
        for name, number, environment in (
            ("narrow", narrow, worker_environment("cpu", 1) | shared),
            ("wide", wide, worker_environment(self.device, self._cores)),
        ):
            for _ in range(number - sum(worker.name == name for worker in self._workers)):
                self._workers.append(Worker(name, self._events, environment))

    def _hand_out(self, pending: list[Job], failed: Callable[[Job, str], None]) -> None:
        """Start jobs, the first one first, as long as they may start beside those that train.

        One that needs more memory than is free waits for the others to end, and fails if that
        does not help.
        """
        while pending and not self._full:
            kinds = {worker.name: worker for worker in reversed(self._ready)}
            places = (place for place in self._next(pending) if _kind(pending[place]) in kinds)
            place = next(places, None)
            if place is None:
                return
            job = pending[place]
            free = free_memory() if job.memory else math.inf
            if job.memory > free and self._busy:
                return
            del pending[place]
            if job.memory > free:
                needed, there = (f"{size / 1e9:,.1f} GB" for size in (job.memory, free))
                failed(job, f"it needs at least {needed} of memory, and {there} are free")
                continue
            worker = kinds[_kind(job)]
            self._ready.remove(worker)
            self._busy[worker] = job
            worker.give(job.message)

    def _next(self, pending: Sequence[Job]) -> list[int]:
        """Places of jobs that may start now: at most one wide and one narrow one."""
        first = next((place for place, job in enumerate(pending) if job.wide), len(pending))
        if self.device == "gpu":
            wide = [first] if first < len(pending) else []
            narrow = [place for place, job in enumerate(pending) if not job.wide]
        elif any(job.wide for job in self._busy.values()):
            return []
        else:
            wide, narrow = [first] if first == 0 else [], list(range(first))
        compiling = {job.program for job in self._busy.values()} - self._compiled - {None}
        return wide + sorted(narrow, key=lambda place: pending[place].program in compiling)[:1]

    def _hear(
        self,
        observer: Observer,
        finished: Callable[[Job], None],
        failed: Callable[[Job, str], None],
        until: float | None,
    ) -> None:
        """Wait for the next event, or the deadline, and take it in.

        Raises:
            UserError: a worker has failed; it is busy no longer.
        """
        left = None if until is None else max(until - time.monotonic(), 0.0)
        try:
            worker, event = self._events.get(timeout=left)
        except queue.Empty:
            return
        if worker not in self._workers:
            return
        if event is None or event["event"] == "failed":
            self._lose(worker, None if event is None else event["message"], failed)
            return
        match event["event"]:
            case "error":
                job = self._busy.pop(worker, None)
                raise UserError((f"{job.model}: " if job else "") + event["message"])
            case "ready":
                self._ready.append(worker)
            case "started":
                for repeat in self._busy[worker].repeats:
                    observer(RunStarted(self._busy[worker].model, repeat, event["epoch"]))
            case "progress":
                self._compiled.add(self._busy[worker].program)
                observer(_progress(self._busy[worker], event))
            case "finished":
                self._compiled.add(self._busy[worker].program)
                finished(self._busy.pop(worker))
                self._ready.append(worker)

    def _lose(self, worker: Worker, why: str | None, failed: Callable[[Job, str], None]) -> None:
        """Go on without a worker that has ended, or that can go on no longer.

        Args:
            worker: it.
            why: what it said; None of one that has ended.
            failed: told of the job that it had.

        Raises:
            UserError: it never came as far as to take a job, and no other will.
        """
        job, idle = self._busy.pop(worker, None), worker in self._ready
        why = worker.complaint() if why is None else why
        if job is None and not idle:
            raise UserError(f"a training process ended before it was ready: {why}")
        self._dismiss(worker)
        if job is not None:
            failed(job, why)

    def _stop(self, finished: Callable[[Job], None], patience: float) -> list[Job]:
        """Ask the busy workers to checkpoint, and end those that have not after a while.

        Returns:
            The jobs that were not done.
        """
        for worker in self._busy:
            worker.ask_to_stop()
        left = []
        deadline = time.monotonic() + patience
        while self._busy:
            try:
                worker, event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            name = None if event is None else event["event"]
            if worker not in self._workers or name in ("started", "progress"):
                continue
            job = self._busy.pop(worker, None)
            if job is not None and name == "finished":
                finished(job)
            elif job is not None:
                left.append(job)
            if name in ("ready", "finished", "interrupted"):
                self._ready.append(worker)
            else:
                self._dismiss(worker)
        for worker in list(self._busy):
            left.append(self._busy.pop(worker))
            self._dismiss(worker)
        return left

    def _dismiss(self, worker: Worker) -> None:
        """End a worker that can take no further job."""
        self._workers.remove(worker)
        if worker in self._ready:
            self._ready.remove(worker)
        worker.end()


def _kind(job: Job) -> str:
    """Name of the workers that take it."""
    return "wide" if job.wide else "narrow"


def _progress(job: Job, event: Mapping[str, Any]) -> RunProgress:
    columns = zip(*event["metrics"], strict=True)
    return RunProgress(
        job.model,
        event["repeat"],
        event["epoch"],
        dict(zip(job.monitors, columns, strict=True)),
        event["best_epoch"],
        dict(zip(job.monitors, event["best"], strict=True)),
        event["seconds"],
    )
