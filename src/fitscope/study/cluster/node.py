"""A machine of a cluster: it starts workers, keeps rows for them, and sends back what they leave.

Its folder stands for the study folder: files bear the same names below both. A transport makes one
`Node` on each machine and carries the calls; `news` may be called beside the others.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError, reason
from fitscope.files import scratch, write_bytes
from fitscope.process import free_memory
from fitscope.study.device import environment_of
from fitscope.study.handover import hand_over
from fitscope.study.machines import PROGRAMS
from fitscope.study.worker_process import Worker

if TYPE_CHECKING:
    from fitscope.data.split import Split

PREFIX = "fitscope-node-"
QUIET = 2.0  # seconds after which there is an answer even without news: this machine is there

News = tuple[int, "dict[str, Any] | None", str, "dict[str, bytes]"]
"""Number of a worker; an event of it, None at its end; its complaint then; files by their names."""


@dataclass(eq=False)
class _Desk:
    """A worker, and the job that it has.

    Attributes:
        worker: it.
        job: what it was given, until it is done.
        sent: when the checkpoint that was sent last was written, in nanoseconds.
    """

    worker: Worker
    job: Mapping[str, Any] | None = None
    sent: int = 0


@dataclass(eq=False)
class Node:
    """Workers of one machine.

    Attributes:
        keep: seconds between two answers that bring nothing but new epochs.
    """

    keep: float = 1.0
    _events: queue.SimpleQueue = field(init=False, default_factory=queue.SimpleQueue)
    _desks: dict[int, _Desk] = field(init=False, default_factory=dict)
    _hiring: threading.Lock = field(init=False, default_factory=threading.Lock)
    _answered: float = field(init=False, default=0.0)
    _open: ExitStack = field(init=False, default_factory=ExitStack)
    _folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self._folder = self._open.enter_context(scratch(PREFIX))

    def about(self) -> dict[str, Any]:
        """What the owner must know: the version of this package here, and free bytes of memory."""
        from importlib.metadata import version

        return {"version": version("fitscope"), "free": free_memory()}

    def hire(self, number: int, wide: bool, threads: int) -> None:
        """Start a worker."""
        environment = environment_of(wide, threads, "cpu", self._folder / PROGRAMS, keep=False)
        with self._hiring:
            self._desks[number] = _Desk(Worker(wide, self._events, environment, self._folder))

    def give(
        self, number: int, job: Mapping[str, Any], files: Mapping[str, bytes], rows: Split
    ) -> None:
        """Queue a job.

        Args:
            number: of the worker.
            job: what it is told.
            files: what it goes on from: its checkpoint, if there is one.
            rows: the rows that the job names; written once, mapped by all workers.
        """
        desk = self._desks[number]
        try:
            if not (self._folder / job["rows"]).exists():
                hand_over(rows, self._folder / job["rows"])
            (self._folder / job["save"]).unlink(missing_ok=True)  # of an earlier try, and older
            for name, content in files.items():
                write_bytes(self._folder / name, content)
        except (OSError, UserError) as error:
            self._events.put((desk.worker, {"event": "failed", "message": reason(error)}))
            return
        desk.sent = self._written(job)
        desk.job = job
        desk.worker.give(job)

    def ask_to_stop(self, number: int) -> None:
        """Let a worker write its checkpoint and give up its job."""
        self._desks[number].worker.ask_to_stop()

    def end(self, number: int) -> None:
        """End a worker at once."""
        self._desks.pop(number).worker.end()

    def close(self) -> None:
        """End all workers and leave no file."""
        for desk in list(self._desks.values()):
            desk.worker.end()
        self._open.close()

    def news(self) -> tuple[float, list[News]]:
        """Wait for something to tell.

        New epochs alone are kept back for a while, so that many runs do not keep their owner busy.

        Returns:
            Free bytes of memory, and what has happened, with the files that belong to it. Nothing
            may have happened for a while: then it says just that.
        """
        heard = self._gathered()
        with self._hiring:  # a worker may say that it is ready before it has a desk
            desks = dict(self._desks)
        numbers = {desk.worker: number for number, desk in desks.items()}
        found: list[News] = []
        for worker, event in heard:
            if worker in numbers:
                number = numbers[worker]
                found.append(self._told(number, desks[number], event))
        for number, desk in desks.items():
            if desk.job is not None and self._written(desk.job) > desk.sent:
                found.append((number, {"event": "checkpoint"}, "", self._checkpoint(desk)))
        self._answered = time.monotonic()
        return free_memory(), found

    def _gathered(self) -> list[tuple[Worker, dict[str, Any] | None]]:
        """Events until one comes that must not wait."""
        heard: list[tuple[Worker, dict[str, Any] | None]] = []
        until = time.monotonic() + QUIET
        while (left := until - time.monotonic()) > 0 or not self._events.empty():
            try:
                worker, event = self._events.get(timeout=max(left, 0.0))
            except queue.Empty:
                break
            if event is not None and event["event"] == "progress":
                until = min(until, max(self._answered + self.keep, time.monotonic()))
                if heard and _joined(heard[-1], worker, event):
                    continue
            else:
                until = 0.0
            heard.append((worker, event))
        return heard

    def _told(self, number: int, desk: _Desk, event: dict[str, Any] | None) -> News:
        """An event, with the files that a job leaves when it ends."""
        files: dict[str, bytes] = {}
        name = None if event is None else event["event"]
        if name in ("ready", "started", "progress"):
            return number, event, "", files
        job, desk.job = desk.job, None
        if job is not None:
            names = [job["save"]]
            if name == "finished":
                names = [file for each in job["files"].values() for file in each.values()]
            files = self._read(names)
            for file in (*names, job["save"]):
                (self._folder / file).unlink(missing_ok=True)
        return number, event, desk.worker.complaint() if event is None else "", files

    def _checkpoint(self, desk: _Desk) -> dict[str, bytes]:
        assert desk.job is not None
        desk.sent = self._written(desk.job)
        return self._read([desk.job["save"]])

    def _written(self, job: Mapping[str, Any]) -> int:
        """When a job's checkpoint was written, in nanoseconds; 0 if there is none."""
        with suppress(OSError):
            return (self._folder / job["save"]).stat().st_mtime_ns
        return 0

    def _read(self, names: list[str]) -> dict[str, bytes]:
        """Those of some files that are there."""
        found = {}
        for name in names:
            with suppress(FileNotFoundError):
                found[name] = (self._folder / name).read_bytes()
        return found


def _joined(
    last: tuple[Worker, dict[str, Any] | None], worker: Worker, event: dict[str, Any]
) -> bool:
    """Whether new epochs of a run could be put behind those that were heard of it just before."""
    before = last[1]
    same = last[0] is worker and before is not None and before["event"] == "progress"
    if not same or before is None or before["repeat"] != event["repeat"]:
        return False
    metrics = before["metrics"] + event["metrics"]
    before.update(event, epoch=before["epoch"], metrics=metrics)
    return True
