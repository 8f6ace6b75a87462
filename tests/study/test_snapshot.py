"""What others see of a study while it runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from study.made_up import made_up_split

from fitscope.api.study import Study
from fitscope.files import is_locked, locked
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.study import checksums
from fitscope.study.events import RunFinished, RunProgress, RunStarted
from fitscope.study.folder import Folder
from fitscope.study.journal import EVERY, Journal, read_epochs
from fitscope.study.snapshot import read_running, stamp
from fitscope.task import BINARY


class Entry:
    slug = "tiny"


class Document:
    task = BINARY

    def entry(self, name: str) -> Entry:
        assert name == "Tiny"
        return Entry()


def progress(epoch: int, count: int) -> RunProgress:
    metrics = {
        name: [100.0 * number + e for e in range(epoch, epoch + count)]
        for number, name in enumerate(BINARY.monitors)
    }
    return RunProgress("Tiny", 0, epoch, metrics, epoch, {}, 1.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("fitscope.study.journal.time.monotonic", lambda: now[0])
    return now


def test_epochs_are_written_once_in_a_while_and_gone_when_the_run_is_stored(
    tmp_path: Path, clock: list[float]
) -> None:
    told: list[object] = []
    folder = Folder(tmp_path)
    file = folder.epochs("tiny", 0)
    journal = Journal(folder, Document(), told.append)  # pyright: ignore[reportArgumentType]
    journal(RunStarted("Tiny", 0, 0))
    journal(progress(0, 3))
    assert len(read_epochs(file)) == 3
    journal(progress(3, 2))
    assert len(read_epochs(file)) == 3  # too soon
    clock[0] += EVERY
    journal(progress(5, 1))
    epochs = read_epochs(file)
    assert epochs[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert epochs[2].tolist() == [100 * number + 2 for number in range(6)]
    journal(RunFinished("Tiny", 0, 6, 5, {}, "max epochs", 1.0))
    assert not file.exists()
    assert len(told) == 5


@pytest.mark.parametrize(("resumed_at", "expected"), [(2, [0, 1, 2]), (4, [0, 1, 2, None, 4])])
def test_a_resumed_run_goes_on_behind_its_checkpoint(
    tmp_path: Path,
    clock: list[float],  # noqa: ARG001
    resumed_at: int,
    expected: list[float | None],
) -> None:
    folder = Folder(tmp_path)
    first = Journal(folder, Document(), lambda _: None)  # pyright: ignore[reportArgumentType]
    first(RunStarted("Tiny", 0, 0))
    first(progress(0, 3))  # then killed
    second = Journal(folder, Document(), lambda _: None)  # pyright: ignore[reportArgumentType]
    second(RunStarted("Tiny", 0, resumed_at))
    second(progress(resumed_at, 1))
    found = [None if np.isnan(x) else float(x) for x in read_epochs(folder.epochs("tiny", 0))[:, 0]]
    assert found == expected


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"garbage" * 50])
def test_a_damaged_journal_is_no_epochs(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0.epochs.npy").write_bytes(content)
    assert read_epochs(tmp_path / "0.epochs.npy").shape == (0, 6)


def test_a_lock_is_seen_and_a_look_does_not_take_it(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with locked(tmp_path):
        assert is_locked(tmp_path)
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    with locked(tmp_path):
        pass


def test_a_study_is_seen_at_every_stage_and_ends_as_it_is_stored(tmp_path: Path) -> None:
    out = tmp_path / "study"
    plan = Plan(batch_size=60, max_epochs=5, stopping=EarlyStopping(patience=5))
    study = Study(made_up_split(), plan=plan)
    study.add("A", MLP(4))
    study.add("B", MLP(3))
    result = study.run(repeats=1, out=out)
    done = read_running(out)
    assert done.complete
    assert not done.training
    assert done.stored.histories.equals(result.histories)

    # as it was while B trained: B is not in the stored files, its epochs so far are
    (out / checksums.NAME).unlink()
    runs = [run for run in result.summary["runs"] if run["model"] == "A"]

    stored = json.loads((out / "results.json").read_text())
    models = [model for model in stored["models"] if model["name"] == "A"]
    (out / "results.json").write_text(json.dumps({**stored, "models": models, "runs": runs}))
    of_b = result.histories.filter(pl.col("model") == "B")
    result.histories.filter(pl.col("model") == "A").write_parquet(out / "histories.parquet")
    file = Folder(out).epochs("b", 0)
    file.parent.mkdir(parents=True)
    before = stamp(out)
    np.save(file, of_b.select(BINARY.monitors).to_numpy()[:3])
    assert stamp(out) != before
    now = read_running(out)
    assert not now.complete
    assert not now.training
    seen = now.stored.histories.filter(pl.col("model") == "B")
    assert seen.equals(of_b.head(3))  # the learning rate, too
    with locked(out):
        assert read_running(out).training


def test_boosting_rounds_are_seen_while_they_grow(tmp_path: Path) -> None:
    out = tmp_path / "study"
    study = Study(made_up_split(), Plan(batch_size=60, max_epochs=2))
    study.add("A", MLP(3))
    study.add("Trees", HGB(max_iter=3))
    result = study.run(out=out, progress=False)
    (out / checksums.NAME).unlink()
    trees = result.histories.filter(pl.col("model") == "Trees")
    result.histories.filter(pl.col("model") == "A").write_parquet(out / "histories.parquet")
    file = Folder(out).epochs("trees", 0)
    file.parent.mkdir(parents=True)
    np.save(file, trees.select(BINARY.monitors).to_numpy()[:2])
    seen = read_running(out).stored.histories.filter(pl.col("model") == "Trees")
    assert seen.drop("learning_rate").equals(trees.head(2).drop("learning_rate"))
    assert seen["learning_rate"].null_count() == 2  # the learner tells it at the end
