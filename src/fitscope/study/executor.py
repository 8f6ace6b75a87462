"""Training runs on one machine or many: which goes to which worker, and what comes back."""

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
from fitscope.study.machines import Hired, Machine, Machines

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
    _there: list[Machine] = field(init=False, default_factory=list)
    _workers: dict[Hired, Machine] = field(init=False, default_factory=dict)
    _ready: list[Hired] = field(init=False, default_factory=list)
    _busy: dict[Hired, Job] = field(init=False, default_factory=dict)
    _used: Counter[Machine] = field(init=False, default_factory=Counter)
    _compiled: set[tuple[Machine, Any]] = field(init=False, default_factory=set)
    _pending: list[Job] = field(init=False, default_factory=list)
    _done: list[Job] = field(init=False, default_factory=list)
    _lost: Counter[tuple[str, tuple[int, ...]]] = field(init=False, default_factory=Counter)
    _stillborn: int = field(init=False, default=0)

    def __enter__(self) -> Crew:
        self._there = list(self.machines.open(self._events))
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self.machines.close()

    @property
    def side_by_side(self) -> int:
        """How many runs of one core can go on at once."""
        room = sum(min(machine.slots, machine.cores) for machine in self._there)
        return max(room if self.most is None else min(room, self.most), 1)

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
        self._hire()
        try:
            while self._pending or self._busy or self._done:
                if until is not None and time.monotonic() >= until:
                    for job in self._stop(finished, SHORT_PATIENCE):
                        for repeat in job.repeats:
                            observer(RunGivenUp(job.model, repeat))
                    return
                self._hand_out(failed)
                self._take_in(finished)
                if self._pending or self._busy:
                    self._hear(observer, failed, until)
        except BaseException:
            self._stop(finished, PATIENCE)
            raise

    @property
    def _limit(self) -> int:
        """How many jobs go side by side, beside one that has a GPU."""
        room = sum(machine.slots for machine in self._there)
        return room if self.most is None else min(room, self.most)

    @property
    def _full(self) -> bool:
        beside = self.machines.gpu and self.most is None
        return len(self._busy) >= self._limit + beside

    def _need(self, job: Job, machine: Machine) -> int:
        """Slots of a machine that a job takes: one, or those of its threads; none on a GPU."""
        if not job.wide:
            return 1
        if self.machines.gpu:
            return 0
        return math.ceil(machine.slots * min(self.machines.threads / machine.cores, 1.0))

    def _room(self, machine: Machine, wide: bool) -> int:
        """How many workers of a kind a machine has room for; the largest one always has."""
        if not wide:
            return machine.slots
        largest = machine.cores == max(one.cores for one in self._there)
        return max(machine.cores // self.machines.threads, int(largest))

    def _hire(self) -> None:
        """As many workers as the jobs can use, beside those that are there."""
        every = [*self._pending, *self._busy.values()]
        for wide, threads in ((False, 1), (True, self.machines.threads)):
            wanted = min(self._limit, sum(job.wide == wide for job in every))
            hired = Counter(on for worker, on in self._workers.items() if worker.wide == wide)
            for _ in range(wanted - hired.total()):
                room = {one: self._room(one, wide) - hired[one] for one in self._there}
                machine = max(room, key=room.__getitem__)
                if room[machine] <= 0:
                    break
                worker = machine.hire(wide, threads, self._events)
                self._workers[worker] = machine
                hired[machine] += 1

    def _hand_out(self, failed: Callable[[Job, str], None]) -> None:
        """Start jobs, the first one first, as long as they may start beside those that train.

        One that needs more memory than is free waits for the others to end, and fails if that
        does not help.
        """
        while self._pending and not self._full:
            found = self._next()
            if found is None:
                return
            place, worker = found
            job, machine = self._pending[place], self._workers[worker]
            memory = machine.free_memory() if job.memory else math.inf
            if job.memory > memory and self._busy:
                return
            del self._pending[place]
            if job.memory > memory:
                needed, there = (f"{size / 1e9:,.1f} GB" for size in (job.memory, memory))
                failed(job, f"it needs at least {needed} of memory, and {there} are free")
                continue
            self._ready.remove(worker)
            self._busy[worker] = job
            self._used[machine] += self._need(job, machine)
            worker.give(job.message)

    def _next(self) -> tuple[int, Hired] | None:
        """The place of a job that may start now, and the worker for it."""
        for wide in (True, False):
            worker = self._able(wide)
            place = None if worker is None else self._place(wide, self._workers[worker])
            if worker is not None and place is not None:
                return place, worker
        return None

    def _able(self, wide: bool) -> Hired | None:
        """A ready worker of a kind, on the least busy machine of those that have a slot for it."""
        free = {
            machine: room
            for machine in self._there
            if (room := machine.slots - self._used[machine]) > 0 or (wide and self.machines.gpu)
        }
        able = [one for one in self._ready if one.wide == wide and self._workers[one] in free]
        return max(able, key=lambda one: free[self._workers[one]], default=None)

    def _place(self, wide: bool, machine: Machine) -> int | None:
        """The place of the job of a kind to start there; one kind waits for the other but on a GPU.

        The first one, or of narrow ones the first whose program is not being compiled there.
        """
        here = {job.program for one, job in self._busy.items() if self._workers[one] is machine}
        compiling = {one for one in here if (machine, one) not in self._compiled} - {None}
        first = None
        for place, job in enumerate(self._pending):
            if job.wide != wide:
                if self.machines.gpu:
                    continue
                break
            if wide or job.program not in compiling:
                return place
            first = place if first is None else first
        return first

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
        if sender not in self._workers:
            self._moved(sender, None if event is None else event["event"])
            self._hire()
        elif event is None or event["event"] == "failed":
            self._lose(sender, None if event is None else event["message"], observer, failed)
        else:
            self._said(sender, event, observer)

    def _moved(self, sender: Any, event: str | None) -> None:
        """Take in that a machine has joined, or was lost; what was dismissed may say more."""
        if event == "joined":
            self._there.append(sender)
        elif sender in self._there:
            self._there.remove(sender)

    def _said(self, worker: Hired, event: Mapping[str, Any], observer: Observer) -> None:
        job, machine = self._busy.get(worker), self._workers[worker]
        match event["event"]:
            case "error":
                self._free(worker)
                raise UserError((f"{job.model}: " if job else "") + event["message"])
            case "ready":
                self._ready.append(worker)
            case "started" if job:
                for repeat in job.repeats:
                    observer(RunStarted(job.model, repeat, event["epoch"], machine.name))
            case "progress" if job:
                self._compiled.add((machine, job.program))
                observer(_progress(job, event))
            case "finished" if job:
                self._compiled.add((machine, job.program))
                self._done.append(job)
                self._free(worker)
                self._ready.append(worker)

    def _free(self, worker: Hired) -> Job | None:
        """The job that a worker is busy with no longer."""
        job, machine = self._busy.pop(worker, None), self._workers[worker]
        if job is not None:
            self._used[machine] -= self._need(job, machine)
        return job

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
        job, idle, machine = self._free(worker), worker in self._ready, self._workers[worker]
        why = worker.complaint() if why is None else why
        fault = machine in self._there  # else it is the machine's that ended
        if job is None and not idle and fault:
            self._stillborn += 1
            if self._stillborn >= self.machines.tries:
                raise UserError(f"a training process ended before it was ready: {why}")
        self._dismiss(worker)
        if job is not None:
            key = job.model, job.repeats
            self._lost[key] += fault
            if self._lost[key] < self.machines.tries:
                self._pending.insert(0, job)
                for repeat in job.repeats:
                    observer(RunLost(job.model, repeat, machine.name, why))
            else:
                failed(job, why)
        self._hire()

    def _stop(self, finished: Callable[[Sequence[Job]], None], patience: float) -> list[Job]:
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
                self._moved(worker, name)
                continue
            job = self._free(worker)
            if job is not None and name == "finished":
                self._done.append(job)
            elif job is not None:
                left.append(job)
            if name in ("ready", "finished", "interrupted"):
                self._ready.append(worker)
            else:
                self._dismiss(worker)
        for worker in list(self._busy):
            left.append(self._busy[worker])
            self._free(worker)
            self._dismiss(worker)
        self._take_in(finished)
        return left

    def _dismiss(self, worker: Hired) -> None:
        """End a worker that can take no further job."""
        del self._workers[worker]
        if worker in self._ready:
            self._ready.remove(worker)
        worker.end()


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
