"""The machines of a cluster as the owner of a study sees them: each the other end of a `Node`."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.files import write_bytes
from fitscope.process import available_cores
from fitscope.study.handover import take_over
from fitscope.study.machines import Machine

TRIES = 3  # of a job whose worker is lost, and of a machine
LOOK = 5.0  # seconds between two looks at which machines there are
LONELY = 60.0  # seconds without any machine after which nobody waits for one
FIRST = 120.0  # the same at the start
JOIN = 5.0  # seconds for threads to end, once their machines have
SOON = 5.0  # seconds for others to answer, once the first one has
EPOCHS_A_SECOND = 200.0  # times that all runs together tell of new epochs at most


class Lost(Exception):
    """A machine, or the process on it, is not there any more."""


@dataclass(frozen=True)
class Found:
    """A machine that an engine knows.

    Attributes:
        key: tells machines apart.
        name: for people.
        cores: that it offers.
    """

    key: str
    name: str
    cores: int


class Remote(Protocol):
    """A `Node` somewhere else."""

    def tell(self, method: str, *values: Any) -> None:
        """Have a method called, in the order in which calls are made; nobody waits for it."""
        ...

    def ask(self, method: str) -> Any:
        """What a method returns. It may be called beside others.

        Raises:
            Lost: the node is not there any more.
        """
        ...

    def end(self) -> None:
        """Have nothing of it left."""
        ...


class Engine(Protocol):
    """What starts nodes on machines and carries calls to them."""

    def start(self) -> None:
        """Reach the cluster, or start one."""
        ...

    def found(self) -> list[Found]:
        """The machines that are there now."""
        ...

    def node(self, machine: Found, keep: float) -> Remote:
        """Start a `Node` on a machine, with all its cores."""
        ...

    def share(self, split: Split) -> Any:
        """What stands for rows in `Remote.tell`, so that they go to each machine once."""
        ...

    def stop(self) -> None:
        """Leave the cluster, or end it if it was started."""
        ...


@dataclass(eq=False)
class Far:
    """A worker on another machine."""

    wide: bool
    machine: Reached
    number: int
    last_words: str = ""

    def give(self, job: Mapping[str, Any]) -> None:
        """Queue a job."""
        self.machine.give(self.number, job)

    def ask_to_stop(self) -> None:
        """Let it write its checkpoint and give up the job that it was given last."""
        self.machine.node.tell("ask_to_stop", self.number)

    def end(self) -> None:
        """End it at once."""
        self.machine.forget(self)

    def complaint(self) -> str:
        """Why it ended."""
        return self.last_words


@dataclass(eq=False)
class Reached:
    """A machine that has answered.

    Attributes:
        found: the machine.
        node: what runs there.
        folder: the study folder, here.
        rows: gives what stands for rows of a name.
    """

    found: Found
    node: Remote
    folder: Path
    rows: Callable[[str], Any]
    _free: float = field(init=False, default=float("inf"))
    _workers: dict[int, Far] = field(init=False, default_factory=dict)
    _hired: int = field(init=False, default=0)
    _events: queue.SimpleQueue | None = field(init=False, default=None)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.found.name

    @property
    def cores(self) -> int:
        """That workers may use."""
        return self.found.cores

    @property
    def slots(self) -> int:
        """Runs of one core that go side by side on it."""
        return self.found.cores

    def free_memory(self) -> float:
        """Bytes that workers may still use, as it said last."""
        return self._free

    def hire(self, wide: bool, threads: int, events: queue.SimpleQueue) -> Far:
        """Start a worker there."""
        self._events = events
        self._hired += 1
        worker = self._workers[self._hired] = Far(wide, self, self._hired)
        self.node.tell("hire", worker.number, wide, threads)
        return worker

    def give(self, number: int, job: Mapping[str, Any]) -> None:
        """Send a job, and the checkpoint from which it goes on."""
        save = self.folder / job["save"]
        files = {job["save"]: save.read_bytes()} if save.exists() else {}
        self.node.tell("give", number, job, files, self.rows(job["rows"]))

    def forget(self, worker: Far) -> None:
        """End a worker."""
        if self._workers.pop(worker.number, None) is not None:
            self.node.tell("end", worker.number)

    def check(self) -> None:
        """Wait until it is there.

        Raises:
            Lost: it is not.
            UserError: its package is another one.
        """
        from importlib.metadata import version

        about, here = self.node.ask("about"), version("fitscope")
        self._free = about["free"]
        if about["version"] != here:
            raise UserError(
                f"{self.name}: has fitscope {about['version']}, this is {here}; install the "
                "same version on all machines"
            )

    def listen(self) -> str:
        """Take in what it has to tell until it is lost; files are written before it is told.

        Returns:
            Why it was lost.
        """
        while True:
            try:
                self._free, news = self.node.ask("news")
            except Lost as error:
                return str(error)
            for number, event, complaint, files in news:
                self._hear(number, event, complaint, files)

    def lose(self, why: str) -> None:
        """Say of each of its workers that it has ended."""
        for number in list(self._workers):
            self._hear(number, None, f"the machine was lost: {why}", {})

    def _hear(
        self, number: int, event: Mapping[str, Any] | None, complaint: str, files: dict[str, bytes]
    ) -> None:
        worker = self._workers.get(number)
        if worker is None or self._events is None:
            return
        try:
            for name, content in files.items():
                write_bytes(self.folder / name, content)
        except UserError as error:  # no space left here
            event = {"event": "error", "message": str(error)}
        worker.last_words = complaint
        if event is None or event["event"] != "checkpoint":
            self._events.put((worker, event))


class Cluster:
    """All machines of a cluster. Those that come later join, those that are lost are left out.

    Args:
        engine: what reaches them.
        folder: the study folder.
        most: how many runs go side by side at most: no more machines are taken than that needs.
    """

    tries, gpu = TRIES, False

    def __init__(self, engine: Engine, folder: Path, most: int | None = None) -> None:
        self.threads = available_cores()
        self._engine, self._folder, self._most = engine, folder, most
        self._shared: dict[str, Any] = {}
        self._taken: dict[str, Reached] = {}  # also those that have not answered yet
        self._there: list[Reached] = []
        self._starts: Counter[str] = Counter()
        self._problem: str | None = None  # what nobody can go on from
        self._lost: str | None = None  # why the machine was lost that was lost last
        self._change = threading.Condition()
        self._told: queue.SimpleQueue | None = None  # once `open` has returned
        self._closed = False
        self._threads: list[threading.Thread] = []

    def open(self, events: queue.SimpleQueue) -> Sequence[Machine]:
        """Take the machines, and wait for those that answer soon."""
        self._engine.start()
        try:
            found = self._engine.found()
            if not found:
                raise UserError("the cluster has no machine with a core; start one")
            # bits depend on it: as many as here, so that numbers are those of this machine alone
            self.threads = min(self.threads, max(machine.cores for machine in found))
            self._take(found, events)
            with self._change:
                self._change.wait_for(
                    lambda: self._there or self._problem or not self._taken, FIRST
                )
                self._change.wait_for(lambda: len(self._there) == len(self._taken), SOON)
                if self._problem or not self._there:
                    busy = "no machine of the cluster has all its cores free; try again later"
                    raise UserError(self._problem or self._lost or busy)
                self._told = events
        except BaseException:
            self.close()
            raise
        self._begin(self._look, events)
        return list(self._there)

    def close(self) -> None:
        """End everything that was started."""
        with self._change:
            self._closed = True
            self._change.notify_all()
            nodes = [machine.node for machine in self._taken.values()]
        for node in nodes:
            node.end()
        for thread in self._threads:  # they call the engine
            thread.join(JOIN)
        self._engine.stop()

    def _begin(self, work: Callable[..., None], *values: Any) -> None:
        self._threads.append(threading.Thread(target=work, args=values, daemon=True))
        self._threads[-1].start()

    def _take(self, found: Sequence[Found], events: queue.SimpleQueue) -> None:
        """Start nodes on machines that have none, as many as are of use."""
        cores = sum(one.cores for one in found)
        with self._change:
            for one in found:
                held = sum(machine.cores for machine in self._taken.values())
                enough = self._most is not None and held >= self._most
                if self._closed or enough:
                    return
                if one.key in self._taken or self._starts[one.key] >= TRIES:
                    continue
                self._starts[one.key] += 1
                keep = max(1.0, cores / EPOCHS_A_SECOND)
                machine = Reached(one, self._engine.node(one, keep), self._folder, self._rows)
                self._taken[one.key] = machine
                self._begin(self._serve, machine, events)

    def _serve(self, machine: Reached, events: queue.SimpleQueue) -> None:
        """Listen to a machine until it is lost."""
        try:
            machine.check()
            with self._change:
                self._there.append(machine)
                self._change.notify_all()
                if self._told is not None:
                    events.put((machine, {"event": "joined"}))
            why = machine.listen()
        except UserError as error:
            why = self._problem = str(error)
            events.put((None, {"event": "error", "message": why}))
        except Lost as error:
            why = str(error)
        self._lost = f"{machine.name}: cannot be used ({why})"
        with self._change:
            del self._taken[machine.found.key]
            if machine in self._there:
                self._there.remove(machine)
            events.put((machine, None))
            self._change.notify_all()
        machine.lose(why)
        if not self._closed:
            machine.node.end()  # it may only be out of reach, and still hold its cores

    def _look(self, events: queue.SimpleQueue) -> None:
        """Take machines that come, and say so when there is none for long."""
        alone = 0.0
        while not self._closed:
            with self._change:
                self._change.wait(LOOK)
            if self._closed:
                return
            self._take(self._engine.found(), events)
            alone = 0.0 if self._there else alone + LOOK
            if alone >= LONELY:
                gone = "all machines of the cluster are lost; --resume (resume=True) goes on"
                events.put((None, {"event": "error", "message": gone}))
                return

    def _rows(self, name: str) -> Any:
        """What stands for rows, shared when the first job needs them."""
        if name not in self._shared:
            self._shared[name] = self._engine.share(take_over(self._folder / name))
        return self._shared[name]
