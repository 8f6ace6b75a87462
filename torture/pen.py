"""A process that cases are tried in; one that crashes, hangs or fills the memory is replaced."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path

from fitscope.files import scratch

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 20.0
MEMORY = 2 << 30
Case = dict


class Pen:
    """Tries cases of a part, one after another, each within its time and memory.

    Args:
        part: a module of torture with a function `attempt(case, folder)`, which returns what went
            wrong as a line, or nothing.
        place: a folder for what the cases write.
    """

    def __init__(self, part: str, place: Path) -> None:
        self._part, self._place = part, place
        self._seconds = getattr(import_module(f"torture.{part}"), "LIMIT", SECONDS)
        self._start()

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "torture.pen", self._part],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={
                **os.environ,
                "OMP_NUM_THREADS": "1",
                "POLARS_MAX_THREADS": "1",
                "TMPDIR": str(self._place),
            },
            start_new_session=True,
        )
        self._answer(300.0)  # it has imported what it needs

    def attempt(self, case: Case) -> str:
        """What went wrong; nothing if all is well."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(case).encode() + b"\n")
        self._child.stdin.flush()
        found = self._answer(self._seconds)
        if found is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(1)  # its output ends before it does
            status = self._child.poll()
            self.end()
            self._start()
            return "hangs" if status is None else f"ended with status {status}"
        return found

    def _answer(self, seconds: float) -> str | None:
        stream = self._child.stdout
        assert stream is not None
        if not select.select([stream], [], [], seconds)[0]:
            return None
        line = stream.readline()
        return json.loads(line) if line else None

    def end(self) -> None:
        """End it and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, 9)
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):
                stream.close()


def tried(part: str, cases: Iterable[Case]) -> Iterator[tuple[Case, str]]:
    """Each case, and what went wrong with it."""
    with scratch("fitscope-torture-") as place:
        pen = Pen(part, place)
        try:
            for case in cases:
                yield case, pen.attempt(case)
        finally:
            pen.end()


def called(command: Callable[[], int]) -> tuple[int | None, str, str]:
    """Status, output and errors of the command line in this process; a traceback has no status."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = command() or 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            return None, out.getvalue(), traceback.format_exc()
    return status, out.getvalue(), err.getvalue()


def wrong(status: int | None, out: str, err: str) -> str:
    """What is wrong with how a command ended, in a line."""
    if status is None or "Traceback" in err:
        last = [line for line in err.strip().splitlines() if line.strip()]
        where = [line.strip() for line in last if line.lstrip().startswith("File ")]
        return f"traceback: {last[-1]} at {where[-1] if where else '?'}"
    if "please report" in err:
        return f"unforeseen: {err.strip()[:300]}"
    if status not in (0, 2, 3):
        return f"status {status}: {err[:200]}"
    if status == 2 and not err.strip():
        return "status 2 without a word"
    if "\x1b" in out + err:
        return "a terminal's escape in what is printed"
    return ""


def main() -> None:
    """Try the cases that come in on standard input."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    part = import_module(f"torture.{sys.argv[1]}")
    attempt = part.attempt
    if hasattr(part, "whole"):
        part.whole()
    if not hasattr(part, "LIMIT"):  # which starts programs of its own
        limit = resource.RLIMIT_DATA
        resource.setrlimit(limit, (MEMORY, resource.getrlimit(limit)[1]))
    answers.write('""\n')
    for line in sys.stdin:
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            found = attempt(json.loads(line), Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        if not found and peak > MEMORY:
            found = f"{peak / 2**30:.1f} GB of memory"
        answers.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
