"""A worker process as its owner sees it: started with a fixed number of threads, fed jobs, heard.

`fitscope.study.worker` is what runs in it.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fitscope.process import PythonProcess


@dataclass(eq=False)
class Worker:
    """One worker process.

    Attributes:
        wide: whether it has the threads of a wide job; for its owner to tell workers apart.
        events: queue into which `(worker, event)` pairs go; the event is None when the process
            has ended.
        environment: variables set on top of the parent's.
        folder: below which it finds and leaves the files that jobs name.
    """

    wide: bool
    events: queue.SimpleQueue
    environment: Mapping[str, str]
    folder: Path
    _process: PythonProcess = field(init=False, repr=False)
    _given: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._process = PythonProcess(
            "fitscope.study.worker",
            self.folder.resolve(),
            environment=self.environment,
            fed=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def give(self, job: Mapping[str, Any]) -> None:
        """Queue a job."""
        self._given += 1
        self._tell(job)

    def ask_to_stop(self) -> None:
        """Let it write its checkpoint and give up the job that it was given last."""
        self._tell({"stop": self._given})

    def end(self) -> None:
        """End the process at once; what it has checkpointed is kept."""
        self._process.end()

    def complaint(self) -> str:
        """Why it ended: its last words on standard error, or the signal."""
        return self._process.complaint()

    def _tell(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, and says so through its events
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        try:
            for line in self._process.stdout:
                self.events.put((self, json.loads(line)))
        except ValueError:  # closed by end(), or a line cut off by its death
            pass
        self.events.put((self, None))
