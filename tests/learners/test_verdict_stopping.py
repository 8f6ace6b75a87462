"""Stopping on evidence in the compiled engine: the same epochs whatever happens around it."""

from __future__ import annotations

import json
from pathlib import Path

import jax
import numpy as np
import pytest

from fitscope import stopping
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.history import RowLosses
from fitscope.learners.base import Interrupted, TrainedRun
from fitscope.learners.mlp import train as engine
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import moments, sighting
from fitscope.task import BINARY, REGRESSION

WATCHED = BINARY.monitors.index("val_binary_crossentropy")


@pytest.fixture(scope="module")
def noise(make_split) -> Split:
    """Labels that have nothing to do with the features: any fit is overfitting."""
    split = make_split(60, 200)
    labels = np.random.default_rng(1).integers(0, 2, 260).astype(np.float32)
    return Split(split.x_train, labels[:60], split.x_validation, labels[60:])


OVERFITS = MLP(16, 16)
PLAN = Plan(batch_size=20, learning_rate=0.01, stopping=stopping.EvidenceStopping())


def parts(run: TrainedRun) -> tuple:
    return run.metrics, run.best, run.last, run.fit, run.row_epochs, run.row_losses


def same(one: TrainedRun, other: TrainedRun) -> None:
    assert (one.stopped, one.best_epoch, one.reason) == (
        other.stopped,
        other.best_epoch,
        other.reason,
    )
    for a, b in zip(jax.tree.leaves(parts(one)), jax.tree.leaves(parts(other)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_it_stops_where_the_rule_says_with_the_best_weights_so_far(noise: Split):
    (found,) = train(OVERFITS, PLAN, noise)
    assert found.stopped == "early stopping"
    assert found.reason is not None
    assert found.reason["reason"] == "overfit"
    epochs = len(found.metrics)
    assert epochs < 100
    assert epochs in (count for count, _ in zip(moments(), range(50), strict=False))
    assert found.best_epoch == np.argmin(found.metrics[:, WATCHED])
    assert found.reason["epochs_saved"] == found.best_epoch + 201 - epochs
    # the first epochs are those of a run with patience, whose best epoch is the same or later
    (patient,) = train(OVERFITS, Plan(20, 300, learning_rate=0.01), noise)
    np.testing.assert_array_equal(found.metrics, patient.metrics[:epochs])
    # and the rule, asked by hand, agrees at every look
    kept = RowLosses(patient.row_epochs, patient.row_losses)
    for count in moments():
        if count > epochs:
            break
        known = kept.epochs < count
        seen = sighting(
            stopping.EvidenceStopping(),
            found.metrics[:count, WATCHED],
            found.metrics[:count, 1],
            RowLosses(kept.epochs[known], kept.losses[known]),
            noise.task.constant_loss(noise.y_train, noise.y_validation),
        )
        assert (seen.reason is not None) == (count == epochs)


def test_the_number_of_epochs_a_call_changes_nothing(noise: Split, monkeypatch):
    (wanted,) = train(OVERFITS, PLAN, noise)
    for size in (7, 100):
        monkeypatch.setattr(engine, "epochs_a_call", lambda *_, size=size: size)
        (found,) = train(OVERFITS, PLAN, noise)
        same(found, wanted)


@pytest.mark.parametrize("calls", [1, 4, 6])
def test_an_interrupted_run_stops_at_the_same_epoch(noise: Split, tmp_path: Path, calls: int):
    (wanted,) = train(OVERFITS, PLAN, noise)
    asked = iter([*[False] * (calls - 1), True])
    save = tmp_path / "checkpoint.npz"
    with pytest.raises(Interrupted):
        train(OVERFITS, PLAN, noise, save=save, interrupted=lambda: next(asked))
    (found,) = train(OVERFITS, PLAN, noise, save=save)
    same(found, wanted)


def test_members_of_a_population_stop_by_themselves(noise: Split):
    repeats = (0, 1, 2, 3)
    together = train(OVERFITS, PLAN, noise, repeats=repeats)
    assert len({len(run.metrics) for run in together}) > 1
    for run in together:
        (alone,) = train(OVERFITS, PLAN, noise, repeats=[run.repeat])
        assert (len(run.metrics), run.best_epoch) == (len(alone.metrics), alone.best_epoch)
        assert run.reason is not None
        assert alone.reason is not None
        assert run.reason["reason"] == alone.reason["reason"]


def test_patience_is_the_latest_end(make_split):
    rule = stopping.EvidenceStopping(confidence=1 - 1e-9, patience=6)
    plan = Plan(batch_size=20, learning_rate=0.01, stopping=rule)
    split = make_split(60, 40)
    (found,) = train(MLP(3), plan, split)
    same_patience = Plan(batch_size=20, learning_rate=0.01, stopping=EarlyStopping(patience=6))
    (patient,) = train(MLP(3), same_patience, split)
    assert found.reason is not None
    assert found.reason["reason"] == "patience"
    assert found.reason["epochs_saved"] == 0
    np.testing.assert_array_equal(found.metrics, patient.metrics)
    assert patient.reason is None


def test_a_run_that_reaches_its_end_was_not_stopped(noise: Split):
    plan = Plan(
        batch_size=20, max_epochs=12, learning_rate=0.01, stopping=stopping.EvidenceStopping()
    )
    (found,) = train(OVERFITS, plan, noise)
    assert (found.stopped, found.reason, len(found.metrics)) == ("max epochs", None, 12)


def test_other_metrics_can_be_watched(noise: Split):
    rule = stopping.EvidenceStopping(monitor="val_accuracy", worth=0.01, patience=30)
    (found,) = train(OVERFITS, Plan(batch_size=20, learning_rate=0.01, stopping=rule), noise)
    assert found.stopped == "early stopping"
    assert found.best_epoch == np.argmax(found.metrics[:, BINARY.monitors.index("val_accuracy")])


@pytest.mark.parametrize(
    ("monitor", "noise", "reason"),
    [("auto", 2.0, "overfit"), ("val_mean_absolute_error", 0.1, "no gain")],
)
def test_the_units_of_a_target_do_not_matter(monitor: str, noise: float, reason: str):
    random = np.random.default_rng(3)
    x = random.normal(size=(160, 5)).astype(np.float32)
    y = x[:, 0] + noise * random.normal(size=160) + 7.0
    rule = stopping.EvidenceStopping(monitor=monitor, patience=60, worth=0.01)
    plan = Plan(batch_size=20, max_epochs=400, learning_rate=0.01, stopping=rule)
    model = MLP(16) if reason == "overfit" else MLP()
    ends = set()
    for scale in (0.01, 1.0, 1_000.0):
        split = Split(x[:60], scale * y[:60], x[60:], scale * y[60:], task=REGRESSION)
        (found,) = train(model, plan, split)
        assert found.reason is not None
        ends.add((found.stopped, found.reason["reason"], len(found.metrics)))
    (end,) = ends
    assert end[:2] == ("early stopping", reason)


def test_the_plan_survives_json_and_old_plans_are_read():
    plan = Plan(
        stopping=stopping.EvidenceStopping(0.9, np.float32(0.002), np.int64(50), "val_loss", True)
    )
    again = Plan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert again == plan
    assert hash(again) == hash(plan)
    assert isinstance(again.stopping, stopping.EvidenceStopping)
    assert again.as_dict()["stopping"]["rule"] == "verdict"
    old = Plan().as_dict()
    assert "rule" not in old["stopping"]
    assert Plan.from_dict(old).stopping == EarlyStopping()


def test_an_unknown_metric_is_refused():
    with pytest.raises(UserError, match="unknown metric 'val_f1' of a binary task"):
        Plan(stopping=stopping.EvidenceStopping(monitor="val_f1")).for_task(BINARY)
    with pytest.raises(
        UserError, match=r"stopping\.EvidenceStopping\(\.\.\.\) or None, got 'verdict'"
    ):
        Plan(stopping="verdict")  # pyright: ignore[reportArgumentType]
