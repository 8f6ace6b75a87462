"""The stopping rule against keras.callbacks.EarlyStopping itself."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fitscope.learners.patience import advance, start
from fitscope.stopping.early import EarlyStopping
from fitscope.task import BINARY

LENGTH = 24


def higher(rule: EarlyStopping) -> bool:
    return BINARY.metric(rule.monitor).higher_is_better


class Network:
    """A model whose weights are the number of the epoch."""

    def __init__(self) -> None:
        self.epoch: int | None = None
        self.stop_training = False
        self.restored: int | None = None

    def get_weights(self) -> list:
        return [self.epoch]

    def set_weights(self, weights: list) -> None:
        self.restored = weights[0]


def by_keras(rule: EarlyStopping, values: list[float], restore: bool) -> tuple[list, Any, Network]:
    """(stopped, best epoch, wait) after each epoch until the end, the callback and its model."""
    callback = keras.callbacks.EarlyStopping(
        rule.monitor,
        min_delta=rule.min_delta,
        patience=rule.patience,
        mode="max" if higher(rule) else "min",
        baseline=rule.baseline,
        restore_best_weights=restore,
        start_from_epoch=rule.start_from_epoch,
    )
    network = Network()
    callback.set_model(network)
    callback.on_train_begin()
    seen = []
    for epoch, value in enumerate(values):
        network.epoch = epoch
        # Keras hands callbacks Python floats made of float32 numbers
        callback.on_epoch_end(epoch, {rule.monitor: float(np.float32(value))})
        seen.append((network.stop_training, callback.best_epoch, callback.wait))
        if network.stop_training:
            break
    callback.on_train_end()
    return seen, callback, network


def by_fitscope(rule: EarlyStopping, values: list[float], xp: Any) -> tuple[list, list[int]]:
    """(stopped, best epoch, wait) after each epoch, and the epochs whose weights were kept."""
    state = start(xp)
    seen, kept = [], []
    for epoch, value in enumerate(values):
        now = xp.int32(epoch), xp.float32(value)
        with np.errstate(invalid="ignore"):
            state, keep = advance(rule, state, *now, higher_is_better=higher(rule), xp=xp)
        seen.append((bool(state.stop), int(state.best_epoch), int(state.wait)))
        if keep:
            kept.append(epoch)
        if state.stop:
            break
    return seen, kept


def agree(rule: EarlyStopping, values: list[float]) -> None:
    seen, kept = by_fitscope(rule, values, jnp)
    assert by_fitscope(rule, values, np) == (seen, kept)
    for restore in (False, True):
        theirs, _, network = by_keras(rule, values, restore)
        assert [(stop, wait) for stop, _, wait in seen] == [(s, wait) for s, _, wait in theirs]
        looked = slice(rule.start_from_epoch, None)  # before, Keras has 0 and fitscope the latest
        assert [best for _, best, _ in seen[looked]] == [best for _, best, _ in theirs[looked]]
        if restore:
            # weights kept last are those of the best epoch, and what Keras restores; where it
            # restores nothing (training ended before the first look) those of the last epoch
            final = len(theirs) - 1 if network.restored is None else network.restored
            assert kept[-1] == seen[-1][1] == final


steps = st.integers(-12, 12).map(lambda n: n * 0.05)  # many ties, many differences of min_delta
special = st.sampled_from([float("nan"), float("inf"), float("-inf"), 0.0, -0.0])
values = st.lists(
    st.one_of(steps, steps, st.floats(0, 1, width=32), special), min_size=1, max_size=LENGTH
)
rules = st.builds(
    EarlyStopping,
    monitor=st.sampled_from(["val_loss", "val_accuracy"]),
    patience=st.integers(0, 6),
    min_delta=st.sampled_from([0.0, 0.001, 0.05, 0.1, 0.15, 1.0]),
    start_from_epoch=st.sampled_from([0, 0, 1, 3, 8]),
    baseline=st.sampled_from([None, None, 0.0, 0.3, 0.5]),
)


@settings(max_examples=120, deadline=None)
@given(rule=rules, values=values)
@example(EarlyStopping("val_loss", patience=0), [1.0])
@example(EarlyStopping("val_loss", patience=0), [1.0, 1.0])
@example(EarlyStopping("val_loss", patience=2), [float("nan"), 1.0, 0.5, 0.1])
@example(EarlyStopping("val_loss", patience=2, start_from_epoch=1), [0.0, float("nan"), 0.0, 0.0])
@example(EarlyStopping("val_loss", patience=2, min_delta=0.1), [1.0, 0.9, 0.8, 0.7])
@example(EarlyStopping("val_loss", patience=9, start_from_epoch=5), [3.0, 2.0, 1.0])
@example(EarlyStopping("val_accuracy", patience=1, baseline=0.9), [0.5, 0.6, 0.7, 0.8])
def test_the_rule_is_keras_rule(rule: EarlyStopping, values: list[float]):
    agree(rule, values)


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
@pytest.mark.parametrize("min_delta", [0.1, 0.001])
def test_infinite_values_with_a_min_delta(monitor: str, min_delta: float):
    inf = float("inf")
    for values in ([inf, 1.0, inf], [1.0, inf, 2.0], [1.0, -inf, 2.0], [-inf, 1.0, -inf, 3.0]):
        agree(EarlyStopping(monitor, patience=10, min_delta=min_delta), values)


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
@pytest.mark.parametrize("min_delta", [0.0, 0.001, 0.1, 1 / 3])
def test_the_compiled_rule_decides_as_keras_at_the_edge(monitor: str, min_delta: float):
    """Values that are min_delta apart, give or take a last bit, inside a compiled loop."""
    rule = EarlyStopping(monitor, patience=10**6, min_delta=min_delta)
    sign = 1 if higher(rule) else -1
    random = np.random.default_rng(0)
    values = [np.float32(0.5)]
    while len(values) < 400:
        step = np.float32(values[-1] + sign * random.choice([min_delta, 0.0]))
        for _ in range(random.integers(0, 3)):
            step = np.nextafter(step, np.float32(random.choice([-9, 9])), dtype=np.float32)
        values.append(step if abs(step) < 4 else np.float32(random.random()))

    def epoch(state: Any, now: tuple) -> tuple[Any, Any]:
        state, keep = advance(rule, state, *now, higher_is_better=higher(rule), xp=jnp)
        return state, (keep, state.best_epoch)

    run = jax.jit(lambda v: jax.lax.scan(epoch, start(jnp), (jnp.arange(len(v)), v)))
    _, (keep, best) = run(jnp.asarray(values))
    theirs, _, _ = by_keras(rule, [float(v) for v in values], restore=False)
    assert best.tolist() == [epoch for _, epoch, _ in theirs]
    assert np.flatnonzero(keep).tolist() == sorted({epoch for _, epoch, _ in theirs})


def test_patient_never_stops_and_keeps_the_best():
    rule = EarlyStopping("val_loss", patience=0)
    state = start()
    for epoch, value in enumerate([3.0, 2.0, 5.0, 4.0, 9.0]):
        now = jnp.int32(epoch), jnp.float32(value)
        state, _ = advance(rule, state, *now, higher_is_better=False, patient=True)
    assert not state.stop
    assert int(state.best_epoch) == 1
