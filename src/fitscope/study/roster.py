"""Workers on machines: who is where, who is free, and who takes which job next."""

from __future__ import annotations

import math
import queue
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fitscope.study.jobs import Job
from fitscope.study.machines import Hired, Machine, Machines


@dataclass(eq=False)
class Roster:
    """Which worker is on which machine, and has which job.

    Attributes:
        machines: that workers are started on.
        most: how many runs go side by side at most; as many as the machines have room for if
            None.
        there: the machines that can be used now.
        workers: each with its machine, which may be lost already.
        busy: those that have a job.
    """

    machines: Machines
    most: int | None
    there: list[Machine] = field(init=False, default_factory=list)
    workers: dict[Hired, Machine] = field(init=False, default_factory=dict)
    busy: dict[Hired, Job] = field(init=False, default_factory=dict)
    _ready: list[Hired] = field(init=False, default_factory=list)
    _compiled: set[tuple[Machine, Any]] = field(init=False, default_factory=set)

    @property
    def side_by_side(self) -> int:
        """How many runs of one core can go on at once."""
        room = sum(min(machine.slots, machine.cores) for machine in self.there)
        return max(self._at_most(room), 1)

    @property
    def full(self) -> bool:
        """Whether no further job may start before another one ends."""
        beside = self.machines.gpu and self.most is None
        return len(self.busy) >= self._limit + beside

    def hire(self, pending: Sequence[Job], events: queue.SimpleQueue) -> None:
        """As many workers as all jobs can use, beside those that are there.

        Args:
            pending: jobs that have not started.
            events: see `Machine.hire`.
        """
        every = [*pending, *self.busy.values()]
        for wide, threads in ((False, 1), (True, self.machines.threads)):
            wanted = min(self._limit, sum(job.wide == wide for job in every))
            hired = Counter(on for worker, on in self.workers.items() if worker.wide == wide)
            for _ in range(wanted - hired.total()):
                room = {one: self._room(one, wide) - hired[one] for one in self.there}
                machine = max(room, key=room.__getitem__)
                if room[machine] <= 0:
                    break
                worker = machine.hire(wide, threads, events)
                self.workers[worker] = machine
                hired[machine] += 1

    def next(self, pending: Sequence[Job]) -> tuple[int, Hired] | None:
        """The place of a job that may start now, and the worker for it."""
        for wide in (True, False):
            worker = self._able(wide)
            place = None if worker is None else self._place(pending, wide, self.workers[worker])
            if worker is not None and place is not None:
                return place, worker
        return None

    def give(self, worker: Hired, job: Job) -> None:
        """Have a worker that is ready train a job."""
        self._ready.remove(worker)
        self.busy[worker] = job
        worker.give(job.message)

    def has_compiled(self, worker: Hired) -> None:
        """Note that what a worker's job needs is compiled, for others on its machine, too."""
        self._compiled.add((self.workers[worker], self.busy[worker].program))

    def free(self, worker: Hired) -> Job | None:
        """The job that a worker is busy with no longer."""
        return self.busy.pop(worker, None)

    def ready(self, worker: Hired) -> None:
        """Let a worker have further jobs."""
        self._ready.append(worker)

    def is_ready(self, worker: Hired) -> bool:
        """Whether a worker waits for a job."""
        return worker in self._ready

    def dismiss(self, worker: Hired) -> None:
        """End a worker that can take no further job."""
        del self.workers[worker]
        if worker in self._ready:
            self._ready.remove(worker)
        worker.end()

    @property
    def _limit(self) -> int:
        """How many jobs go side by side, beside one that has a GPU."""
        return self._at_most(sum(machine.slots for machine in self.there))

    def _at_most(self, room: int) -> int:
        return room if self.most is None else min(room, self.most)

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
        largest = machine.cores == max(one.cores for one in self.there)
        return max(machine.cores // self.machines.threads, int(largest))

    def _able(self, wide: bool) -> Hired | None:
        """A ready worker of a kind, on the least busy machine of those that have a slot for it."""
        used: Counter[Machine] = Counter()
        for worker, job in self.busy.items():
            used[self.workers[worker]] += self._need(job, self.workers[worker])
        free = {
            machine: room
            for machine in self.there
            if (room := machine.slots - used[machine]) > 0 or (wide and self.machines.gpu)
        }
        able = [one for one in self._ready if one.wide == wide and self.workers[one] in free]
        return max(able, key=lambda one: free[self.workers[one]], default=None)

    def _place(self, pending: Sequence[Job], wide: bool, machine: Machine) -> int | None:
        """The place of the job of a kind to start there; one kind waits for the other but on a GPU.

        The first one, or of narrow ones the first whose program is not being compiled there.
        """
        here = {job.program for one, job in self.busy.items() if self.workers[one] is machine}
        compiling = {one for one in here if (machine, one) not in self._compiled} - {None}
        first = None
        for place, job in enumerate(pending):
            if job.wide != wide:
                if self.machines.gpu:
                    continue
                break
            if wide or job.program not in compiling:
                return place
            first = place if first is None else first
        return first
