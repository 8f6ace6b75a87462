"""Rows that are read while a network trains on them: the same training, rows in another order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.data.split import Split
from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun, Watching
from fitscope.learners.mlp import portions, streamed
from fitscope.learners.mlp import train as in_memory
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.portions import Portions, portion_pieces
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.mlp.streamed import is_streamed, train_streamed
from fitscope.learners.mlp.train import train
from fitscope.learners.streams import ORDER, stream
from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import EvidenceStopping

EVERYTHING = MLP(4, l1=1e-3, l2=1e-3, weight_decay=0.1, dropout=0.3, batch_norm=True, noise=0.1)
PLAINER = MLP(4, l2=1e-3)
SEED, REPEAT, BATCH, SIZE = 4, 2, 10, 30
PLAN = Plan(
    batch_size=BATCH,
    max_epochs=5,
    learning_rate=inverse_time_decay(0.01, decay_epochs=2),
    stopping=None,
)


@pytest.fixture(autouse=True)
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four portions of three steps, blocks of 7 rows, 11 rows evaluated at once.

    97 training rows and 53 validation ones end with 9 evaluated at once, so that they share two
    programs.
    """
    monkeypatch.setattr(portions, "BLOCK", 7)
    monkeypatch.setattr(portions, "PORTION", 4 * 5 * (SIZE + 5))
    monkeypatch.setattr(streamed, "SLICE", 11)


def rows_of(kind: str, weighted: bool, folder: Path) -> Split:
    """Simulated rows of 5 features, 97 to train on, in files that are mapped."""
    random = np.random.default_rng(3)
    x = random.normal(size=(150, 5)).astype(np.float32)
    value = 1_000 + 50 * x[:, 0] * x[:, 1] + random.normal(size=150)
    y = {
        "binary": (value > 1_000).astype(np.float32),
        "multiclass": np.array(["a", "b", "c"])[(x[:, :2] > 0).sum(axis=1)],
        "regression": value,
    }[kind]
    weights: Any = random.integers(1, 4, 150) if weighted else [None] * 150
    counts = {"train_weights": weights[53:], "validation_weights": weights[:53]} if weighted else {}
    np.save(folder / "x.npy", x)
    mapped = np.load(folder / "x.npy", mmap_mode="r")
    return Split(mapped[53:], y[53:], mapped[:53], y[:53], task=kind, **counts)


def streamed_run(split: Split, plan: Plan = PLAN, model: MLP = PLAINER, **watching) -> TrainedRun:
    return train_streamed(
        *(model, plan, split),
        seed=SEED,
        repeat=REPEAT,
        repeats=(REPEAT,),
        watching=Watching(**watching),
    )


def order_of_portions(rows: int, seed: int, repeat: int, epoch: int) -> np.ndarray:
    """The order of an epoch's rows as the portions have it."""
    found = []
    for number, pieces in enumerate(portion_pieces(rows, SIZE, seed, repeat, epoch)):
        places = np.concatenate([np.arange(piece.start, piece.stop) for piece in pieces])
        random = np.random.default_rng(stream(seed, repeat, ORDER, epoch, number))
        found.append(places[random.permutation(len(places))])
    return np.concatenate(found).astype(np.int32)


@pytest.mark.parametrize(
    ("kind", "weighted"), [("binary", False), ("multiclass", False), ("regression", True)]
)
def test_it_is_the_training_in_memory_with_rows_in_another_order(
    kind: str, weighted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    split = rows_of(kind, weighted, tmp_path)
    model = EVERYTHING if kind == "binary" else PLAINER
    found = streamed_run(split, model=model)
    monkeypatch.setattr(in_memory, "epoch_order", order_of_portions)
    (wanted,) = train(model, PLAN, split, seed=SEED, repeats=[REPEAT])
    assert found.metrics.dtype == wanted.metrics.dtype
    np.testing.assert_allclose(found.metrics, wanted.metrics, rtol=5e-4)
    np.testing.assert_allclose(found.row_losses, wanted.row_losses, rtol=2e-3, atol=1e-3)
    assert (found.row_scores is None) == (wanted.row_scores is None)
    assert found.best_epoch == wanted.best_epoch
    np.testing.assert_allclose(found.learning_rate, wanted.learning_rate)
    for which in ("best", "last"):
        np.testing.assert_allclose(found.fit[which], wanted.fit[which], rtol=1e-4)
        pair = getattr(found, which), getattr(wanted, which)
        for a, b in zip(*map(jax.tree.leaves, pair), strict=True):
            # a bias before batch normalization has no gradient but rounding, which Adam scales up
            np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-3)


def test_mixing_within_steps_of_one_portion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(portions, "PORTION", 2**25)
    monkeypatch.setitem(globals(), "SIZE", 97)
    split, mixing = rows_of("binary", False, tmp_path), MLP(4, mix=0.4, batch_size=8)
    found = streamed_run(split, model=mixing)
    monkeypatch.setattr(in_memory, "epoch_order", order_of_portions)
    (wanted,) = train(mixing, PLAN, split, seed=SEED, repeats=[REPEAT])
    np.testing.assert_allclose(found.metrics, wanted.metrics, rtol=1e-4)


def same_runs(one: TrainedRun, other: TrainedRun) -> None:
    """Equal to the last bit, seconds apart."""
    parts = [{k: v for k, v in vars(run).items() if k != "seconds"} for run in (one, other)]
    leaves, structure = jax.tree.flatten(parts[0])
    others, other_structure = jax.tree.flatten(parts[1])
    assert structure == other_structure
    for a, b in zip(leaves, others, strict=True):
        np.testing.assert_array_equal(a, b)


def stop_at(*calls: int) -> Callable[[], bool]:
    """True at these calls, counted from 1."""
    made = iter(range(1, 10**6))
    return lambda: next(made) in calls


def test_interrupted_after_any_portion_and_resumed_is_the_same(tmp_path: Path):
    split, plan = rows_of("regression", True, tmp_path), Plan(**{**vars(PLAN), "max_epochs": 2})
    whole = streamed_run(split, plan)
    for call in range(1, 8):  # of two epochs with four portions each, the last of which ends it
        save, seen = tmp_path / f"{call}.npz", []
        with pytest.raises(Interrupted):
            streamed_run(split, plan, save=save, interrupted=stop_at(call))
        started: list[int] = []
        again = streamed_run(
            split, plan, save=save, on_start=started.append, on_progress=seen.append
        )
        same_runs(again, whole)
        assert started == [call // 4]
        told = np.concatenate([new.metrics for new in seen])
        np.testing.assert_array_equal(told, whole.metrics)


def test_several_interruptions_and_a_rule_that_stops(tmp_path: Path):
    split = rows_of("binary", False, tmp_path)
    plan = Plan(
        batch_size=BATCH,
        max_epochs=200,
        learning_rate=0.05,
        stopping=EarlyStopping("val_binary_crossentropy", patience=3),
    )
    model, save = MLP(16, 16), tmp_path / "checkpoint.npz"
    whole = streamed_run(split, plan, model)
    watched = whole.metrics[:, 4]
    assert whole.stopped == "early stopping"
    assert whole.best_epoch == np.argmin(watched) == len(watched) - 4
    for call in (3, 6, 1):
        with pytest.raises(Interrupted):
            streamed_run(split, plan, model, save=save, interrupted=stop_at(call))
    same_runs(streamed_run(split, plan, model, save=save), whole)
    evidence = Plan(**{**vars(plan), "stopping": EvidenceStopping(patience=10)})
    assert streamed_run(split, evidence, model).reason is not None


def test_other_seeds_repeats_and_epochs_have_other_orders():
    orders = [
        order_of_portions(97, *which).tolist()
        for which in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))
    ]
    for one in orders:
        assert sorted(one) == list(range(97))
        assert sum(one == other for other in orders) == 1


@given(
    rows=st.integers(1, 5_000),
    size=st.integers(1, 3_000),
    block=st.integers(1, 1_500),
    seed=st.integers(0, 3),
)
def test_portions_hold_every_row_once(rows: int, size: int, block: int, seed: int):
    before, portions.BLOCK = portions.BLOCK, block
    try:
        found = portion_pieces(rows, size, seed, 0, 0)
    finally:
        portions.BLOCK = before
    counts = [sum(piece.stop - piece.start for piece in pieces) for pieces in found]
    assert counts[:-1] == [size] * (len(counts) - 1)
    assert 0 < counts[-1] <= size
    places = np.concatenate([np.arange(p.start, p.stop) for pieces in found for p in pieces])
    assert sorted(places.tolist()) == list(range(rows))


@pytest.mark.parametrize("order", ["C", "F"])
def test_portions_hold_the_rows_of_the_file(order: Any, tmp_path: Path):
    """Row after row, or column after column as the copy of HIGGS is."""
    split = rows_of("multiclass", True, tmp_path)
    np.save(tmp_path / "other.npy", np.array(split.x_train, order=order))
    x = np.load(tmp_path / "other.npy", mmap_mode="r")
    assert x.flags.f_contiguous == (order == "F")
    split = split.trained_on(x, split.y_train, split.train_weights, "")
    weights = split.train_weights
    assert weights is not None
    made = Portions(split, Objective.of(split), BATCH, SEED, REPEAT)
    assert len(made) == 4
    for first in (0, 2):
        for number, portion in enumerate(made.epoch(1, first), first):
            pieces = portion_pieces(97, SIZE, SEED, REPEAT, 1)[number]
            places = np.concatenate([np.arange(piece.start, piece.stop) for piece in pieces])
            np.testing.assert_array_equal(portion.x, x[places])
            np.testing.assert_array_equal(portion.y, split.y_train[places])
            mean = weights.mean()
            np.testing.assert_array_equal(portion.weights, (weights[places] / mean).astype("f4"))
            assert sorted(portion.order.tolist()) == list(range(len(places)))
            assert portion.x.ctypes.data % portions.ALIGNED == 0


def test_small_tables_are_not_streamed_and_large_ones_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    split = rows_of("binary", False, tmp_path)
    assert not is_streamed(split)
    seen: list[NewEpochs] = []
    options: dict[str, Any] = {"seed": SEED, "repeats": [REPEAT, 5]}
    watching = Watching(on_progress=seen.append)
    alike = train(PLAINER, PLAN, split, seed=SEED, repeats=[REPEAT])
    same_runs(PLAINER.fit(split, PLAN, seed=SEED, repeats=[REPEAT], watching=watching)[0], *alike)
    monkeypatch.setattr(streamed, "LARGE", 4 * 5 * 150 - 1)
    assert is_streamed(split)
    runs = PLAINER.fit(split, PLAN, **options, watching=watching)
    same_runs(runs[0], streamed_run(split))
    assert [run.repeat for run in runs] == [REPEAT, 5]
