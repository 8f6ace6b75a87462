"""Whole trainings against `keras.Model.fit` on the same rows in the same order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
from learners.conftest import with_care
from learners.keras_twin import give, take, twin

from fitscope.data.split import Split
from fitscope.learners.base import TrainedRun
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.mlp.train import train
from fitscope.learners.streams import WEIGHTS, epoch_order, stream
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task

SEED, REPEAT, EPOCHS = 11, 2, 6
CLOSE: dict[str, Any] = {"rtol": 1e-4, "atol": 1e-5}


def decayed_adam(steps: int, _: keras.Sequential) -> keras.optimizers.Optimizer:
    schedule = keras.optimizers.schedules.InverseTimeDecay(0.02, 2 * steps, 1.0)
    return keras.optimizers.Adam(schedule, epsilon=1e-7)


def decoupled(_: int, network: keras.Sequential) -> keras.optimizers.Optimizer:
    """Keras' AdamW, which decays the hidden kernels alone, or the only one."""
    made = keras.optimizers.AdamW(0.02, weight_decay=0.3, epsilon=1e-7)
    hidden = {id(layer.kernel) for layer in network.layers[:-1] or network.layers}
    made.exclude_from_weight_decay(
        var_list=[v for v in network.trainable_variables if id(v) not in hidden]
    )
    return made


class Case(NamedTuple):
    model: MLP
    plan: Plan
    optimizer: Callable[[int, keras.Sequential], keras.optimizers.Optimizer]
    task: Task = BINARY
    careful: bool = False  # compiled as users have it, which takes a second more


ADAM = {"learning_rate": inverse_time_decay(0.02, decay_epochs=2), "max_epochs": EPOCHS}
SGD = {
    "learning_rate": 0.2,
    "max_epochs": EPOCHS,
    "optimizer": "sgd",
    "optimizer_options": {"momentum": 0.8},
}
CASES = {
    "L1 and L2, a smaller last batch": Case(
        MLP(8, 4, l1=2e-3, l2=1e-2),
        Plan(batch_size=10, stopping=None, **ADAM),
        decayed_adam,
        careful=True,
    ),
    "decoupled weight decay, a batch larger than the rows": Case(
        MLP(6, activation="relu", weight_decay=0.3),
        Plan(batch_size=64, stopping=None, learning_rate=0.02, max_epochs=EPOCHS),
        decoupled,
    ),
    "a batch size of its own, a smaller last batch": Case(
        MLP(8, 4, batch_size=10), Plan(batch_size=64, stopping=None, **ADAM), decayed_adam
    ),
    "a linear model with L1, L2": Case(
        MLP(l1=2e-3, l2=1e-2), Plan(batch_size=10, stopping=None, **ADAM), decayed_adam
    ),
    "a linear model with decoupled weight decay": Case(
        MLP(weight_decay=0.3),
        Plan(batch_size=10, stopping=None, learning_rate=0.02, max_epochs=EPOCHS),
        decoupled,
    ),
    "batch normalization, full batches, momentum": Case(
        MLP(5, batch_norm=True, l2=1e-2, activation="tanh"),
        Plan(batch_size=23, stopping=None, **SGD),
        lambda *_: keras.optimizers.SGD(0.2, momentum=0.8),
        careful=True,
    ),
    "three labels": Case(
        MLP(8, 4, l2=1e-2),
        Plan(batch_size=10, stopping=None, **ADAM),
        decayed_adam,
        MULTICLASS,
    ),
    "three labels, a wide layer": Case(
        MLP(300, batch_norm=True),
        Plan(batch_size=23, stopping=None, **{**SGD, "learning_rate": 0.05}),
        lambda *_: keras.optimizers.SGD(0.05, momentum=0.8),
        MULTICLASS,
        careful=True,
    ),
    "a number": Case(
        MLP(8, 4, l2=1e-2),
        Plan(batch_size=10, stopping=None, **ADAM),
        decayed_adam,
        REGRESSION,
        careful=True,
    ),
}
LOSSES = {
    "binary": keras.losses.BinaryCrossentropy(from_logits=True),
    "multiclass": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "regression": keras.losses.MeanSquaredError(),
}


def metrics(task: Task) -> list[keras.metrics.Metric]:
    return {
        "binary": lambda: [
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0, name="accuracy"),
        ],
        "multiclass": lambda: [
            keras.metrics.SparseCategoricalCrossentropy(from_logits=True),
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
        ],
        "regression": lambda: [
            keras.metrics.MeanSquaredError(),
            keras.metrics.MeanAbsoluteError(),
        ],
    }[task.kind]()


def rows_of(task: Task, make_split: Callable[..., Split]) -> Split:
    """Rows with a target of that task; numbers far from 0 and wide, as targets are."""
    split = make_split(46, 23)
    x = np.concatenate([split.x_train, split.x_validation])
    y: Any = np.concatenate([split.y_train, split.y_validation])
    if task.kind == "multiclass":
        y = np.array(["low", "mid", "top"])[(y + (x[:, 1] > 0)).astype(int)]
    elif task.kind == "regression":
        y = 5_000 + 300 * (x[:, 0] + x[:, 1] ** 2 + y)
    found = Split(x[:46], y[:46], x[46:], y[46:])
    assert found.task.kind == task.kind
    return found


def in_own_units(task: Task, columns: dict[str, Any], deviation: float) -> dict[str, Any]:
    """What a network says that has learnt scaled targets, told in the targets' own units."""
    if task.kind != "regression":
        return columns
    powers = {"learning_rate": 0, task.score.name: 1, f"val_{task.score.name}": 1}
    return {name: np.array(x) * deviation ** powers.get(name, 2) for name, x in columns.items()}


def by_keras(case: Case, split: Split) -> tuple[dict[str, Any], keras.Sequential]:
    model, plan, optimizer, *_ = case
    task, rows = split.task, len(split.y_train)
    mean, deviation = scale(split)
    y, y_validation = (
        ((each - mean) / deviation)[:, None] for each in (split.y_train, split.y_validation)
    )
    network = give(
        twin(model, split.features, task.outputs),
        model.init(split.features, stream(SEED, REPEAT, WEIGHTS), task.outputs),
        model.init_state(),
    )
    network.compile(
        optimizer=optimizer(-(-rows // model.batch(plan, rows)), network),
        loss=LOSSES[task.kind],
        metrics=metrics(task),
    )
    history: dict[str, list[float]] = {}
    for epoch in range(EPOCHS):
        order = epoch_order(rows, SEED, REPEAT, epoch)
        fitted = network.fit(
            split.x_train[order],
            y[order],
            batch_size=model.batch(plan, rows),
            shuffle=False,
            validation_data=(split.x_validation, y_validation),
            verbose=0,
        )
        rate = float(np.asarray(network.optimizer.learning_rate))
        for name, (value,) in {**fitted.history, "learning_rate": [rate]}.items():
            history.setdefault(name, []).append(value)
    return in_own_units(task, history, deviation), network


def scale(split: Split) -> tuple[float, float]:
    """Mean and standard deviation by which a regression is trained; 0 and 1 for classes."""
    if split.task.kind == "regression":
        return float(split.y_train.mean()), float(split.y_train.std())
    return 0.0, 1.0


@pytest.fixture(scope="module", params=CASES, ids=str)
def both(
    request: pytest.FixtureRequest,
    make_split: Callable[..., Split],
) -> tuple[Case, Split, TrainedRun, dict[str, list[float]], keras.Sequential]:
    case = CASES[request.param]
    split = rows_of(case.task, make_split)
    with with_care() if case.careful else nullcontext():
        (mine,) = train(case.model, case.plan, split, seed=SEED, repeats=[REPEAT])
    return (case, split, mine, *by_keras(case, split))


def test_the_history_is_keras_history(both):
    _, split, mine, history, _ = both
    columns = mine.history(split.task)
    assert set(columns) == set(history)
    for name, values in columns.items():
        np.testing.assert_allclose(values, history[name], **CLOSE, err_msg=name)
    moved = columns["loss"][0] - columns["loss"][-1]
    assert abs(moved) > 100 * CLOSE["rtol"]  # something has been learnt, so something compared


def test_the_weights_are_keras_weights(both):
    case, split, mine, _, network = both
    mean, deviation = scale(split)
    last = network.layers[-1]
    kernel, bias = (np.asarray(x) for x in last.get_weights())
    last.set_weights([kernel * deviation, bias * deviation + mean])  # gives values in own units
    for part, theirs in zip(mine.last, take(network), strict=True):
        assert set(part) == set(theirs)
        for layer, values in part.items():
            for name, value in values.items():
                np.testing.assert_allclose(
                    value,
                    theirs[layer][name],
                    rtol=1e-3,
                    atol=2e-5 * deviation,
                    err_msg=f"{layer} {name}",
                )
    values = network.predict(split.x_validation, verbose=0)
    outputs = case.model.predict(mine.last, split.x_validation, split.task)
    np.testing.assert_allclose(outputs, values.reshape(outputs.shape), rtol=1e-3, atol=1e-4)
    last.set_weights([kernel, bias])


def test_metrics_with_dropout_off_are_keras_evaluation(both):
    _, split, mine, _, network = both
    mean, deviation = scale(split)
    y = ((split.y_train - mean) / deviation)[:, None]
    found = network.evaluate(split.x_train, y, batch_size=23, verbose=0, return_dict=True)
    wanted = in_own_units(split.task, found, deviation)
    np.testing.assert_allclose(
        mine.fit["last"], [wanted[name] for name in split.task.metrics], **CLOSE
    )


def test_rows_and_stored_weights_tell_the_same(both):
    """Row losses and scores by the task's own formulas, from what the stored weights predict."""
    case, split, mine, _, _ = both
    task, y = split.task, split.y_validation
    outputs = case.model.predict(mine.last, split.x_validation, task)
    losses, scores = task.row_losses(outputs, y), task.row_scores(outputs, y)
    np.testing.assert_allclose(mine.row_losses[-1], losses, rtol=5e-3, atol=1e-5 * losses.max())
    np.testing.assert_allclose(mine.metrics[-1, 4:], [losses.mean(), scores.mean()], rtol=1e-3)
    if task.kind == "multiclass":
        assert mine.row_scores is not None
        np.testing.assert_array_equal(mine.row_scores[-1], scores)
    else:
        assert mine.row_scores is None


def test_metrics_by_definition():
    """On logits of all sizes, labels of both kinds; and logits of exactly 0, which count as 0."""
    from fitscope.learners.mlp.objective import Objective

    binary = Objective(BINARY)
    random = np.random.default_rng(0)
    logits = np.concatenate(
        [[0, -0.0, 0, 1e-30, -1e-30, 0.4, 90, -90, 200], random.normal(0, 3, 500)]
    )
    logits = logits.astype(np.float32)
    labels = np.concatenate([[0, 1, 1, 1, 1, 0, 0, 1, 1], random.integers(0, 2, 500)])
    labels = labels.astype(np.float32)
    entropy = keras.metrics.BinaryCrossentropy(from_logits=True)
    accuracy = keras.metrics.BinaryAccuracy(threshold=0)
    assert float(binary.losses(logits, labels).mean()) == pytest.approx(
        float(entropy(labels[:, None], logits[:, None])), rel=1e-6
    )
    assert float(binary.scores(logits, labels).mean()) == pytest.approx(
        float(accuracy(labels[:, None], logits[:, None])), abs=1e-7
    )
    each = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)
    np.testing.assert_allclose(
        binary.losses(logits, labels), each(labels[:, None], logits[:, None]), rtol=1e-6, atol=1e-7
    )
