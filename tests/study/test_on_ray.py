"""Studies on real clusters of Ray, all of whose nodes are on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from study.made_up import made_up_split
from study.test_cluster import arrays, seen

from fitscope.errors import UserError
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.study.definition import Definition
from fitscope.study.events import RunLost, RunProgress, RunStarted
from fitscope.study.execute import execute
from fitscope.study.journal import read_machines

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'fitscope[ray]'")

MODELS = {"net": (MLP(8, dropout=0.2), ("models",)), "deep": (MLP(8, 8), ("models",))}


EPOCHS = 20_000  # a run takes some seconds: long enough for its machine to be killed meanwhile


class Calling:
    """A list of events that somebody else keeps."""

    def __init__(self, append):
        self.append = append


def definition(epochs: int) -> Definition:
    plan = Plan(batch_size=20, max_epochs=epochs, stopping=None)
    return Definition((made_up_split(),), plan, MODELS, repeats=2)


def nodes_of(raylet: int) -> list[int]:
    """Processes of our nodes that a raylet has started."""
    found = subprocess.run(["pgrep", "-P", str(raylet)], capture_output=True, text=True).stdout
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found.split()}
    return [pid for pid, command in commands.items() if b"ray::Node" in command]


@pytest.fixture
def three(monkeypatch):
    """A cluster of three nodes of one core; the second one can be killed."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80_000_000}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    second, _ = (cluster.add_node(num_cpus=1, object_store_memory=80_000_000) for _ in range(2))
    yield cluster, cluster.head_node, second
    ray.shutdown()
    cluster.shutdown()


def test_a_node_and_then_the_heads_processes_are_killed(three, tmp_path, capfd):
    cluster, head, second = three
    address, events = f"ray:{cluster.address}", []
    machines = tmp_path / "far" / "checkpoints" / "machines.json"

    def interrupt(event):
        """Once two runs have begun; their checkpoints come back."""
        began.add((event.model, event.repeat) if isinstance(event, RunProgress) else None)
        if len(began - {None}) == 2:
            raise KeyboardInterrupt

    began = set()
    with pytest.raises(KeyboardInterrupt):
        execute(
            definition(EPOCHS), tmp_path / "far", executor=address, watch=seen(Calling(interrupt))
        )

    def kill(event):
        """A node when something trains on it, then the processes on the head."""
        lost = {one.where for one in events if isinstance(one, RunLost)}
        if isinstance(event, RunProgress):
            on = {where.rpartition("-")[2] for where in read_machines(machines).values()}
            if second.node_id[:4] in on and not killed:
                killed.append(second)
                cluster.remove_node(second, allow_graceful=False)
            elif len(lost) == 1 and head.node_id[:4] in on and len(killed) == 1:
                killed.append(head)
                for pid in nodes_of(head.all_processes["raylet"][0].process.pid):
                    os.kill(pid, signal.SIGKILL)
        events.append(event)

    killed = []
    execute(
        definition(EPOCHS),
        tmp_path / "far",
        executor=address,
        resume=True,
        watch=seen(Calling(kill)),
    )
    lost = {event.where for event in events if isinstance(event, RunLost)}
    assert {where.rpartition("-")[2] for where in lost} == {second.node_id[:4], head.node_id[:4]}
    starts = [event for event in events if isinstance(event, RunStarted)]
    assert {(event.model, event.repeat) for event in starts if event.epoch > 0} >= began - {None}
    assert len(starts) > 4, "what was lost began again"
    execute(definition(EPOCHS), tmp_path / "here")
    assert arrays(tmp_path / "far") == arrays(tmp_path / "here")
    assert "raylet" not in "".join(capfd.readouterr()), "pages of a log are no output of a study"


def test_a_program_that_is_killed_leaves_nothing_running_and_is_resumed(tmp_path):
    code = f"""
        import sys; sys.path[:0] = {sys.path!r}
        from pathlib import Path
        from study.test_on_ray import EPOCHS, definition, execute
        execute(definition(EPOCHS), Path({str(tmp_path / "far")!r}), executor="ray")
    """
    started = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    while not list(tmp_path.glob("far/checkpoints/*/*.epochs.npy")):
        assert started.poll() is None
        time.sleep(0.05)
    family = {started.pid}
    for _ in range(4):  # children of children, worker processes too
        listed = ",".join(map(str, family))
        found = subprocess.run(["pgrep", "-P", listed], capture_output=True, text=True).stdout
        family |= set(map(int, found.split()))
    assert len(family) > 5
    started.kill()
    started.wait()
    ends = time.monotonic() + 30
    while left := [what for pid in family if (what := running(pid))]:
        assert time.monotonic() < ends, left
        time.sleep(0.2)
    events = []
    execute(definition(EPOCHS), tmp_path / "far", executor="ray", resume=True, watch=seen(events))
    assert not any(isinstance(event, RunLost) for event in events)
    assert any(isinstance(event, RunProgress) for event in events)
    execute(definition(EPOCHS), tmp_path / "here")
    assert arrays(tmp_path / "far") == arrays(tmp_path / "here")
    assert not list(Path("/tmp").glob("fs-ray-*")), "what the killed one left is removed"


def running(pid: int) -> bytes:
    """The command of a process; nothing of one that has ended, or that is an agent of Ray's.

    Those wait for an answer of the head, which is not there: on a loaded machine over a minute.
    """
    try:
        found = Path(f"/proc/{pid}/cmdline").read_bytes()  # empty once it is a zombie
    except OSError:
        return b""
    return b"" if b"Agent" in found else found


def test_a_cluster_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"no Ray cluster can be reached at 127\.0\.0\.1:1 "):
        execute(definition(10), tmp_path / "out", executor="ray:127.0.0.1:1")
    with pytest.raises(UserError, match="Ray's client cannot carry a study"):
        execute(definition(10), tmp_path / "out", executor="ray://127.0.0.1:10001")
    assert not (tmp_path / "out" / "study.json").exists()
