"""Where workers are: on this machine, or on those of a cluster, each as the crew sees it."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from fitscope.process import available_cores, free_memory
from fitscope.study.device import environment_of
from fitscope.study.worker_process import Worker

PROGRAMS = "checkpoints/.programs"
"""Below a study folder: what workers have compiled, for each other, where nothing can be kept."""


class Hired(Protocol):
    """A worker of any machine. What it says goes into its owner's queue; see `Worker`."""

    @property
    def wide(self) -> bool:
        """Whether it has the threads of a wide job, or one."""
        ...

    def give(self, job: Mapping[str, Any]) -> None:
        """Queue a job."""
        ...

    def ask_to_stop(self) -> None:
        """Let it write its checkpoint and give up the job that it was given last."""
        ...

    def end(self) -> None:
        """End it at once."""
        ...

    def complaint(self) -> str:
        """Why it ended."""
        ...


class Machine(Protocol):
    """A machine that workers can be started on.

    Attributes:
        name: what it is called where there are several; empty where there is one.
        cores: that workers may use.
        slots: how many runs of one core go side by side on it.
    """

    @property
    def name(self) -> str: ...
    @property
    def cores(self) -> int: ...
    @property
    def slots(self) -> int: ...

    def hire(self, wide: bool, threads: int, events: queue.SimpleQueue) -> Hired:
        """Start a worker.

        Args:
            wide: whether it is for wide jobs, or for those of one core.
            threads: that it computes with.
            events: queue into which `(worker, event)` pairs go; the event is None when the worker
                has ended.
        """
        ...

    def free_memory(self) -> float:
        """Bytes that workers may still use."""
        ...


class Machines(Protocol):
    """All machines of a study; a context that ends what it has started.

    Attributes:
        threads: of a wide job, the same on all machines: bits depend on it.
        gpu: whether wide jobs have a GPU, and leave the cores to narrow ones.
        tries: how often a job is tried whose worker ends while its machine stays: here it is the
            job's own fault, elsewhere somebody else may have ended it.
    """

    @property
    def threads(self) -> int: ...
    @property
    def gpu(self) -> bool: ...
    @property
    def tries(self) -> int: ...

    def open(self, events: queue.SimpleQueue) -> Sequence[Machine]:
        """Those that are there now.

        Args:
            events: later ones are told there as `(machine, {"event": "joined"})`, and those that
                are lost as `(machine, None)`, before the end of each of their workers. What nobody
                can go on from is told as `(None, {"event": "error", "message": ...})`.
        """
        ...

    def close(self) -> None:
        """Leave nothing running."""
        ...


class ThisMachine:
    """The machine that this process runs on, alone.

    Args:
        device: "cpu" or "gpu".
        folder: the study folder.
        most: how many runs go side by side at most; as many as there are cores if None.
    """

    name = ""
    tries = 1

    def __init__(self, device: str, folder: Path, most: int | None = None) -> None:
        self.cores = self.threads = available_cores()
        self.slots = self.cores if most is None else most
        self.gpu = device == "gpu"
        self._device = device
        self._folder = folder

    def open(self, events: queue.SimpleQueue) -> Sequence[Machine]:
        """This one. Programs of one that was killed may be cut off, or for another processor."""
        del events
        self.close()
        return [self]

    def close(self) -> None:
        """Remove what workers have compiled."""
        shutil.rmtree(self._folder / PROGRAMS, ignore_errors=True)

    def hire(self, wide: bool, threads: int, events: queue.SimpleQueue) -> Worker:
        """Start a worker process that works in the study folder."""
        environment = environment_of(wide, threads, self._device, self._folder / PROGRAMS)
        return Worker(wide, events, environment, self._folder)

    def free_memory(self) -> float:
        """Bytes that processes may still use."""
        return free_memory()
