"""Whole trainings against `keras.Model.fit` on the same rows in the same order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
from fitscope.learners.mlp.metrics import METRICS, MONITORS
from learners.keras_twin import give, take, twin

from fitscope.data.split import Split
from fitscope.learners.base import TrainedRun
from fitscope.learners.mlp.description import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.mlp.train import train
from fitscope.learners.streams import WEIGHTS, epoch_order, stream
from fitscope.task import BINARY

SEED, REPEAT, EPOCHS = 11, 2, 6
CLOSE: dict[str, Any] = {"rtol": 1e-4, "atol": 1e-5}


def decayed_adam(steps: int, _: keras.Sequential) -> keras.optimizers.Optimizer:
    schedule = keras.optimizers.schedules.InverseTimeDecay(0.02, 2 * steps, 1.0)
    return keras.optimizers.Adam(schedule, epsilon=1e-7)


def decoupled(_: int, network: keras.Sequential) -> keras.optimizers.Optimizer:
    """Keras' AdamW, which decays the hidden kernels alone."""
    made = keras.optimizers.AdamW(0.02, weight_decay=0.3, epsilon=1e-7)
    hidden = {id(layer.kernel) for layer in network.layers[:-1]}
    made.exclude_from_weight_decay(
        var_list=[v for v in network.trainable_variables if id(v) not in hidden]
    )
    return made


class Case(NamedTuple):
    model: MLP
    plan: Plan
    optimizer: Callable[[int, keras.Sequential], keras.optimizers.Optimizer]


ADAM = {"learning_rate": inverse_time_decay(0.02, decay_epochs=2), "max_epochs": EPOCHS}
SGD = {
    "learning_rate": 0.2,
    "max_epochs": EPOCHS,
    "optimizer": "sgd",
    "optimizer_options": {"momentum": 0.8},
}
CASES = {
    "L1 and L2, a smaller last batch": Case(
        MLP(8, 4, l1=2e-3, l2=1e-2), Plan(batch_size=10, stopping=None, **ADAM), decayed_adam
    ),
    "decoupled weight decay, a batch larger than the rows": Case(
        MLP(6, activation="relu", weight_decay=0.3),
        Plan(batch_size=64, stopping=None, learning_rate=0.02, max_epochs=EPOCHS),
        decoupled,
    ),
    "batch normalization, full batches, momentum": Case(
        MLP(5, batch_norm=True, l2=1e-2, activation="tanh"),
        Plan(batch_size=23, stopping=None, **SGD),
        lambda *_: keras.optimizers.SGD(0.2, momentum=0.8),
    ),
}


def by_keras(case: Case, split: Split) -> tuple[dict[str, list[float]], keras.Sequential]:
    model, plan, optimizer = case
    rows = len(split.y_train)
    network = give(
        twin(model, split.features),
        model.init(split.features, stream(SEED, REPEAT, WEIGHTS)),
        model.init_state(),
    )
    network.compile(
        optimizer=optimizer(plan.steps_per_epoch(rows), network),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0, name="accuracy"),
        ],
    )
    history: dict[str, list[float]] = {}
    for epoch in range(EPOCHS):
        order = epoch_order(rows, SEED, REPEAT, epoch)
        fitted = network.fit(
            split.x_train[order],
            split.y_train[order, None],
            batch_size=plan.batch_size,
            shuffle=False,
            validation_data=(split.x_validation, split.y_validation[:, None]),
            verbose=0,
        )
        rate = float(np.asarray(network.optimizer.learning_rate))
        for name, (value,) in {**fitted.history, "learning_rate": [rate]}.items():
            history.setdefault(name, []).append(value)
    return history, network


@pytest.fixture(scope="module", params=CASES, ids=str)
def both(
    request: pytest.FixtureRequest, make_split: Callable[..., Split]
) -> tuple[Case, Split, TrainedRun, dict[str, list[float]], keras.Sequential]:
    case = CASES[request.param]
    split = make_split(46, 23)
    (mine,) = train(case.model, case.plan, split, seed=SEED, repeats=[REPEAT])
    return (case, split, mine, *by_keras(case, split))


def test_the_history_is_keras_history(both):
    _, _, mine, history, _ = both
    columns = mine.history(BINARY)
    assert set(columns) == set(history)
    for name, values in columns.items():
        np.testing.assert_allclose(values, history[name], **CLOSE, err_msg=name)
    moved = columns["loss"][0] - columns["loss"][-1]
    assert abs(moved) > 100 * CLOSE["rtol"]  # something has been learnt, so something compared


def test_the_weights_are_keras_weights(both):
    _, _, mine, _, network = both
    for part, theirs in zip(mine.last, take(network), strict=True):
        assert set(part) == set(theirs)
        for layer, values in part.items():
            for name, value in values.items():
                np.testing.assert_allclose(
                    value, theirs[layer][name], rtol=1e-3, atol=2e-5, err_msg=f"{layer} {name}"
                )


def test_metrics_with_dropout_off_are_keras_evaluation(both):
    _, split, mine, _, network = both
    found = network.evaluate(
        split.x_train, split.y_train[:, None], batch_size=23, verbose=0, return_dict=True
    )
    np.testing.assert_allclose(mine.fit["last"], [found[name] for name in METRICS], **CLOSE)


def test_metrics_by_definition():
    """On logits of all sizes, labels of both kinds; and logits of exactly 0, which count as 0."""
    from fitscope.learners.mlp.engine import crossentropies, hit

    random = np.random.default_rng(0)
    logits = np.concatenate(
        [[0, -0.0, 0, 1e-30, -1e-30, 0.4, 90, -90, 200], random.normal(0, 3, 500)]
    )
    logits = logits.astype(np.float32)
    labels = np.concatenate([[0, 1, 1, 1, 1, 0, 0, 1, 1], random.integers(0, 2, 500)])
    labels = labels.astype(np.float32)
    entropy = keras.metrics.BinaryCrossentropy(from_logits=True)
    accuracy = keras.metrics.BinaryAccuracy(threshold=0)
    assert float(crossentropies(logits, labels).mean()) == pytest.approx(
        float(entropy(labels[:, None], logits[:, None])), rel=1e-6
    )
    assert float(hit(logits, labels).mean()) == pytest.approx(
        float(accuracy(labels[:, None], logits[:, None])), abs=1e-7
    )
    each = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)
    np.testing.assert_allclose(
        crossentropies(logits, labels), each(labels[:, None], logits[:, None]), rtol=1e-6, atol=1e-7
    )


def test_monitors_are_the_columns():
    assert (*METRICS, *(f"val_{name}" for name in METRICS)) == MONITORS
