"""Worker processes: started with a fixed number of threads, fed jobs, listened to."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGE_ROOT = Path(__file__).resolve().parents[2]


@dataclass(eq=False)
class Worker:
    """One worker process.

    Attributes:
        name: for the owner to tell workers apart.
        events: queue into which `(worker, event)` pairs go; the event is None when the process
            has ended.
        environment: variables set on top of the parent's.
    """

    name: str
    events: queue.SimpleQueue
    environment: Mapping[str, str]
    process: subprocess.Popen = field(init=False)

    def __post_init__(self) -> None:
        path = os.environ.get("PYTHONPATH")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(PACKAGE_ROOT), *([path] if path else [])]),
            **self.environment,
        }
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by end()
        self.process = subprocess.Popen(
            # -P: a file called numpy.py in the user's folder must not be imported
            [sys.executable, "-P", "-m", "fitscope.study.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            text=True,
            # Ctrl-C is for the parent, which then asks its workers to stop
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def give(self, job: Mapping[str, Any]) -> None:
        """Queue a job."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, and says so through its events
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()

    def ask_to_stop(self) -> None:
        """Let it write its checkpoint and give up its job."""
        self.give({"stop": True})

    def end(self) -> None:
        """End the process at once; what it has checkpointed is kept."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def complaint(self) -> str:
        """Why it ended: its last words on standard error, or the signal."""
        status = self.process.wait()
        if status == -9:
            return "it was killed, most likely because the memory was used up"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with status {status}"

    def _listen(self) -> None:
        assert self.process.stdout is not None
        try:
            for line in self.process.stdout:
                self.events.put((self, json.loads(line)))
        except ValueError:  # closed by end(), or a line cut off by its death
            pass
        self.events.put((self, None))
