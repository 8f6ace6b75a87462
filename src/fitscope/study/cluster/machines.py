"""The machines of a cluster as the owner of a study sees them: taken, served, and lost."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fitscope.errors import UserError, reason
from fitscope.process import available_cores
from fitscope.study.cluster.reached import Reached
from fitscope.study.cluster.transport import Found, Transport
from fitscope.study.handover import take_over
from fitscope.study.machines import Machine

TRIES = 3  # of a job whose worker is lost, and of a machine
LOOK = 5.0  # seconds between two looks at which machines there are
LONELY = 60.0  # seconds without any machine after which nobody waits for one
FIRST = 120.0  # the same at the start
JOIN = 5.0  # seconds for threads to end, once their machines have
SOON = 5.0  # seconds for others to answer, once the first one has
EPOCHS_A_SECOND = 200.0  # times that all runs together tell of new epochs at most


class Cluster:
    """All machines of a cluster. Those that come later join, those that are lost are left out.

    Args:
        transport: what reaches them.
        folder: the study folder.
        most: how many runs go side by side at most: no more machines are taken than that needs.
    """

    tries, gpu = TRIES, False

    def __init__(self, transport: Transport, folder: Path, most: int | None = None) -> None:
        self.threads = available_cores()
        self._transport, self._folder, self._most = transport, folder, most
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
        self._transport.start()
        try:
            found = self._transport.found()
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
        for thread in self._threads:  # they call the transport
            thread.join(JOIN)
        self._transport.stop()

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
                machine = Reached(one, self._transport.node(one, keep), self._folder, self._rows)
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
        except Exception as error:  # whatever it is: its runs must not wait for it for ever
            why = reason(error)
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
            try:
                self._take(self._transport.found(), events)
            except Exception as error:  # nobody would ever be told of machines that are gone
                if not self._closed:
                    said = f"the cluster cannot be asked for its machines ({reason(error)})"
                    events.put((None, {"event": "error", "message": said}))
                return
            alone = 0.0 if self._there else alone + LOOK
            if alone >= LONELY:
                gone = "all machines of the cluster are lost; --resume (resume=True) goes on"
                events.put((None, {"event": "error", "message": gone}))
                return

    def _rows(self, name: str) -> Any:
        """What stands for rows, shared when the first job needs them."""
        if name not in self._shared:
            self._shared[name] = self._transport.share(take_over(self._folder / name))
        return self._shared[name]
