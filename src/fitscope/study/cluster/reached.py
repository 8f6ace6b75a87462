"""A machine of a cluster that answers, and its workers, as the owner of a study sees them."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.files import write_bytes
from fitscope.study.cluster.transport import Found, Lost, Remote


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
