"""Workers of studies, and programs that tests start, as forks of processes that have imported much.

Importing scikit-learn and JAX takes a worker longer than training a test's model, and a command
imports for as long as it runs. What they compute is the same: the fork has the environment of a
process started anew, or one is started anew. Tests of starting and importing themselves, notebooks
and the first program of most files start theirs as users do.

None of them waits until the disk has what was written, as a disk takes some milliseconds each time
and a small study asks for that a hundred times: a power cut takes a test with its files.
"""

from __future__ import annotations

import array
import io
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from fitscope import files
from fitscope.process import child_environment
from fitscope.study import checksums

SYNC = files.sync
WORKER = "fitscope.study.worker"
_PASSING = "PYTEST_CURRENT_TEST"  # changes with each test, and is nothing to workers
_LATER = ("FITSCOPE_", "MPLBACKEND")  # what is read when it is needed, not by an import
# what scikit-learn, Polars and the command line set themselves
_BY_IMPORTS = ("KMP_", "_RJEM_", "PYDANTIC_DISABLE_PLUGINS")


def wait_for_no_disk() -> None:
    """From here on nothing in this process waits for the disk."""

    def sync(path: Path) -> None:
        del path

    files.sync = checksums.sync = sync


class Nursery:
    """A process that forks others; started when the first one is asked for.

    Args:
        kind: of what it forks, "workers" or "programs".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.environment: dict[str, str] | None = None
        self.ours: socket.socket | None = None
        self._process: subprocess.Popen | None = None

    @classmethod
    def at(cls, kind: str, environment: dict[str, str], ours: int) -> Nursery:
        """One that runs already, and is asked through a socket that was handed over."""
        made = cls(kind)
        made.environment, made.ours = environment, socket.socket(fileno=ours)
        return made

    def bears(self, environment: Mapping[str, str]) -> bool:
        """Whether a process of that environment can be forked here."""
        if self.environment is None:
            self._start(dict(environment))
        assert self.environment is not None
        return _imports_by(self.environment) == _imports_by(environment)

    def _start(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-P", __file__, self.kind, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )

    def fork(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        streams: list[int],
        workers: Nursery | None = None,
    ) -> _Forked:
        """Fork a process.

        Args:
            arguments: what a worker finds in `sys.argv`, or what Python is given for a program.
            environment: of the process.
            streams: its standard input, output and errors.
            workers: which forks the workers that a program starts.
        """
        assert self.ours is not None
        told = {name: value for name, value in environment.items() if name.startswith(_LATER)}
        asked = {"arguments": arguments, "folder": os.getcwd(), "environment": told}
        news, status = os.pipe()
        handed = [*streams, status]
        if workers is not None and workers.ours is not None:
            asked["workers"] = workers.environment
            handed.append(workers.ours.fileno())
        socket.send_fds(self.ours, [json.dumps(asked).encode()], handed)
        os.close(status)
        return _Forked(news)

    def end(self) -> None:
        """End it; workers end when their owners do."""
        if self.ours is not None and self._process is not None:
            self.ours.close()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # a program that a failed test left has it open
                self._process.kill()
                self._process.wait()


def _imports_by(environment: Mapping[str, str]) -> dict[str, str]:
    """What may decide how libraries are imported."""
    aside = (*_LATER, *_BY_IMPORTS)
    found = {name: value for name, value in environment.items() if not name.startswith(aside)}
    path = found.get("PYTHONPATH", "").split(os.pathsep)  # each generation adds the package's
    return {**found, "PYTHONPATH": os.pathsep.join(dict.fromkeys(path))}


class _Forked:
    """What `subprocess.Popen` would be of a fork: as much of it as is used."""

    def __init__(self, news: int) -> None:
        self._news = os.fdopen(news)
        self.pid = int(self._news.readline())
        self._status: int | None = None
        self._once = threading.Lock()  # while one thread ends it another asks why it ended

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(self.pid, number)

    def poll(self) -> int | None:
        ended = self._status is not None or select.select([self._news], [], [], 0)[0]
        return self.wait() if ended else None

    def wait(self) -> int:
        with self._once:
            if self._status is None:
                self._status = int(self._news.readline())
                self._news.close()
            return self._status


_workers, _programs = Nursery("workers"), Nursery("programs")


class Program:
    """A program of Python's: a fork where the system can fork, else started anew.

    Args:
        words: what Python is given: `-m`, a module and its arguments, or `-c` and code.

    Attributes:
        stdout: what it prints; lines come as they are printed.
        process: what `subprocess.Popen` would be of it, as much of that as is used.
    """

    def __init__(self, *words: object) -> None:
        given, whole = [str(word) for word in words], _whole(None)
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 closed by end()
        ours, theirs = os.pipe()
        streams = [os.open(os.devnull, os.O_RDONLY), theirs, self._errors.fileno()]
        self.process: _Forked | subprocess.Popen
        if sys.platform.startswith("linux") and _programs.bears(whole):
            self.process = _programs.fork(given, whole, streams, _workers)
        else:
            self.process = subprocess.Popen(
                [sys.executable, "-u", *given], stdin=streams[0], stdout=theirs, stderr=streams[2]
            )
        for one in streams[:2]:
            os.close(one)
        self.stdout = os.fdopen(ours)

    def end(self, sent: int | None = None) -> tuple[int, str, str]:
        """Wait until it has ended, of a signal if one is to be sent.

        Returns:
            Its status, the rest of what it printed, and what it said on standard error.
        """
        if sent is not None:
            self.process.send_signal(sent)
        with self.stdout, self._errors:
            printed = self.stdout.read()
            status = self.process.wait()
            self._errors.seek(0)
            return status, printed, self._errors.read()


def _whole(environment: Mapping[str, str] | None) -> dict[str, str]:
    whole = child_environment(environment)
    whole.pop(_PASSING, None)
    return whole


@contextmanager
def forked_workers(worker_process: Any, nursery: Nursery = _workers) -> Iterator[None]:
    """Workers are forks in here, wherever the system can fork.

    Args:
        worker_process: the module that starts them by its name `PythonProcess`.
        nursery: which forks them.
    """
    usual = worker_process.PythonProcess

    class Process(usual):
        def __init__(
            self,
            module: str,
            *arguments: object,
            environment: Mapping[str, str] | None = None,
            fed: bool = False,
        ) -> None:
            whole = _whole(environment)
            if module != WORKER or not fed or not nursery.bears(whole):
                super().__init__(module, *arguments, environment=environment, fed=fed)
                return
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by end()
            (theirs, stdin), (stdout, ours) = os.pipe(), os.pipe()
            streams = [theirs, ours, self._errors.fileno()]
            self._process = nursery.fork([str(one) for one in arguments], whole, streams)
            for one in (theirs, ours):
                os.close(one)
            self.stdin, self.stdout = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb")

    worker_process.PythonProcess = Process
    try:
        yield
    finally:
        worker_process.PythonProcess = usual
        for one in (_programs, _workers):
            one.end()


def main() -> NoReturn:
    """Fork processes until the owner ends."""
    warnings.filterwarnings("ignore", message=r"os\.fork\(\) was called")  # no threads yet
    kind = sys.argv[1]
    _imported(kind)
    with socket.socket(fileno=int(sys.argv[2])) as asked:
        while True:
            request, streams, *_ = socket.recv_fds(asked, 1 << 16, 5)
            if not request:
                os._exit(0)
            with suppress(ChildProcessError):  # those that have ended since
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            if os.fork() == 0:
                asked.detach()
                _watch(kind, json.loads(request), array.array("i", streams))
            for one in streams:
                os.close(one)


def _imported(kind: str) -> None:
    """What they import, but nothing that starts a thread: no device of JAX is opened."""
    import fitscope.learners.hgb
    import fitscope.study.handover
    from fitscope.data.fitted import skops_io

    skops_io()
    wait_for_no_disk()
    if kind == "workers":
        import fitscope.learners.mlp.train
        import fitscope.study.worker

        return
    import fitscope.cli.examine
    import fitscope.cli.guide
    import fitscope.cli.predict
    import fitscope.cli.stored
    import fitscope.examination.page.sections
    import fitscope.examination.run
    import fitscope.guide.page.sections
    import fitscope.guide.run
    import fitscope.report.rebuild
    import fitscope.study.execute  # noqa: F401


def _watch(kind: str, request: dict[str, Any], streams: array.array) -> None:
    """Fork the process, and say how it ended."""
    status = streams[3]
    process = os.fork()
    if process == 0:
        os.close(status)
        {"workers": _work, "programs": _run}[kind](request, streams)
    for one in (*streams[:3], *streams[4:]):
        os.close(one)
    with suppress(OSError):
        os.write(status, b"%d\n" % process)
        ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        os.write(status, b"%d\n" % ended)
    os._exit(0)


def _taken(request: dict[str, Any], streams: array.array) -> None:
    """Have the streams, the folder and the environment that were asked for."""
    for place, one in enumerate(streams[:3]):
        os.dup2(one, place)
        os.close(one)
    sys.stdin = os.fdopen(0)
    os.chdir(request["folder"])
    for name in [name for name in os.environ if name.startswith(_LATER)]:
        del os.environ[name]
    os.environ.update(request["environment"])


def _work(request: dict[str, Any], streams: array.array) -> None:
    """Be the worker."""
    from fitscope.study import worker

    try:
        os.setsid()
        _taken(request, streams)
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


def _run(request: dict[str, Any], streams: array.array) -> NoReturn:
    """Be the program: what it raises ends the fork as it ends a process."""
    from fitscope.study import worker_process

    _taken(request, streams)
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=True)
    how, what, *rest = request["arguments"]
    sys.argv = [how, *rest]
    with ExitStack() as stack:
        if workers := request.get("workers"):
            nursery = Nursery.at("workers", workers, streams[4])
            stack.enter_context(forked_workers(worker_process, nursery))
        if how == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            main = sys.modules["__main__"] = types.ModuleType("__main__")
            exec(compile(what, "<string>", "exec"), vars(main))
    sys.exit()


if __name__ == "__main__":
    main()
