"""Workers of studies as forks of a process that has imported what they need.

Importing scikit-learn and JAX takes a worker longer than training a test's model. What it computes
is the same: the fork has the environment of a process started anew, or one is started anew. Those
of programs that tests start (the command line, notebooks, scripts in docs) always are.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from fitscope.process import child_environment

WORKER = "fitscope.study.worker"
_PASSING = "PYTEST_CURRENT_TEST"  # changes with each test, and is nothing to workers
_LATER = ("FITSCOPE_", "MPLBACKEND")  # what is read when it is needed, not by an import


class Nursery:
    """A process that forks workers; started when the first one is asked for."""

    def __init__(self) -> None:
        self._environment: dict[str, str] | None = None
        self._process: subprocess.Popen | None = None
        self._ours: socket.socket | None = None

    def bears(self, environment: Mapping[str, str]) -> bool:
        """Whether a worker of that environment can be forked here."""
        if self._environment is None:
            self._start(dict(environment))
        assert self._environment is not None
        return _imports_by(self._environment) == _imports_by(environment)

    def _start(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-P", __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )

    def fork(
        self, arguments: list[str], environment: Mapping[str, str], streams: list[int]
    ) -> None:
        """Fork a worker.

        Args:
            arguments: what it finds in `sys.argv`.
            environment: of the worker.
            streams: its standard input, output and errors, and where its number and status go.
        """
        assert self._ours is not None
        told = {name: value for name, value in environment.items() if name.startswith(_LATER)}
        asked = {"arguments": arguments, "folder": os.getcwd(), "environment": told}
        request = json.dumps(asked).encode()
        socket.send_fds(self._ours, [request], streams)

    def end(self) -> None:
        """End it; workers end when their owners do."""
        if self._ours is not None and self._process is not None:
            self._ours.close()
            self._process.wait()


def _imports_by(environment: Mapping[str, str]) -> dict[str, str]:
    """What may decide how libraries are imported."""
    return {name: value for name, value in environment.items() if not name.startswith(_LATER)}


class _Forked:
    """What `subprocess.Popen` would be of a fork: as much of it as is used."""

    def __init__(self, news: int) -> None:
        self._news = os.fdopen(news)
        self.pid = int(self._news.readline())
        self._status: int | None = None
        self._once = threading.Lock()  # while one thread ends it another asks why it ended

    def kill(self) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        with self._once:
            if self._status is None:
                self._status = int(self._news.readline())
                self._news.close()
            return self._status


@contextmanager
def forked_workers(worker_process: Any) -> Iterator[None]:
    """Workers are forks in here, wherever the system can fork.

    Args:
        worker_process: the module that starts them by its name `PythonProcess`.
    """
    nursery, usual = Nursery(), worker_process.PythonProcess

    class Process(usual):
        def __init__(
            self,
            module: str,
            *arguments: object,
            environment: Mapping[str, str] | None = None,
            fed: bool = False,
        ) -> None:
            whole = child_environment(environment)
            whole.pop(_PASSING, None)
            if module != WORKER or not fed or not nursery.bears(whole):
                super().__init__(module, *arguments, environment=environment, fed=fed)
                return
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by end()
            (theirs, stdin), (stdout, ours), (news, status) = os.pipe(), os.pipe(), os.pipe()
            streams = [theirs, ours, self._errors.fileno(), status]
            nursery.fork([str(one) for one in arguments], whole, streams)
            for one in (theirs, ours, status):
                os.close(one)
            self.stdin, self.stdout = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb")
            self._process = _Forked(news)

    worker_process.PythonProcess = Process
    try:
        yield
    finally:
        worker_process.PythonProcess = usual
        nursery.end()


def main() -> None:
    """Fork workers until the owner ends."""
    warnings.filterwarnings("ignore", message=r"os\.fork\(\) was called")  # no threads yet
    _imported()
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while True:
            request, streams, *_ = socket.recv_fds(asked, 1 << 16, 4)
            if not request:
                return
            with suppress(ChildProcessError):  # those that have ended since
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            if os.fork() == 0:
                asked.detach()
                _watch(json.loads(request), array.array("i", streams))
            for one in streams:
                os.close(one)


def _imported() -> None:
    """What workers import, but nothing that starts a thread: no device of JAX is opened."""
    import fitscope.learners.hgb
    import fitscope.learners.mlp.train
    import fitscope.study.handover
    import fitscope.study.worker  # noqa: F401
    from fitscope.data.fitted import skops_io

    skops_io()


def _watch(request: dict[str, Any], streams: array.array) -> None:
    """Fork the worker, and say how it ended."""
    status = streams[3]
    worker = os.fork()
    if worker == 0:
        os.close(status)
        _work(request, streams)
    for one in streams[:3]:
        os.close(one)
    with suppress(OSError):
        os.write(status, b"%d\n" % worker)
        ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        os.write(status, b"%d\n" % ended)
    os._exit(0)


def _work(request: dict[str, Any], streams: array.array) -> None:
    """Be the worker."""
    from fitscope.study import worker

    try:
        os.setsid()
        for place, one in enumerate(streams[:3]):
            os.dup2(one, place)
            os.close(one)
        sys.stdin = os.fdopen(0)
        os.chdir(request["folder"])
        for name in [name for name in os.environ if name.startswith(_LATER)]:
            del os.environ[name]
        os.environ.update(request["environment"])
        sys.argv = [WORKER, *request["arguments"]]
        worker.main()
        sys.stderr.flush()
        os._exit(0)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    main()
