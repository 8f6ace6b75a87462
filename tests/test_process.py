"""Children that run modules of ours, and how many cores there are for them."""

import io
import os
import signal
import subprocess
import sys
import threading

import pytest

import fitscope
from fitscope.process import PythonProcess, available_cores, child_environment


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Makes a module that a child can run."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def written(text):
        (tmp_path / "made_up.py").write_text(text)
        return "made_up"

    return written


@pytest.fixture
def started():
    children = []

    def start(*words, **options):
        children.append(PythonProcess(*words, **options))
        return children[-1]

    yield start
    for child in children:
        child.end()


def test_bytes_go_both_ways_until_the_parent_ends(script, started):
    child = started(script("import sys\nfor line in sys.stdin: print(line, end='', flush=True)"))
    assert child.stdin is None
    assert child.stdout.read() == b"", "not fed, it finds its input at an end"
    fed = started("made_up", fed=True)
    for line in (b"one\n", b"two\n"):
        fed.stdin.write(line)
        fed.stdin.flush()
        assert fed.stdout.readline() == line
    fed.stdin.close()
    assert fed.complaint() == "it ended with status 0"


def test_arguments_and_environment(script, started, monkeypatch):
    monkeypatch.setenv("OF_THE_PARENT", "kept")
    child = started(
        script(
            "import os, sys\nprint(*sys.argv[1:], os.environ['OF_THE_PARENT'], os.environ['A'])"
        ),
        7,
        "two words",
        environment={"A": "set"},
    )
    assert child.stdout.read() == b"7 two words kept set\n"


def test_files_in_the_users_folder_are_not_imported(script, started, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    (here / "json.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(here)
    child = started(script("import json, fitscope; print(fitscope.__file__)"))
    assert child.stdout.read().decode().strip() == fitscope.__file__


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("raise ValueError('what is wrong')", "ValueError: what is wrong"),
        ("raise SystemExit(3)", "it ended with status 3"),
        ("import atexit\natexit.register(sys.stderr.write, 'Behind it.')\n1 / 0", "by zero"),
        (f"os.kill(os.getpid(), {signal.SIGKILL})", "most likely because the memory was used up"),
        (f"os.kill(os.getpid(), {signal.SIGTERM})", "it was ended by signal 15 (Terminated)"),
        ("sys.stderr.write('x' * 1_000_000 + '\\nlast words')", "last words"),
    ],
)
def test_it_says_why_it_ended(script, started, end, says):
    assert started(script(f"import os, sys\n{end}")).complaint().endswith(says)


def test_ended_while_somebody_listens(script, started):
    child = started(script("import time\nprint('here', flush=True)\ntime.sleep(1_000)"))
    heard = []
    listener = threading.Thread(target=lambda: heard.extend(child.stdout))
    listener.start()
    while not heard:
        pass
    child.kill()
    listener.join(timeout=10)
    assert not listener.is_alive()
    child.end()
    child.end()
    assert child.complaint().startswith("it was killed")


@pytest.mark.parametrize(
    ("limit", "cores"), [("400000 100000", 4), ("50000 100000", 1), ("max 1", 8)]
)
def test_cores_of_a_container(monkeypatch, limit, cores):
    """What the kernel tells of a container that may use less than the machine has."""
    from joblib.externals.loky.backend import context

    file = "/sys/fs/cgroup/cpu.max"
    exists, real = os.path.exists, open
    monkeypatch.setattr(os.path, "exists", lambda path: path == file or exists(path))
    monkeypatch.setattr(
        context, "open", lambda path: io.StringIO(limit) if path == file else real(path), False
    )
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    assert available_cores() == cores


def test_one_thread_holds_for_trees_that_nobody_has_trained_yet():
    code = """
from fitscope.process import one_thread
with one_thread():
    from sklearn.utils._openmp_helpers import _openmp_effective_n_threads as threads
    print(threads())
print(threads())
"""
    environment = child_environment({"OMP_NUM_THREADS": "3"})
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1", "3"]
