"""The one kind of child process that there is, and what cores and memory there are for them."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PACKAGE_ROOT = Path(__file__).resolve().parents[1]
_GROUP = Path("/sys/fs/cgroup")
_EXCEPTION = re.compile(r"[\w.]+: \S")


class PythonProcess:
    """A child that runs a module of ours, in bytes over its standard input and output.

    It is not a fork of the user's program, which may have threads and need not guard its main
    module. It imports this package wherever that lies, nothing from the folder that the user
    happens to be in, and hears no Ctrl-C: that is for the parent, which then tells its children.

    Args:
        module: what `python -m` runs.
        arguments: what the module finds in `sys.argv`, as text.
        environment: variables set on top of the parent's.
        fed: True gives it a standard input to write to; it sees the end of it when its parent
            ends, however that ends.

    Attributes:
        stdout: what it writes.
        stdin: what it reads; None unless it is `fed`.

    Example:
        >>> child = PythonProcess("calendar", 2026, 11)
        >>> child.stdout.readline().split()
        [b'November', b'2026']
        >>> child.end()
        >>> child = PythonProcess("no_such_module")
        >>> child.complaint().endswith("No module named no_such_module")
        True
        >>> child.end()
    """

    stdout: IO[bytes]
    stdin: IO[bytes] | None

    def __init__(
        self,
        module: str,
        *arguments: object,
        environment: Mapping[str, str] | None = None,
        fed: bool = False,
    ) -> None:
        # A file and no pipe: nobody reads it while the child runs, and a full pipe would stop it.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by end()
        self._process = subprocess.Popen(
            # -P: a file called numpy.py in the user's folder must not be imported
            [sys.executable, "-P", "-m", module, *map(str, arguments)],
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=child_environment(environment),
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.stdout, self.stdin = self._process.stdout, self._process.stdin

    def kill(self) -> None:
        """End the process at once and wait until it has ended; its output can still be read."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End the process at once, if it still runs, and close everything that belongs to it."""
        self.kill()
        for stream in (self.stdin, self.stdout, self._errors):
            if stream is not None:
                with suppress(OSError):  # what was left to be written to it
                    stream.close()

    def complaint(self) -> str:
        """Wait for its end and say why it ended: an exception, last words, a signal, a status."""
        status = self._process.wait()
        if status == -9:
            return "it was killed, most likely because the memory was used up"
        if status < 0:
            return f"it was ended by signal {-status} ({signal.strsignal(-status)})"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        raised = [line for line in lines if _EXCEPTION.match(line)]  # JAX says more behind it
        return (raised or lines or [f"it ended with status {status}"])[-1]


def child_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """All variables of a child: the parent's, where this package lies, and those on top.

    Example:
        >>> child_environment({"NPROC": "2"})["NPROC"]
        '2'
    """
    path = os.environ.get("PYTHONPATH")
    found = os.pathsep.join([str(_PACKAGE_ROOT), *([path] if path else [])])
    return {**os.environ, "PYTHONPATH": found, **(environment or {})}


def free_memory() -> float:
    """Bytes that processes may still use, container limits included.

    Returns:
        What the system tells; infinity where it tells nothing.

    Example:
        >>> free_memory() > 1e6
        True
    """
    found = [math.inf]
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        available = next(line for line in lines if line.startswith("MemAvailable"))
        found.append(1_024.0 * int(available.split()[1]))
    with suppress(OSError, ValueError):  # "max" stands for no limit
        limit, used = (
            int((_GROUP / name).read_text()) for name in ("memory.max", "memory.current")
        )
        cached = re.search(r"^inactive_file (\d+)$", (_GROUP / "memory.stat").read_text(), re.M)
        found.append(float(limit - used + int(cached[1] if cached else 0)))
    return min(found)


def available_cores() -> int:
    """Cores that this process may use.

    Returns:
        At least 1: no more than the machine has, than the process is bound to, and than its
        container is allowed.

    Example:
        >>> 1 <= available_cores() <= os.cpu_count()
        True
    """
    from joblib import cpu_count  # a fifth of a second, for those alone who ask

    return cpu_count()


@contextmanager
def one_thread() -> Iterator[None]:
    """What libraries compute in this process takes one thread, in boosted trees, too.

    Their threads wait for each other after each leaf, which takes twenty times as long where other
    programs have the cores.

    Example:
        >>> from threadpoolctl import threadpool_info
        >>> with one_thread():
        ...     {pool["num_threads"] for pool in threadpool_info()}
        {1}
    """
    import sklearn.ensemble  # it loads OpenMP, and what is not loaded yet cannot be limited
    from threadpoolctl import threadpool_limits

    del sklearn
    with threadpool_limits(1):
        yield
