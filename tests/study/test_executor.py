"""Which run goes to which worker, with workers that only pretend to train."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study.made_up import made_up_document

from fitscope.errors import UserError
from fitscope.learners import to_stored
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.study import device, executor, machines
from fitscope.study.device import choose_device
from fitscope.study.document import ModelEntry
from fitscope.study.events import RunLost, RunStarted
from fitscope.study.folder import Folder
from fitscope.study.handover import Rows
from fitscope.study.jobs import Job, is_wide, missing_jobs
from fitscope.study.machines import ThisMachine
from fitscope.task import BINARY


class Pretender:
    """A worker that finishes each job at once, in the order in which jobs were given."""

    made: list[Pretender]
    busy: set[Pretender]
    most: dict[tuple[str, bool], int]

    def __init__(self, wide, events, environment, folder, machine=""):
        self.wide, self.events, self.environment, self.ended = wide, events, environment, False
        self.folder, self.machine = folder, machine
        Pretender.made.append(self)
        events.put((self, {"event": "ready", "platform": "cpu"}))

    def give(self, job):
        del job
        Pretender.busy.add(self)
        on = [(worker.machine, worker.wide) for worker in Pretender.busy]
        for key in set(on):
            Pretender.most[key] = max(Pretender.most.get(key, 0), on.count(key))
        self.events.put((self, {"event": "started", "epoch": 0}))
        self.events.put((self, Finishing(self)))

    def ask_to_stop(self):
        self.events.put((self, {"event": "interrupted"}))

    def complaint(self):
        return "it was killed"

    def end(self):
        self.ended = True


class Finishing(dict):
    """The event "finished", which frees the worker when it is looked at."""

    def __init__(self, worker):
        super().__init__(event="finished")
        self.worker = worker

    def __getitem__(self, key):
        Pretender.busy.discard(self.worker)
        return super().__getitem__(key)


@pytest.fixture(autouse=True)
def pretend(monkeypatch):
    monkeypatch.setattr(machines, "Worker", Pretender)
    Pretender.made, Pretender.busy, Pretender.most = [], set(), {}


def here(cores, monkeypatch, most=None, folder=Path("nowhere"), device="cpu"):
    """A crew on this machine, which pretends to have so many cores."""
    monkeypatch.setattr(machines, "available_cores", lambda: cores)
    return executor.Crew(ThisMachine(device, folder, most), most)


def refuse(job, why):
    raise AssertionError(f"{job.model}: {why}")


def run(kinds, cores, monkeypatch, most=None, device="cpu"):
    Pretender.made, Pretender.busy, Pretender.most = [], set(), {}
    jobs = [Job(f"m{number}", (), (0,), wide, {}) for number, wide in enumerate(kinds)]
    started, finished = [], []
    with here(cores, monkeypatch, most, device=device) as crew:
        crew.train(jobs, started.append, finished.extend, refuse)
    assert all(isinstance(event, RunStarted) for event in started)
    return [event.model for event in started], finished, jobs


@given(
    st.lists(st.booleans(), min_size=1, max_size=12),
    st.integers(1, 8),
    st.none() | st.integers(1, 12),
)
def test_every_job_runs_once_within_the_limit(kinds, cores, limit):
    with pytest.MonkeyPatch.context() as monkeypatch:
        started, finished, jobs = run(kinds, cores, monkeypatch, limit)
    most = cores if limit is None else limit
    assert sorted(job.model for job in finished) == sorted(job.model for job in jobs)
    wide = [worker.wide for worker in Pretender.made]
    assert wide.count(True) == int(any(kinds)), "one worker serves all wide runs"
    assert wide.count(False) == min(most, kinds.count(False))
    assert Pretender.most.get(("", True), 0) <= 1
    assert Pretender.most.get(("", False), 0) <= most
    assert all(worker.ended for worker in Pretender.made)
    assert started == [job.model for job in jobs], "they start in the order that was asked for"


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 4))
def test_beside_a_gpu_cores_train_what_is_narrow(kinds, cores):
    with pytest.MonkeyPatch.context() as monkeypatch:
        started, finished, jobs = run(kinds, cores, monkeypatch, device="gpu")
    assert len(finished) == len(jobs)
    assert Pretender.most.get(("", True), 0) == int(any(kinds))
    assert Pretender.most.get(("", False), 0) <= cores
    for wide in (True, False):
        mine = [job.model for job in jobs if job.wide is wide]
        assert [name for name in started if name in mine] == mine, "each kind in its order"
    if set(kinds) == {True, False}:  # neither waits for the other to be done
        wide = [kinds[int(name[1:])] for name in started]
        assert wide[:2] == [True, False]


def test_workers_do_not_compile_the_same_program_at_once(monkeypatch):
    """Nor wait for each other: what one has compiled by then is there for all."""
    names = ["a", "a", "a", "b", "b", "trees", "trees"]
    jobs = [
        Job(f"{name}{i}", (), (0,), False, {}, None if name == "trees" else (name,))
        for i, name in enumerate(names)
    ]
    events = []
    with here(2, monkeypatch) as crew:
        crew.train(jobs, events.append, lambda _: None, refuse)
    assert [event.model for event in events] == ["a0", "b3", "a1", "a2", "b4", "trees5", "trees6"]


def test_another_process_takes_the_place_of_one_that_died(monkeypatch):
    """Whatever dies takes its own job along, and no other."""

    def give(worker, job):
        if job.get("deadly"):
            worker.events.put((worker, None))
        else:
            worker.events.put((worker, {"event": "finished"}))

    monkeypatch.setattr(Pretender, "give", give)
    jobs = [Job(f"m{n}", (), (0,), False, {"deadly": n % 2}) for n in range(7)]
    finished, failed = [], []
    with here(2, monkeypatch) as crew:
        crew.train(jobs, print, finished.extend, lambda job, why: failed.append((job.model, why)))
    assert sorted(job.model for job in finished) == ["m0", "m2", "m4", "m6"]
    assert sorted(failed) == [(f"m{n}", "it was killed") for n in (1, 3, 5)]
    assert all(worker.ended for worker in Pretender.made)


def test_jobs_wait_for_memory_and_fail_where_there_is_never_enough(monkeypatch):
    monkeypatch.setattr(machines, "free_memory", lambda: 5e9 if Pretender.busy else 20e9)
    sizes = {"small": 1e9, "large": 15e9, "huge": 80e9}
    jobs = [Job(name, (), (0,), False, {}, memory=size) for name, size in sizes.items()]
    events, failed = [], []
    with here(2, monkeypatch) as crew:
        crew.train(jobs, events.append, print, lambda job, why: failed.append((job.model, why)))
    assert [event.model for event in events] == ["small", "large"]
    assert failed == [("huge", "it needs at least 80.0 GB of memory, and 20.0 GB are free")]


def test_programs_that_cannot_be_kept_are_gone_when_the_workers_are(tmp_path, monkeypatch):
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")  # that tests share
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: Path("/proc/none"))
    programs = tmp_path / machines.PROGRAMS
    programs.mkdir(parents=True)
    (programs / "of-one-that-was-killed").write_bytes(b"half")
    with here(1, monkeypatch, folder=tmp_path) as crew:
        assert not programs.exists()
        both = [Job("a", (), (0,), False, {}), Job("b", (), (0,), True, {})]
        crew.train(both, print, print, print)
        for worker in Pretender.made:
            assert Path(worker.environment["JAX_COMPILATION_CACHE_DIR"]).parent == programs
        programs.mkdir()
    assert not programs.exists()


class Several:
    """Machines that are pretended; workers on them are killed as often as they are told to be."""

    tries, gpu = 3, False

    def __init__(self, cores, threads=2):
        self.threads = threads
        self.machines = [Pretended(name, each) for name, each in cores.items()]

    def open(self, events) -> Sequence[machines.Machine]:
        self.events = events
        return self.machines

    def close(self):
        pass


class Pretended:
    def __init__(self, name, cores):
        self.name, self.cores, self.slots = name, cores, cores

    def hire(self, wide, threads, events) -> machines.Hired:
        return Pretender(wide, events, {"NPROC": str(threads)}, None, self.name)

    def free_memory(self):
        return 1e9


@given(
    st.lists(st.booleans(), min_size=1, max_size=20),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.none() | st.integers(1, 12),
)
def test_several_machines_share_the_jobs(kinds, cores, most):
    Pretender.made, Pretender.busy, Pretender.most = [], set(), {}
    jobs = [Job(f"m{number}", (), (0,), wide, {}) for number, wide in enumerate(kinds)]
    there = Several({f"node {number}": each for number, each in enumerate(cores)})
    started, finished = [], []
    with executor.Crew(there, most) as crew:
        crew.train(jobs, started.append, finished.extend, refuse)
        assert crew.side_by_side == min(most or 100, sum(cores))
    assert sorted(job.model for job in finished) == sorted(job.model for job in jobs)
    for machine in there.machines:
        assert Pretender.most.get((machine.name, False), 0) <= machine.cores
        wide = Pretender.most.get((machine.name, True), 0)
        assert wide <= max(-(-machine.cores // 2), 1)
        if machine.cores < 2 < max(cores):
            assert not wide, "a wide job has the threads that it needs"
    threads = {(worker.wide, worker.environment["NPROC"]) for worker in Pretender.made}
    assert threads <= {(False, "1"), (True, "2")}, "the same on all machines"
    assert {event.where for event in started} <= {machine.name for machine in there.machines}


def test_a_run_whose_machine_or_process_is_lost_is_tried_again(monkeypatch):
    there = Several({"a": 1, "b": 1})
    first = []

    def lose(worker, message):
        """The first job is lost with its machine, the second one is killed every time."""
        if message["number"] == 0 and not first:
            first.append(worker.machine)
            there.events.put((next(m for m in there.machines if m.name == worker.machine), None))
            there.events.put((worker, None))
        elif message["number"] == 1:
            there.events.put((worker, None))
        else:
            there.events.put((worker, Finishing(worker)))

    monkeypatch.setattr(Pretender, "give", lose)
    jobs = [Job(f"m{number}", (), (0,), False, {"number": number}) for number in range(4)]
    told, finished, failed = [], [], []
    with executor.Crew(there) as crew:
        crew.train(jobs, told.append, finished.extend, lambda *lost: failed.append(lost))
        assert crew.side_by_side == 1, "the lost machine is not there any more"
    assert [job.model for job in finished] == ["m0", "m2", "m3"]
    assert failed == [(jobs[1], "it was killed")]
    lost = [(event.model, event.where) for event in told if isinstance(event, RunLost)]
    assert lost.count(("m0", first[0])) == 1
    assert [model for model, _ in lost].count("m1") == there.tries - 1


def test_threads_are_fixed_by_the_kind_of_run(monkeypatch):
    for limit in (None, 1, 3):  # bits depend on it, and must not on how many run side by side
        run([False, True], 6, monkeypatch, limit)
        threads = {worker.wide: worker.environment["NPROC"] for worker in Pretender.made}
        assert threads == {False: "1", True: "6"}


def test_which_networks_are_wide_stays_as_it_was():
    """Bits depend on the number of threads: those of stored studies must be found again."""
    sizes = ((16,), (16, 16), (64, 64, 64), (512, 512, 512, 512))
    work = [MLP(*hidden).work(28, BINARY, Plan(), 10_000) for hidden in sizes]
    assert work == [6.0 * parameters * 500 for parameters in (481, 753, 10_241, 803_329)]
    assert [is_wide(each) for each in work] == [False, False, False, True]


@pytest.mark.parametrize("device", ["cpu", "gpu"])
def test_a_gpu_trains_a_population_and_a_core_one_run(device, tmp_path):
    nets = {"small": MLP(32, 32), "net": MLP(128, 128), "wide": MLP(512, 512, 512, 512)}
    models = nets | {"trees": HGB()}
    entries = [
        ModelEntry(name=n, slug=n, groups=[], spec=to_stored(m), size=m.size(1, BINARY))
        for n, m in models.items()
    ]
    document = made_up_document(entries, repeats=3).model_copy(update={"device": device})
    big = document.data.model_copy(update={"train_rows": 10_000})
    document = document.model_copy(update={"data": big})
    missing = {"small": [0, 1], "net": [0, 2], "wide": [1, 2], "trees": [0, 1]}
    shapes = (10_000, 1), (2_000, 1)
    rows = Rows("checkpoints/.rows/0/rows.json", shapes)
    jobs = missing_jobs(document, Folder(tmp_path), missing, [rows])
    assert str(tmp_path) not in str([job.message for job in jobs]), "no path of this machine"
    programs = {job.model: job.program for job in jobs}
    assert programs == {name: (name, *shapes) for name in nets} | {"trees": None}
    found = [(job.model, job.repeats, job.wide) for job in jobs]
    trees = [("trees", (0,), False), ("trees", (1,), False)]
    small = [("small", (0,), False), ("small", (1,), False)]  # a GPU would be no faster
    if device == "gpu":
        assert found == [*small, ("net", (0, 2), True), ("wide", (1, 2), True), *trees]
    else:
        narrow = [*small, ("net", (0,), False), ("net", (2,), False)]
        assert found == [*narrow, ("wide", (1,), True), ("wide", (2,), True), *trees]


def test_devices(monkeypatch):
    monkeypatch.setattr(device, "find_spec", lambda _: None)
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    with pytest.raises(UserError, match="finds none here"):
        choose_device("gpu")
    monkeypatch.setattr(device, "find_spec", lambda _: True)
    monkeypatch.setattr(device, "asked", lambda *_: {"platform": "gpu"})
    assert choose_device("auto") == choose_device("gpu") == "gpu"
    assert choose_device("cpu") == "cpu"
    for answer in ({"platform": "cpu"}, None):
        monkeypatch.setattr(device, "asked", lambda *_, answer=answer: answer)
        assert choose_device("auto") == "cpu"
