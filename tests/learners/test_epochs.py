"""Runs whose epochs somebody else makes: here nobody trains, the outputs are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitscope.data.split import Split
from fitscope.history import RowLosses
from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun, Watching
from fitscope.learners.epochs import EpochRun
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import EvidenceStopping, moments, sighting
from fitscope.task import BINARY

ROWS, LABELS = 300, np.random.default_rng(0).integers(0, 2, 300)
FIT = {which: np.zeros(3, np.float32) for which in ("best", "last")}


def outputs(epoch: int) -> np.ndarray:
    """Better and better until epoch 30, then ever surer of what is wrong."""
    random = np.random.default_rng(epoch)
    sure = 2 * LABELS - 1 + random.normal(0, 0.02, ROWS)
    wrong = np.arange(ROWS) % 4 == 0
    return np.where(wrong, -sure * epoch / 30, sure * min(epoch, 30) / 15)


def run_of(plan: Plan, watching: Watching | None = None) -> EpochRun:
    x = np.zeros((ROWS, 1), np.float32)
    split = Split(x, LABELS, x, LABELS)
    return EpochRun(split, plan.for_task(split.task), 0, watching or Watching(), {"of": "a test"})


def trained(plan: Plan, **told: Any) -> TrainedRun:
    run = run_of(plan, Watching(**told))
    before = run.start([0])
    best = -1 if before is None else int(before["best"])
    while not run.ended:
        epoch, fitted = run.epochs, 0.7 - 0.005 * run.epochs
        if run.add([fitted, fitted, 0.5], lambda loss: loss + 1, outputs(epoch), 0.1):
            best = epoch
        run.pause(lambda: {"best": np.array(best)})  # noqa: B023 asked for at once
    return run.finish(best, run.epochs - 1, FIT)


def test_what_is_told_follows_from_the_outputs():
    told: list[NewEpochs] = []
    run = trained(Plan(max_epochs=40, stopping=None), on_progress=told.append)
    logs = np.array([np.logaddexp(0, outputs(e)) - outputs(e) * LABELS for e in range(40)])
    hits = np.array([(outputs(e) > 0) == LABELS for e in range(40)])
    np.testing.assert_allclose(run.metrics[:, 4], logs.mean(1), rtol=1e-6)
    np.testing.assert_allclose(run.metrics[:, 3], logs.mean(1) + 1, rtol=1e-6)
    np.testing.assert_allclose(run.metrics[:, 5], hits.mean(1), rtol=1e-6)
    np.testing.assert_allclose(run.row_losses, logs[run.row_epochs], rtol=1e-5)
    assert run.best_epoch == run.best == np.argmin(run.metrics[:, 4])
    assert (run.stopped, run.last) == ("max epochs", 39)
    np.testing.assert_array_equal(np.concatenate([new.metrics for new in told]), run.metrics)


def test_patience_ends_it():
    run = trained(Plan(stopping=EarlyStopping(patience=7)))
    assert (run.stopped, len(run.metrics)) == ("early stopping", run.best_epoch + 8)


def test_evidence_ends_it_where_the_rule_says():
    rule = EvidenceStopping()
    run = trained(Plan(stopping=rule))
    assert run.reason is not None
    assert run.reason["reason"] == "overfit"
    kept = RowLosses(run.row_epochs, run.row_losses)
    constant = BINARY.constant_loss(LABELS, LABELS)
    for end in moments():
        if end > len(run.metrics):
            break
        known = kept.epochs < end
        rows = RowLosses(kept.epochs[known], kept.losses[known])
        seen = sighting(rule, run.metrics[:end, 4], run.metrics[:end, 1], rows, constant)
        assert (seen.reason is not None) == (end == len(run.metrics))


def test_infinite_losses_end_it():
    run = run_of(Plan(max_epochs=9))
    run.start([0])
    run.add([0.5, 0.5, 0.5], lambda loss: loss, outputs(1), 0.1)
    assert not run.ended
    run.add([np.inf, np.inf, 0.5], lambda loss: loss, np.full(ROWS, np.nan), 0.1)
    assert run.ended
    found = run.finish(0, 1, FIT)
    assert (found.stopped, found.best_epoch) == ("diverged", 0)


@pytest.mark.parametrize("stopping", [EarlyStopping(patience=7), EvidenceStopping()])
def test_it_goes_on_to_the_same_end(tmp_path: Path, stopping: Any):
    plan, save = Plan(stopping=stopping), tmp_path / "checkpoint.npz"
    whole = trained(plan)
    asked = iter([*[False] * 32, True])
    with pytest.raises(Interrupted):
        trained(plan, save=save, interrupted=lambda: next(asked))
    again = trained(plan, save=save)
    for name in ("metrics", "row_losses", "row_epochs", "learning_rate"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
    for name in ("best", "best_epoch", "stopped", "reason"):
        assert getattr(again, name) == getattr(whole, name)


@pytest.mark.parametrize("damage", ["none", "cut off", "of another"])
def test_only_a_checkpoint_of_the_same_training_counts(tmp_path: Path, damage: str):
    save = tmp_path / "checkpoint.npz"
    asked = iter([False, True])
    with pytest.raises(Interrupted):
        trained(Plan(), save=save, interrupted=lambda: next(asked))
    if damage == "cut off":
        save.write_bytes(save.read_bytes()[:-9])
    rows = np.full((ROWS, 1), float(damage == "of another"), np.float32)
    split = Split(rows, LABELS, rows, LABELS)
    started: list[int] = []
    watching = Watching(save=save, on_start=started.append)
    run = EpochRun(split, Plan().for_task(split.task), 0, watching, {"of": "a test"})
    found = run.start([0])
    assert started == [2 if damage == "none" else 0]
    assert (found is None) == (damage != "none")
