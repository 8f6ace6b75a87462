"""Studies on several machines, with nodes in this process and real workers: nothing is carried."""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from study.made_up import made_up_split

from fitscope.errors import UserError
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.study import training
from fitscope.study.cluster import machines, node
from fitscope.study.cluster.machines import Cluster
from fitscope.study.cluster.node import Node
from fitscope.study.cluster.transport import Found, Lost
from fitscope.study.definition import Definition
from fitscope.study.events import RunLost, RunProgress, RunStarted
from fitscope.study.execute import execute
from fitscope.study.executors import machines_of

PLAN = Plan(batch_size=20, max_epochs=2_000, stopping=None)
MODELS = {"net": (MLP(8, dropout=0.2), ("models",))}


class Call:
    """A node in this process, which can be switched off."""

    def __init__(self, there):
        self.node, self.lost = there, False

    def tell(self, method, *values):
        if not self.lost:
            getattr(self.node, method)(*values)

    def ask(self, method):
        found = None if self.lost else getattr(self.node, method)()
        if self.lost:
            raise Lost("it was switched off")
        return found

    def end(self):
        if not self.lost:
            self.lost = True
            self.node.close()


class Near:
    """A transport that carries nothing anywhere."""

    def __init__(self, **cores):
        self.cores, self.nodes, self.shared = cores, {}, 0

    def start(self):
        self.running = True

    def found(self):
        return [Found(name, name, cores) for name, cores in self.cores.items()]

    def node(self, machine, keep):
        keep = min(keep, 0.02)  # runs are short: new epochs must come before they are over
        self.nodes[machine.name] = Call(Node(keep))
        return self.nodes[machine.name]

    def share(self, split):
        self.shared += 1
        return split

    def stop(self):
        self.running = False


@pytest.fixture
def on(monkeypatch):
    """Puts studies on a transport's machines."""

    def put(transport):
        def cluster(executor, device, folder, most):
            if executor == "local":
                return machines_of(executor, device, folder, most)
            return Cluster(transport, folder, most)

        monkeypatch.setattr(training, "check_executor", lambda executor: executor)
        monkeypatch.setattr(training, "machines_of", cluster)
        return transport

    return put


def seen(events):
    """A `watch` whose observer puts what it is told into a list."""

    class Watching:
        def __init__(self, _):
            pass

        def __enter__(self):
            return events.append

        def __exit__(self, *_):
            pass

    return Watching


def arrays(folder: Path) -> dict[str, bytes]:
    """Everything that runs have left, bit for bit."""
    found = {}
    for file in sorted((*folder.glob("rows/*/*"), *folder.glob("weights/*/*"))):
        name = file.relative_to(folder).as_posix()
        if file.suffix == ".npz":
            with np.load(file) as stored:
                found[name] = b"".join(stored[key].tobytes() for key in stored.files)
        else:
            found[name] = file.read_bytes()
    return found


def test_a_lost_machine_costs_no_number(on, tmp_path):
    transport, events = on(Near(a=1, b=1)), []
    definition = Definition((made_up_split(),), PLAN, MODELS, repeats=2)

    def switch_off():
        while not any(isinstance(event, RunProgress) for event in list(events)):
            time.sleep(0.02)
        first = next(event for event in list(events) if isinstance(event, RunStarted))
        transport.nodes[first.where].end()

    threading.Thread(target=switch_off, daemon=True).start()
    execute(definition, tmp_path / "far", executor="near", watch=seen(events))
    lost = [place for place, event in enumerate(events) if isinstance(event, RunLost)]
    assert lost
    for place in lost:  # on the other machine, or on this one once it is there again
        later = [event for event in events[place:] if isinstance(event, RunStarted)]
        assert events[place].repeat in {event.repeat for event in later}
    assert transport.shared == 1, "rows are shared once"
    assert not transport.running
    execute(definition, tmp_path / "here")
    far, here = arrays(tmp_path / "far"), arrays(tmp_path / "here")
    assert far == here
    assert len(far) == 6
    assert not list(Path(tempfile.gettempdir()).glob(f"{node.PREFIX}*"))


def test_what_nobody_foresaw_on_a_machine_is_as_if_it_were_lost(on, tmp_path, monkeypatch):
    """Its runs would wait for it for ever."""
    news, fail = Node.news, threading.Event()

    def failing(there):
        found = news(there)
        if not fail.is_set() and any(event == {"event": "ready"} for _, event, *_ in found[1]):
            fail.set()
            raise KeyError(7)
        return found

    monkeypatch.setattr(Node, "news", failing)
    on(Near(a=1, b=1))
    definition = Definition((made_up_split(),), replace(PLAN, max_epochs=50), MODELS, repeats=2)
    stored = execute(definition, tmp_path / "far", executor="near")
    assert fail.is_set()
    assert len(stored.results.runs) == 2


def test_a_worker_may_be_ready_at_once(monkeypatch):
    """Before whoever hires it has been told of it: nobody would hear that, and all would wait."""

    class Ready:
        def __init__(self, wide, events, environment, folder):
            del wide, environment, folder
            events.put((self, {"event": "ready"}))
            time.sleep(0.2)  # the machine's news are asked for meanwhile

        def end(self):
            pass

    monkeypatch.setattr(node, "Worker", Ready)
    there, heard = Node(), []
    listening = threading.Thread(target=lambda: heard.extend(there.news()[1]))
    listening.start()
    there.hire(1, False, 1)
    listening.join(timeout=20)
    there.close()
    assert [(number, event) for number, event, *_ in heard] == [(1, {"event": "ready"})]


def test_a_checkpoint_goes_from_one_machine_to_another(on, tmp_path):
    """Interrupted on one machine, gone on with on the next one, with the numbers of one go."""
    plan = replace(PLAN, max_epochs=6_000)
    definition = Definition((made_up_split(),), plan, MODELS, seed=3)

    class Interrupting(list):
        def append(self, event):
            if isinstance(event, RunProgress):
                raise KeyboardInterrupt
            super().append(event)

    on(Near(a=1))
    with pytest.raises(KeyboardInterrupt):
        execute(definition, tmp_path / "far", executor="near", watch=seen(Interrupting()))
    assert list(tmp_path.glob("far/checkpoints/net/0.npz"))
    events = []
    on(Near(b=1))
    execute(definition, tmp_path / "far", executor="near", resume=True, watch=seen(events))
    assert 0 < events[0].epoch < plan.max_epochs
    assert events[0].where == "b"
    execute(definition, tmp_path / "here")
    assert arrays(tmp_path / "far") == arrays(tmp_path / "here")


def test_a_cluster_that_cannot_be_used_is_one_line(on, tmp_path, monkeypatch):
    definition = Definition((made_up_split(),), PLAN, MODELS)
    on(Near())
    with pytest.raises(UserError, match="no machine with a core"):
        execute(definition, tmp_path / "none", executor="near")
    monkeypatch.setattr(Node, "about", lambda _: {"version": "0.0.1", "free": 1e9})
    transport = on(Near(old=1))
    with pytest.raises(UserError, match=r"old: has fitscope 0\.0\.1, this is"):
        execute(definition, tmp_path / "old", executor="near")
    assert not transport.running

    class Nobody(Near):
        def node(self, machine, keep):
            there = super().node(machine, keep)
            there.end()
            return there

    on(Nobody(a=1, b=1))
    monkeypatch.setattr(machines, "SOON", 0.1)
    with pytest.raises(UserError, match=r"cannot be used .it was switched off"):
        execute(definition, tmp_path / "lost", executor="near")


def test_no_more_machines_are_taken_than_runs_go_side_by_side(tmp_path):
    transport = Near(a=1, b=1, c=1)
    cluster = Cluster(transport, tmp_path, most=2)
    assert len(cluster.open(machines.queue.SimpleQueue())) == 2
    assert cluster.threads == 1
    cluster.close()
    assert sorted(transport.nodes) == ["a", "b"]
