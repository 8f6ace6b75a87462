"""Training from end to end: repeatable, interruptible, and true to what it reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun
from fitscope.learners.mlp import evaluation
from fitscope.learners.mlp import train as run
from fitscope.learners.mlp.compiling import epochs_a_call
from fitscope.learners.mlp.evaluation import Rows, evaluate
from fitscope.learners.mlp.forward import fit_forward
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.learners.mlp.words import step_key
from fitscope.learners.streams import WEIGHTS, epoch_order, run_key, stream
from fitscope.stopping.early import EarlyStopping
from fitscope.task import BINARY

EVERYTHING = MLP(4, l2=1e-3, dropout=0.3, batch_norm=True, noise=0.1, mix=0.4, batch_size=8)
PLAN = Plan(batch_size=10, max_epochs=13, learning_rate=0.01, stopping=None)
OVERFITS = MLP(12)
UNTIL = Plan(
    batch_size=10,
    max_epochs=120,
    learning_rate=0.01,
    stopping=EarlyStopping("val_binary_crossentropy", patience=4),
)


@pytest.fixture(autouse=True)
def few_epochs_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several calls of the compiled loop in a short run; the last one is not a full one."""
    monkeypatch.setattr(run, "epochs_a_call", lambda *_: 5)


@pytest.fixture(scope="module")
def noise() -> Split:
    """Rows that hold nothing to learn, so that every model soon overfits."""
    random = np.random.default_rng(5)
    x = random.normal(size=(100, 6)).astype(np.float32)
    y = random.integers(0, 2, 100).astype(np.float32)
    return Split(x[:40], y[:40], x[40:], y[40:])


def same(one: Any, other: Any) -> None:
    """Equal to the last bit, seconds apart."""
    leaves, structure = jax.tree.flatten(one)
    others, other_structure = jax.tree.flatten(other)
    assert structure == other_structure
    for a, b in zip(leaves, others, strict=True):
        np.testing.assert_array_equal(a, b)


def parts(trained: TrainedRun) -> dict[str, Any]:
    return {k: v for k, v in vars(trained).items() if k not in ("seconds", "stopped")}


def same_runs(one: list[TrainedRun], other: list[TrainedRun]) -> None:
    assert [r.stopped for r in one] == [r.stopped for r in other]
    same([parts(r) for r in one], [parts(r) for r in other])


def stop_at(*calls: int) -> Callable[[], bool]:
    """True at these calls, counted from 1."""
    made = iter(range(1, 10**6))
    return lambda: next(made) in calls


def validation(trained: TrainedRun, epoch: int) -> dict[str, float]:
    return dict(zip(BINARY.monitors, trained.metrics[epoch].tolist(), strict=True))


def by_apply(model: MLP, weights: tuple, x: np.ndarray, y: np.ndarray) -> tuple[list, np.ndarray]:
    """Loss, cross-entropy and accuracy through the public model, with Optax and NumPy."""
    params, state = weights
    logits = model.apply(params, x, state)
    losses = np.asarray(optax.sigmoid_binary_cross_entropy(logits, y))
    accuracy = np.mean((np.asarray(logits) > 0) == (y == 1))
    return [losses.mean() + float(model.penalty(params)), losses.mean(), accuracy], losses


# --- the same again -----------------------------------------------------------------------------


@pytest.mark.parametrize("repeats", [(0,), (0, 1, 2)])
def test_the_same_again_is_the_same(split: Split, repeats: tuple[int, ...]):
    first = train(EVERYTHING, PLAN, split, seed=4, repeats=repeats)
    same_runs(first, train(EVERYTHING, PLAN, split, seed=4, repeats=repeats))
    assert [r.repeat for r in first] == list(repeats)
    assert all(len(r.metrics) == 13 and r.stopped == "max epochs" for r in first)


def test_seeds_and_repeats_differ(split: Split):
    runs = [
        train(EVERYTHING, PLAN, split, seed=seed, repeats=[repeat])[0]
        for seed, repeat in ((4, 0), (4, 1), (5, 0))
    ]
    for one, other in pairwise([*runs, runs[0]]):
        assert not np.any(one.metrics[:, 0] == other.metrics[:, 0])


@pytest.mark.parametrize("repeats", [(0,), (0, 1, 2)])
@pytest.mark.parametrize("calls", [(1,), (2,), (1, 2, 3)])
def test_interrupted_and_resumed_is_the_same(
    split: Split, tmp_path: Path, repeats: tuple[int, ...], calls: tuple[int, ...]
):
    whole = train(EVERYTHING, PLAN, split, seed=4, repeats=repeats)
    save = tmp_path / "deep" / "checkpoint.npz"
    seen: list[NewEpochs] = []

    def go_on(interrupted: Callable[[], bool]) -> list[TrainedRun]:
        return train(
            EVERYTHING,
            PLAN,
            split,
            seed=4,
            repeats=repeats,
            save=save,
            on_progress=seen.append,
            interrupted=interrupted,
        )

    for before, now in pairwise((0, *calls)):
        if now < 3:  # 13 epochs take three calls; a stop at the end of the last changes nothing
            with pytest.raises(Interrupted):
                go_on(stop_at(now - before))
        else:
            same_runs(go_on(stop_at(now - before)), whole)
    same_runs(go_on(lambda: False), whole)
    for trained in whole:  # no epoch was told twice, none left out
        mine = [p for p in seen if p.repeat == trained.repeat]
        assert [p.epoch for p in mine] == [0, 5, 10]
        same(np.concatenate([p.metrics for p in mine]), trained.metrics)


@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_any_task_is_resumed_and_trained_side_by_side(split: Split, tmp_path: Path, kind: str):
    parts_of = split.x_train, split.x_validation
    if kind == "multiclass":
        targets = [np.array(["a", "b", "c"])[(x[:, :2] > 0).sum(axis=1)] for x in parts_of]
    else:
        targets = [1_000 + 50 * x[:, 0] * x[:, 1] for x in parts_of]
    rows = Split(split.x_train, targets[0], split.x_validation, targets[1])
    assert rows.task.kind == kind
    save = tmp_path / "checkpoint.npz"
    whole = train(MLP(3), PLAN, rows, repeats=(0, 1))
    with pytest.raises(Interrupted):
        train(MLP(3), PLAN, rows, repeats=(0, 1), save=save, interrupted=stop_at(2))
    same_runs(train(MLP(3), PLAN, rows, repeats=(0, 1), save=save), whole)
    for together in whole:
        (alone,) = train(MLP(3), PLAN, rows, repeats=[together.repeat])
        np.testing.assert_allclose(together.metrics, alone.metrics, rtol=2e-4)
        np.testing.assert_allclose(together.row_losses, alone.row_losses, rtol=1e-2, atol=1e-2)
        assert (together.row_scores is None) == (alone.row_scores is None) == (kind != "multiclass")
        if together.row_scores is not None and alone.row_scores is not None:
            np.testing.assert_array_equal(together.row_scores, alone.row_scores)


def test_a_finished_checkpoint_is_the_finished_run(split: Split, tmp_path: Path):
    save = tmp_path / "checkpoint.npz"
    whole = train(EVERYTHING, PLAN, split, save=save, save_every=0.0)
    seen: list[NewEpochs] = []
    again = train(EVERYTHING, PLAN, split, save=save, on_progress=seen.append)
    same_runs(again, whole)
    assert seen == []
    assert again[0].seconds == whole[0].seconds


def test_interrupted_members_that_stopped_stay_stopped(noise: Split, tmp_path: Path):
    repeats = (0, 1, 2, 3)
    whole = train(OVERFITS, UNTIL, noise, repeats=repeats)
    lengths = [len(r.metrics) for r in whole]
    call = sorted(lengths)[1] // 5 + 1  # some have stopped by then, some have not
    assert min(lengths) < 5 * call < max(lengths)
    save = tmp_path / "checkpoint.npz"
    with pytest.raises(Interrupted):
        train(OVERFITS, UNTIL, noise, repeats=repeats, save=save, interrupted=stop_at(call))
    same_runs(train(OVERFITS, UNTIL, noise, repeats=repeats, save=save), whole)


# --- checkpoints that are no good ---------------------------------------------------------------


def interrupted(model: MLP, split: Split, save: Path) -> None:
    """Leave a checkpoint after five epochs."""
    with pytest.raises(Interrupted):
        train(model, PLAN, split, save=save, interrupted=lambda: True)


def test_a_checkpoint_of_another_training_is_ignored(make_split, split: Split, tmp_path: Path):
    small, longer = MLP(2), Plan(**{**vars(PLAN), "max_epochs": 14})
    interrupted(small, split, tmp_path / "checkpoint.npz")
    others: list[tuple[tuple[MLP, Plan, Split], dict[str, Any]]] = [
        ((small, PLAN, split), {"seed": 1}),
        ((small, PLAN, split), {"repeats": (1,)}),
        ((small, PLAN, make_split(37, 23, seed=8)), {}),
        ((small, longer, split), {}),
    ]
    for what, options in others:
        save = tmp_path / "copy.npz"
        shutil.copy(tmp_path / "checkpoint.npz", save)
        same_runs(train(*what, **options, save=save), train(*what, **options))


def test_a_damaged_checkpoint_is_ignored(split: Split, tmp_path: Path):
    save = tmp_path / "checkpoint.npz"
    interrupted(EVERYTHING, split, save)
    save.write_bytes(save.read_bytes()[:-1])
    same_runs(train(EVERYTHING, PLAN, split, save=save), train(EVERYTHING, PLAN, split))


# --- populations --------------------------------------------------------------------------------


def test_a_population_is_its_single_runs(noise: Split):
    repeats = (3, 0, 1, 2)
    together = train(OVERFITS, UNTIL, noise, seed=1, repeats=repeats)
    lengths = {len(r.metrics) for r in together}
    assert len(lengths) > 1  # they stop by themselves, not all at once
    for one in together:
        (alone,) = train(OVERFITS, UNTIL, noise, seed=1, repeats=[one.repeat])
        assert one.stopped == alone.stopped == "early stopping"
        assert one.best_epoch == alone.best_epoch
        np.testing.assert_array_equal(one.row_epochs, alone.row_epochs)
        for a, b in zip(jax.tree.leaves(parts(one)), jax.tree.leaves(parts(alone)), strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


# --- when it stops ------------------------------------------------------------------------------


def test_early_stopping(noise: Split):
    (found,) = train(OVERFITS, UNTIL, noise)
    watched = found.metrics[:, BINARY.monitors.index("val_binary_crossentropy")]
    assert found.stopped == "early stopping"
    assert found.best_epoch == np.argmin(watched)
    assert len(found.metrics) == found.best_epoch + 4 + 1 < UNTIL.max_epochs


def test_stopping_can_watch_anything(split: Split):
    plan = Plan(
        batch_size=10, learning_rate=0.01, stopping=EarlyStopping("val_accuracy", patience=3)
    )
    (found,) = train(MLP(2), plan, split)
    watched = found.metrics[:, BINARY.monitors.index("val_accuracy")]
    assert found.best_epoch == np.argmax(watched)
    assert len(found.metrics) == found.best_epoch + 3 + 1


def test_no_stopping_rule_trains_to_the_end_and_still_has_a_best_epoch(noise: Split):
    plan = Plan(batch_size=10, max_epochs=430, learning_rate=0.01, stopping=None)
    (found,) = train(OVERFITS, plan, noise)
    watched = found.metrics[:, BINARY.monitors.index("val_binary_crossentropy")]
    assert (found.stopped, len(found.metrics)) == ("max epochs", 430)
    assert found.best_epoch == np.argmin(watched) < 100
    # and of its many epochs' row losses at most 200 are kept, spread over the run
    assert 100 < len(found.row_epochs) == len(found.row_losses) <= 200
    assert {0, found.best_epoch, 429} <= set(found.row_epochs.tolist())
    assert np.diff(found.row_epochs).max() <= 8
    np.testing.assert_allclose(found.row_losses.mean(axis=1), watched[found.row_epochs], rtol=1e-5)


def test_divergence_ends_a_run(split: Split):
    plan = Plan(batch_size=10, learning_rate=3e12, optimizer="sgd", stopping=None)
    (found,) = train(MLP(4, 4), plan, split)
    assert found.stopped == "diverged"
    assert len(found.metrics) < 10
    assert not np.isfinite(found.metrics[-1, 0])
    assert np.all(np.isfinite(found.metrics[:-1, 0]))


def test_a_diverging_member_leaves_the_others_alone():
    """One unit that is dead in some repeats, which nothing can make diverge, and not in others."""
    x, y = np.ones((8, 1), np.float32), np.tile([0, 1, 1, 1], 2).astype(np.float32)
    split = Split(x, y, x, y)
    plan = Plan(batch_size=8, max_epochs=12, learning_rate=1e25, optimizer="sgd", stopping=None)
    together = train(MLP(1, activation="relu"), plan, split, repeats=range(12))
    assert {r.stopped for r in together} == {"diverged", "max epochs"}
    for one in together:
        assert len(one.metrics) == 12 or one.stopped == "diverged"
        assert np.isfinite(one.metrics[-1, 0]) == (one.stopped == "max epochs")
        assert np.all(np.isfinite(one.metrics[:-1, 0]))


# --- what it reports is so ----------------------------------------------------------------------


@pytest.mark.parametrize("repeats", [(0,), (0, 1, 2)])
def test_weights_and_metrics_belong_together(split: Split, repeats: tuple[int, ...]):
    for found in train(EVERYTHING, PLAN, split, repeats=repeats):
        watched = found.metrics[:, BINARY.monitors.index("val_binary_crossentropy")]
        assert found.best_epoch == np.argmin(watched)
        for which, weights, epoch in (
            ("best", found.best, found.best_epoch),
            ("last", found.last, len(found.metrics) - 1),
        ):
            seen, losses = by_apply(EVERYTHING, weights, split.x_validation, split.y_validation)
            np.testing.assert_allclose(found.metrics[epoch, len(BINARY.metrics) :], seen, rtol=2e-5)
            fitted, _ = by_apply(EVERYTHING, weights, split.x_train, split.y_train)
            np.testing.assert_allclose(found.fit[which], fitted, rtol=2e-5)
            at = found.row_epochs.tolist().index(epoch)
            np.testing.assert_allclose(found.row_losses[at], losses, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(
            found.row_losses.mean(axis=1), watched[found.row_epochs], rtol=1e-5
        )
        assert found.row_epochs.tolist() == list(range(13))
        # dropout, noise and mixing were on while it trained
        assert abs(found.metrics[-1, 1] - found.fit["last"][1]) > 1e-3


def test_progress_tells_the_history(noise: Split):
    seen: list[NewEpochs] = []
    (found,) = train(OVERFITS, UNTIL, noise, on_progress=seen.append)
    same(np.concatenate([p.metrics for p in seen]), found.metrics)
    done = 0
    for progress in seen:
        assert progress.epoch == done
        done += len(progress.metrics)
        watched = found.metrics[:done, BINARY.monitors.index("val_binary_crossentropy")]
        assert progress.best_epoch == np.argmin(watched)
        same(progress.best, found.metrics[progress.best_epoch])
    assert all(a.seconds <= b.seconds for a, b in pairwise(seen))
    assert seen[-1].seconds == found.seconds > 0


def test_results_are_plain_arrays(split: Split):
    (found,) = train(EVERYTHING, PLAN, split)
    for leaf in jax.tree.leaves((found.best, found.last, found.fit)):
        assert isinstance(leaf, np.ndarray)
        assert leaf.dtype == np.float32
    history = found.history(BINARY)
    assert list(history) == [*BINARY.monitors, "learning_rate"]
    assert {len(values) for values in history.values()} == {13}


# --- rows and epochs ----------------------------------------------------------------------------


def test_every_row_is_used_once_an_epoch_in_the_order_of_the_epoch():
    """One feature a row: how far its weight has moved shows how often the row was used."""
    rows, batch, rate = 23, 5, 0.01
    x, y = np.eye(rows, dtype=np.float32), np.ones(rows, np.float32)
    split = Split(x, y, x, y)
    plan = Plan(batch_size=batch, max_epochs=3, learning_rate=rate, optimizer="sgd", stopping=None)
    start = MLP().init(rows, stream(0, 0, WEIGHTS))["dense"]["kernel"][:, 0]
    (found,) = train(MLP(), plan, split)
    moved = found.last[0]["dense"]["kernel"][:, 0] - start

    kernel, bias = start.astype(float), 0.0
    for epoch in range(3):
        order = epoch_order(rows, 0, 0, epoch)
        for first in range(0, rows, batch):
            used = order[first : first + batch]  # the last step has three rows
            slope = (1 - 1 / (1 + np.exp(-kernel[used] - bias))) / len(used)
            kernel[used] += rate * slope
            bias += rate * slope.sum()
    np.testing.assert_allclose(moved, kernel - start, rtol=1e-3)
    np.testing.assert_allclose(found.last[0]["dense"]["bias"], [bias], rtol=1e-5)


def test_every_step_of_every_run_has_its_own_dropout_mask():
    """With a learning rate that changes nothing, the loss of an epoch shows its masks."""
    model = MLP(6, dropout=0.5)
    random = np.random.default_rng(2)
    x, y = random.normal(size=(4, 3)).astype(np.float32), np.array([0, 1, 1, 0], np.float32)
    split = Split(x, y, x, y)
    plan = Plan(batch_size=2, max_epochs=9, learning_rate=1e-30, optimizer="sgd", stopping=None)
    for found in train(model, plan, split, seed=3, repeats=(0, 4)):
        weights = model.init(3, stream(3, found.repeat, WEIGHTS))
        forward = jax.jit(partial(fit_forward, model, weights, {}))
        expected = []
        for step in range(18):
            used = epoch_order(4, 3, found.repeat, step // 2)[2 * (step % 2) :][:2]
            key = step_key(jnp.asarray(run_key(3, found.repeat)), jnp.int32(step))
            logits, _ = forward(x[used], key)
            expected.append(optax.sigmoid_binary_cross_entropy(logits, y[used]).mean())
        by_epoch = np.reshape(expected, (9, 2)).mean(axis=1)
        np.testing.assert_allclose(found.metrics[:, 0], by_epoch, rtol=1e-5)
        assert len(set(found.metrics[:, 0].tolist())) == 9


def test_evaluation_in_blocks_is_evaluation(split: Split, monkeypatch: pytest.MonkeyPatch):
    model = MLP(3)
    params, state = model.init(split.features), {}
    rows = Rows(jnp.asarray(split.x_train[:36]), jnp.asarray(split.y_train[:36]))
    objective = Objective(BINARY)
    whole = evaluate(model, objective, params, state, rows)
    for block in (5, 12, 36):  # blocks and some rows, blocks alone, one block
        monkeypatch.setattr(evaluation, "BLOCK", block)
        for a, b in zip(whole, evaluate(model, objective, params, state, rows), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_many_rows(make_split):
    """More rows than are evaluated at once, on both sides."""
    split = make_split(2 * evaluation.BLOCK + 100, 3 * evaluation.BLOCK, features=3)
    plan = Plan(batch_size=20_000, max_epochs=2, learning_rate=0.05, stopping=None)
    (found,) = train(MLP(3), plan, split)
    seen, losses = by_apply(MLP(3), found.last, split.x_validation, split.y_validation)
    np.testing.assert_allclose(found.metrics[-1, 3:], seen, rtol=2e-5)
    np.testing.assert_allclose(found.row_losses[-1], losses, rtol=1e-4, atol=1e-6)
    fitted, _ = by_apply(MLP(3), found.last, split.x_train, split.y_train)
    np.testing.assert_allclose(found.fit["last"], fitted, rtol=2e-5)


def test_calls_are_short_and_small():
    for features, rows, seen, runs in ((28, 10_000, 1_000, 1), (28, 10**7, 10**6, 5), (2, 1, 1, 1)):
        for model in (MLP(), MLP(16), MLP(512, 512, 512, 512)):
            size = epochs_a_call(model.parameters(features), rows, seen, runs)
            assert 1 <= size <= 100
            assert size == 1 or size * runs * (rows + seen) <= 40_000_000


def test_an_optimizer_that_does_not_exist(split: Split):
    with pytest.raises(UserError, match="adamm"):
        train(MLP(2), Plan(optimizer="adamm"), split)
