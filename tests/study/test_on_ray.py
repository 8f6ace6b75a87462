"""Studies on real clusters of Ray, all of whose nodes are on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
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

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'fitscope[ray]'")

MODELS = {"net": (MLP(8, dropout=0.2), ("models",)), "deep": (MLP(8, 8), ("models",))}


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
    events, epochs = [], 150_000

    def trains(where, after=0):
        """Wait until a run that trains there has a checkpoint, or began again."""
        while not any(
            isinstance(event, RunStarted) and event.where.endswith(where)
            for event in list(events)[after:]
        ):
            time.sleep(0.1)
        return len(events)

    def kill():
        trains(second.node_id[:4])
        while not list((tmp_path / "far" / "checkpoints").glob("*/[0-9].npz")):
            time.sleep(0.1)
        cluster.remove_node(second, allow_graceful=False)
        while not any(isinstance(event, RunLost) for event in list(events)):
            time.sleep(0.1)
        for pid in nodes_of(head.all_processes["raylet"][0].process.pid):
            os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    address = f"ray:{cluster.address}"
    execute(definition(epochs), tmp_path / "far", executor=address, watch=seen(events))
    lost = [event for event in events if isinstance(event, RunLost)]
    assert len({event.where for event in lost}) == 2
    again = [event for event in events if isinstance(event, RunStarted) and event.epoch > 0]
    assert again, "from its checkpoint"
    execute(definition(epochs), tmp_path / "here")
    assert arrays(tmp_path / "far") == arrays(tmp_path / "here")
    assert "raylet" not in "".join(capfd.readouterr()), "pages of a log are no output of a study"


def test_a_program_that_is_killed_leaves_nothing_running_and_is_resumed(tmp_path):
    code = f"""
        import sys; sys.path[:0] = {sys.path!r}
        from pathlib import Path
        from study.test_on_ray import definition, execute
        execute(definition(40_000), Path({str(tmp_path / "far")!r}), executor="ray")
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
    while any(is_running(pid) for pid in family):
        assert time.monotonic() < ends, "something is left running"
        time.sleep(0.2)
    events = []
    execute(definition(40_000), tmp_path / "far", executor="ray", resume=True, watch=seen(events))
    assert not any(isinstance(event, RunLost) for event in events)
    assert any(isinstance(event, RunProgress) for event in events)
    execute(definition(40_000), tmp_path / "here")
    assert arrays(tmp_path / "far") == arrays(tmp_path / "here")
    assert not list(Path("/tmp").glob("fs-ray-*")), "what the killed one left is removed"


def is_running(pid: int) -> bool:
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


def test_a_cluster_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"no Ray cluster can be reached at 127\.0\.0\.1:1 "):
        execute(definition(10), tmp_path / "out", executor="ray:127.0.0.1:1")
    assert not (tmp_path / "out" / "study.json").exists()
