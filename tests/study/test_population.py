"""The repeats of a network as one population, as a GPU trains them, here on the processor."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from study.made_up import made_up_split

from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.report.record import record
from fitscope.stopping.early import EarlyStopping
from fitscope.study import executor, training
from fitscope.study.definition import Definition
from fitscope.study.device import shared_programs, worker_environment
from fitscope.study.events import RunStarted
from fitscope.study.execute import execute
from fitscope.study.folder import StoredStudy

PLAN = Plan(batch_size=40, max_epochs=900, learning_rate=0.01, stopping=EarlyStopping(patience=60))
MODELS = {"Net": (MLP(12), ("m",))}


@pytest.fixture
def as_if_a_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    programs = shared_programs(tmp_path / "programs")  # a GPU keeps what it has compiled
    monkeypatch.setattr(training, "choose_device", lambda _: "gpu")
    monkeypatch.setattr("fitscope.study.jobs.GPU_FROM", 1.0)
    monkeypatch.setattr(
        executor,
        "worker_environment",
        lambda _, threads: worker_environment("cpu", threads) | programs,
    )


def run(folder: Path, **how: Any) -> StoredStudy:
    definition = Definition((made_up_split(),), PLAN, MODELS, repeats=3, seed=2)
    return execute(definition, folder, **how)


def columns(stored: StoredStudy) -> dict[int, np.ndarray]:
    """Validation losses of each run."""
    return {
        repeat: stored.histories.filter(repeat=repeat)["val_loss"].to_numpy() for repeat in range(3)
    }


@pytest.mark.usefixtures("as_if_a_gpu")
def test_a_population_is_stopped_goes_on_and_is_its_single_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    whole = run(tmp_path / "whole")
    assert whole.document.device == "gpu"

    def stop(event: Any) -> None:  # while it compiles: after its first call it will stop
        if isinstance(event, RunStarted):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", watch=lambda _: nullcontext(stop))
    (checkpoint,) = (tmp_path / "stopped" / "checkpoints").glob("*/[0-9]*.npz")
    assert checkpoint.name == "0-2.npz", "one checkpoint of all three"
    begun: list[Any] = []
    again = run(tmp_path / "stopped", resume=True, watch=lambda _: nullcontext(begun.append))
    starts = {e.repeat: e.epoch for e in begun if isinstance(e, RunStarted)}
    assert len(starts) == 3
    assert min(starts.values()) == max(starts.values()) > 0
    assert again.histories.equals(whole.histories), "to the last bit"

    assert dict(record(whole))["Training time"].endswith("on gpu")
    monkeypatch.undo()
    assert dict(record(whole))["Training time"].endswith("on gpu, Net on cpu"), "it is small"
    alone = run(tmp_path / "alone", device="cpu")
    one, other = columns(whole), columns(alone)
    assert len({len(losses) for losses in other.values()}) > 1, "they stop at different times"
    for repeat, losses in other.items():
        together = one[repeat]
        # rounding is carried on from step to step: at first it cannot be seen
        np.testing.assert_allclose(together[:50], losses[:50], rtol=1e-4)
        np.testing.assert_allclose(together.min(), losses.min(), rtol=0.01)
