"""Rows with weights: held against runs without any, repeated rows and closed forms."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.data.split import Split
from fitscope.diagnosis.by_weight import by_weight
from fitscope.errors import UserError
from fitscope.learners.mlp import compiling
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.padded import padded, train_padded
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.stopping.early import EarlyStopping
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task

THREE = MULTICLASS.of("abc")


def rows(task: Task, number: int = 90, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(size=(number, 3)).astype(np.float32)
    y = x[:, 0] + random.normal(size=number)
    if task.kind == "regression":
        return x, 3 * y + 7
    return x, np.digitize(y, [0] if task.kind == "binary" else [-0.7, 0.7]).astype(np.float32)


def split(
    task: Task,
    train_rows: np.ndarray | slice = slice(60),
    weights: np.ndarray | None = None,
    seen: np.ndarray | None = None,
) -> Split:
    x, y = rows(task)
    return Split(
        x[train_rows],
        y[train_rows],
        x[60:],
        y[60:],
        checked=True,
        task=task,
        train_weights=weights,
        validation_weights=seen,
    )


def plan(task: Task, **more: object) -> Plan:
    rule = EarlyStopping(patience=5)
    settings = {"batch_size": 25, "max_epochs": 30, "learning_rate": 1e-2, "stopping": rule}
    return Plan(**{**settings, **more}).for_task(task)


def test_equal_weights_are_no_weights(monkeypatch):
    quickly = compiling.compiler_options(quickly=True)
    monkeypatch.setattr(compiling, "compiler_options", lambda *_: quickly)
    task, model = BINARY, MLP(6, dropout=0.2, batch_norm=True)
    (plain,) = train(model, plan(task), split(task), seed=4)
    equal = split(task, weights=np.ones(60), seen=np.ones(30))
    ours = train_padded(model, plan(task), equal, seed=4)
    assert (len(ours.metrics), ours.best_epoch) == (len(plain.metrics), plain.best_epoch)
    assert ours.stopped == plain.stopped
    scale = plain.metrics[:, [1, 4]].max()
    for mine, theirs in ((ours.metrics, plain.metrics), (ours.row_losses, plain.row_losses)):
        columns = slice(None) if mine.shape[1] == 30 else [0, 1, 3, 4]
        np.testing.assert_allclose(mine[:, columns], theirs[:, columns], atol=5e-3 * scale)
    np.testing.assert_allclose(ours.fit["last"], plain.fit["last"], rtol=1e-3)


def test_a_weight_of_two_is_the_row_twice():
    """In steps of all rows their order does not matter: nothing but rounding is between both."""
    task = BINARY
    counts = np.random.default_rng(1).integers(1, 4, 60).astype(float)
    whole = plan(task, batch_size=10_000)
    repeated = np.repeat(np.arange(60), counts.astype(int))
    seen = np.ones(30)
    model = MLP(5)
    once = train_padded(model, whole, split(task, weights=counts, seen=seen), alpha=0.5)
    often = split(task, repeated, np.ones(len(repeated)), seen)
    twice = train_padded(model, whole, often, alpha=0.5)
    np.testing.assert_allclose(once.metrics, twice.metrics, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(once.fit["best"], twice.fit["best"], rtol=1e-4)


def test_validation_losses_are_weighted():
    task = THREE
    weights = np.random.default_rng(2).uniform(0.1, 3, 30)
    data = split(task, weights=np.ones(60), seen=weights)
    run = train_padded(MLP(5), plan(task), data)
    outputs = MLP(5).predict(run.last, data.x_validation, task)
    losses = task.row_losses(outputs, data.y_validation)
    hits = task.row_scores(outputs, data.y_validation)
    np.testing.assert_allclose(run.metrics[-1, 4], np.average(losses, weights=weights), rtol=1e-5)
    np.testing.assert_allclose(run.metrics[-1, 5], np.average(hits, weights=weights), rtol=1e-5)
    np.testing.assert_allclose(run.row_losses[-1], losses, rtol=1e-4, atol=1e-6)
    means = by_weight(run.row_losses, weights).mean(axis=1)
    np.testing.assert_allclose(run.metrics[run.row_epochs, 4], means, rtol=1e-4)


def test_weighted_ridge_has_its_closed_form():
    """A line by gradient descent ends where weighted least squares with `alpha` has its minimum."""
    x, y = rows(REGRESSION)
    y = (y - y[:60].mean()) / y[:60].std()
    weights = np.random.default_rng(3).uniform(0.2, 2, 60)
    data = Split(
        x[:60],
        y[:60],
        x[60:],
        y[60:],
        checked=True,
        task=REGRESSION,
        train_weights=weights,
        validation_weights=np.ones(30),
    )
    alpha = 12.0
    descent = plan(
        REGRESSION,
        batch_size=60,
        max_epochs=3_000,
        learning_rate=0.1,
        optimizer="sgd",
        stopping=None,
    )
    run = train_padded(MLP(), descent, data, alpha=alpha)
    wide = np.column_stack([x[:60], np.ones(60)]).astype(float)
    # of sum(w (y - x b)^2) + alpha / 2 |b|^2, both over sum(w)
    penalty = np.diag([alpha / 2] * 3 + [0])
    exact = np.linalg.solve(wide.T * weights @ wide + penalty, wide.T @ (weights * y[:60]))
    layer = run.last[0]["dense"]
    found = [*layer["kernel"][:, 0], layer["bias"][0]]
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-5)


def test_programs_are_shared_between_sizes_rates_and_penalties():
    compiled = []

    def count(event: str, duration_secs: float, **kwargs: str | int) -> None:
        del duration_secs, kwargs
        compiled.append(event.endswith("backend_compile_duration"))

    def fit(number: int, rate: float, alpha: float, epochs: int, labels: str) -> None:
        task = MULTICLASS.of(labels)
        x, y = rows(THREE, number)
        data = Split(x[:-40], y[:-40], x[-40:], y[-40:], checked=True, task=task)
        chosen = plan(task, learning_rate=rate, max_epochs=epochs)
        train_padded(MLP(7), chosen, data, alpha=alpha)

    fit(80, 1e-3, 0.1, 4, "abc")
    jax.monitoring.register_event_duration_secs_listener(count)
    try:
        fit(97, 2e-3, 0.2, 6, "xyz")
        assert not any(compiled)
    finally:
        jax.monitoring.unregister_event_duration_listener(count)


@given(st.integers(1, 10**7))
@settings(max_examples=200)
def test_room_for_one_row_more_and_not_for_many(number):
    room = padded(number)
    assert number < room <= max(32, 2 * number, 1.25 * number + 1)
    assert number < 256 or room <= 1.25 * number + 1


def test_rows_are_not_mixed_with_those_that_fill_a_step():
    with pytest.raises(UserError, match="mix"):
        train_padded(MLP(4, mix=0.2), plan(BINARY), split(BINARY))
