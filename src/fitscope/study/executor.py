"""Training runs on one machine or many: jobs are handed out, and what comes back is taken in."""

from __future__ import annotations

import math
import queue
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitscope.errors import UserError
from fitscope.study.events import Observer, RunGivenUp, RunLost, RunProgress, RunStarted
from fitscope.study.jobs import Job
from fitscope.study.machines import Hired, Machines
from fitscope.study.memory import too_little
from fitscope.study.roster import Roster

PATIENCE = 20.0  # seconds for checkpoints at Ctrl-C
SHORT_PATIENCE = 2.0  # seconds for a worker to give up its job at a deadline
AT_ONCE = 1_000  # events that are taken in before jobs are handed out again


@dataclass(eq=False)
class Crew:
    """Workers that stay warm from one call to the next; a context that ends them.

    Attributes:
        machines: that workers are started on.
        most: how many runs go side by side at most; as many as the machines have room for if
            None. It changes no numbers: a job's threads do not depend on it.
    """

    machines: Machines
    most: int | None = None
    _events: queue.SimpleQueue = field(init=False, default_factory=queue.SimpleQueue)
    _roster: Roster = field(init=False)
    _pending: list[Job] = field(init=False, default_factory=list)
    _done: list[Job] = field(init=False, default_factory=list)
    _lost: Counter[tuple[str, tuple[int, ...]]] = field(init=False, default_factory=Counter)
    _stillborn: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._roster = Roster(self.machines, self.most)

    def __enter__(self) -> Crew:
        self._roster.there.extend(self.machines.open(self._events))
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._roster.workers:
            worker.end()
        self.machines.close()

    @property
    def side_by_side(self) -> int:
        """How many runs of one core can go on at once."""
        return self._roster.side_by_side

    def train(
        self,
        jobs: Sequence[Job],
        observer: Observer,
        finished: Callable[[Sequence[Job]], None],
        failed: Callable[[Job, str], None],
        until: float | None = None,
    ) -> None:
        """Train jobs in their order; on a machine narrow ones side by side, wide ones alone.

        Where wide ones have a GPU, narrow ones are trained on the cores meanwhile. A job whose
        program another worker of its machine is compiling lets jobs of other programs go first.
        One whose worker is lost is tried again as often as the machines say, from its last
        checkpoint.

        Args:
            jobs: in the order in which they should start.
            observer: told of starts and new epochs, and of runs given up or lost.
            finished: called with jobs that are done, soon after.
            failed: called with each job whose process died, or lacked memory, and why; another
                process takes the place of that one.
            until: when to give up what is not done, as `time.monotonic` counts.

        Raises:
            UserError: a job that cannot be trained, or workers that cannot be started.
            KeyboardInterrupt: Ctrl-C; workers have written their checkpoints.
        """
        if until is not None and time.monotonic() >= until:
            return
        self._pending = list(jobs)
        self._roster.hire(self._pending, self._events)
        try:
            while self._pending or self._roster.busy or self._done:
                if until is not None and time.monotonic() >= until:
                    for job in self._stop(finished, SHORT_PATIENCE):
                        for repeat in job.repeats:
                            observer(RunGivenUp(job.model, repeat))
                    return
                self._hand_out(failed)
                self._take_in(finished)
                if self._pending or self._roster.busy:
                    self._hear(observer, failed, until)
        except BaseException:
            self._stop(finished, PATIENCE)
            raise

    def _hand_out(self, failed: Callable[[Job, str], None]) -> None:
        """Start jobs, the first one first, as long as they may start beside those that train.

        One that needs more memory than is free waits for the others to end, and fails if that
        does not help.
        """
        while self._pending and not self._roster.full:
            found = self._roster.next(self._pending)
            if found is None:
                return
            place, worker = found
            job, machine = self._pending[place], self._roster.workers[worker]
            memory = machine.free_memory() if job.memory else math.inf
            if job.memory > memory and self._roster.busy:
                return
            del self._pending[place]
            if job.memory > memory:
                failed(job, too_little(job.memory, memory))
                continue
            self._roster.give(worker, job)

    def _take_in(self, finished: Callable[[Sequence[Job]], None]) -> None:
        """Have those stored that are done; while that lasts, the next ones gather."""
        done, self._done = self._done, []
        if done:
            finished(done)

    def _hear(
        self,
        observer: Observer,
        failed: Callable[[Job, str], None],
        until: float | None,
    ) -> None:
        """Wait for the next event, or the deadline, and take in all that are there.

        Raises:
            UserError: a worker has failed; it is busy no longer.
        """
        left = None if until is None else max(until - time.monotonic(), 0.0)
        try:
            self._heard(self._events.get(timeout=left), observer, failed)
            for _ in range(AT_ONCE):
                self._heard(self._events.get_nowait(), observer, failed)
        except queue.Empty:
            return

    def _heard(
        self,
        said: tuple[Any, Mapping[str, Any] | None],
        observer: Observer,
        failed: Callable[[Job, str], None],
    ) -> None:
        sender, event = said
        if sender is None and event is not None:
            raise UserError(event["message"])
        if sender not in self._roster.workers:
            self._moved(sender, None if event is None else event["event"])
            self._roster.hire(self._pending, self._events)
        elif event is None or event["event"] == "failed":
            self._lose(sender, None if event is None else event["message"], observer, failed)
        else:
            self._said(sender, event, observer)

    def _moved(self, sender: Any, event: str | None) -> None:
        """Take in that a machine has joined, or was lost; what was dismissed may say more."""
        if event == "joined":
            self._roster.there.append(sender)
        elif sender in self._roster.there:
            self._roster.there.remove(sender)

    def _said(self, worker: Hired, event: Mapping[str, Any], observer: Observer) -> None:
        job, machine = self._roster.busy.get(worker), self._roster.workers[worker]
        match event["event"]:
            case "error":
                self._roster.free(worker)
                raise UserError((f"{job.model}: " if job else "") + event["message"])
            case "ready":
                self._roster.ready(worker)
            case "started" if job:
                for repeat in job.repeats:
                    observer(RunStarted(job.model, repeat, event["epoch"], machine.name))
            case "progress" if job:
                self._roster.has_compiled(worker)
                observer(_progress(job, event))
            case "finished" if job:
                self._roster.has_compiled(worker)
                self._done.append(job)
                self._roster.free(worker)
                self._roster.ready(worker)

    def _lose(
        self,
        worker: Hired,
        why: str | None,
        observer: Observer,
        failed: Callable[[Job, str], None],
    ) -> None:
        """Go on without a worker that has ended, or that can go on no longer.

        Args:
            worker: it.
            why: what it said; None of one that has ended.
            observer: told of runs that are tried again.
            failed: told of the job that it had if that has been tried often enough.

        Raises:
            UserError: it never came as far as to take a job, and no other will.
        """
        job, machine = self._roster.free(worker), self._roster.workers[worker]
        why = worker.complaint() if why is None else why
        fault = machine in self._roster.there  # else it is the machine's that ended
        if job is None and not self._roster.is_ready(worker) and fault:
            self._stillborn += 1
            if self._stillborn >= self.machines.tries:
                raise UserError(f"a training process ended before it was ready: {why}")
        self._roster.dismiss(worker)
        if job is not None:
            key = job.model, job.repeats
            self._lost[key] += fault
            if self._lost[key] < self.machines.tries:
                self._pending.insert(0, job)
                for repeat in job.repeats:
                    observer(RunLost(job.model, repeat, machine.name, why))
            else:
                failed(job, why)
        self._roster.hire(self._pending, self._events)

    def _stop(self, finished: Callable[[Sequence[Job]], None], patience: float) -> list[Job]:
        """Ask the busy workers to checkpoint, and end those that have not after a while.

        Returns:
            The jobs that were not done.
        """
        for worker in self._roster.busy:
            worker.ask_to_stop()
        left = []
        deadline = time.monotonic() + patience
        while self._roster.busy:
            try:
                worker, event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            name = None if event is None else event["event"]
            if worker not in self._roster.workers or name in ("started", "progress"):
                self._moved(worker, name)
                continue
            job = self._roster.free(worker)
            if job is not None and name == "finished":
                self._done.append(job)
            elif job is not None:
                left.append(job)
            if name in ("ready", "finished", "interrupted"):
                self._roster.ready(worker)
            else:
                self._roster.dismiss(worker)
        for worker in list(self._roster.busy):
            left.append(self._roster.busy[worker])
            self._roster.free(worker)
            self._roster.dismiss(worker)
        self._take_in(finished)
        return left


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
