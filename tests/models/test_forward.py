"""Logits, penalties and gradients against the same network in Keras."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from keras_twin import give, take, twin

from fitscope.models.activations import ACTIVATIONS, activation
from fitscope.models.forward import fit_forward, penalty, predict
from fitscope.models.mlp import MLP, Params, State
from fitscope.training.epochs import crossentropies

FEATURES, ROWS = 7, 33
KEY = jnp.array([1, 2], jnp.uint32)
CLOSE: dict[str, Any] = {"rtol": 3e-5, "atol": 2e-6}


def weights(model: MLP, seed: int) -> tuple[Params, State]:
    """Weights away from where they start: biases and moving averages that are not 0 or 1."""
    random = np.random.default_rng(seed)

    def moved(part: dict) -> dict:
        return {
            layer: {
                name: (value + random.uniform(0.05, 0.4, value.shape)).astype(np.float32)
                for name, value in values.items()
            }
            for layer, values in part.items()
        }

    return moved(model.init(FEATURES, seed)), moved(model.init_state())


def rows(seed: int, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = scale * random.normal(size=(ROWS, FEATURES))
    return x.astype(np.float32), random.integers(0, 2, ROWS).astype(np.float32)


def keras_loss(network: keras.Sequential, x: np.ndarray, y: np.ndarray) -> tuple[Any, Any, Any]:
    """Loss with penalties in training mode, its gradients, and the new moving averages."""
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def loss(trainable: list) -> tuple[jax.Array, Any]:
        still = [variable.value for variable in network.non_trainable_variables]
        logits, moved, losses = network.stateless_call(
            trainable, still, x, training=True, return_losses=True
        )
        return entropy(y[:, None], logits) + sum(losses), moved

    trainable = [variable.value for variable in network.trainable_variables]
    (value, moved), gradients = jax.jit(jax.value_and_grad(loss, has_aux=True))(trainable)
    return value, gradients, moved


def same(mine: dict, theirs: dict) -> None:
    assert {n: set(v) for n, v in mine.items()} == {n: set(v) for n, v in theirs.items()}
    for layer, values in mine.items():
        for name, value in values.items():
            np.testing.assert_allclose(value, theirs[layer][name], **CLOSE, err_msg=f"{layer} {name}")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_and_its_slope(name: str):
    at = np.array([-200, -30, -3, -1, -1e-3, -1e-7, 0, 1e-7, 1e-3, 0.5, 1, 3, 30, 200], np.float32)
    theirs = keras.activations.get(name)
    np.testing.assert_allclose(activation(name)(at), theirs(at), rtol=1e-6, atol=1.5e-7)
    mine, other = (jax.jit(jax.vmap(jax.grad(f)))(at) for f in (activation(name), theirs))
    np.testing.assert_allclose(mine, other, rtol=1e-6, atol=2e-7)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_logits_loss_and_gradients(name: str, batch_norm: bool):
    seed = ACTIVATIONS.index(name)
    l1, l2 = [(0.0, 0.0), (0.02, 0.0), (0.0, 0.03), (0.02, 0.03)][seed % 4]
    model = MLP(6, 4, activation=name, l1=l1, l2=l2, batch_norm=batch_norm)
    params, state = weights(model, seed)
    network = give(twin(model, FEATURES), params, state)
    x, y = rows(seed, scale=4.0 if seed % 2 else 1.0)

    np.testing.assert_allclose(model.apply(params, x, state), network(x)[:, 0], **CLOSE)

    def loss(params: Params) -> tuple[jax.Array, State]:
        logits, moved = fit_forward(model, params, state, x, KEY)
        return crossentropies(logits, y).mean() + penalty(model, params), moved

    (value, moved), gradients = jax.jit(jax.value_and_grad(loss, has_aux=True))(params)
    their_value, their_gradients, their_moved = keras_loss(network, x, y)
    np.testing.assert_allclose(value, their_value, **CLOSE)

    for variable, gradient in zip(network.trainable_variables, their_gradients, strict=True):
        variable.assign(gradient)
    for variable, average in zip(network.non_trainable_variables, their_moved, strict=True):
        variable.assign(average)
    theirs = take(network)
    same(gradients, theirs[0])
    same(moved, theirs[1])


def test_moving_averages_follow_keras_over_steps():
    model = MLP(5, 3, batch_norm=True)
    params, state = weights(model, 3)
    network = give(twin(model, FEATURES), params, state)
    for step in range(4):
        x, _ = rows(step, scale=1.0 + step)
        logits, state = fit_forward(model, params, state, x, KEY)
        np.testing.assert_allclose(logits, network(x, training=True)[:, 0], **CLOSE)
    same(state, take(network)[1])
    x, _ = rows(9)
    np.testing.assert_allclose(model.apply(params, x, state), network(x)[:, 0], **CLOSE)


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.7), (0.3, 0.7)])
def test_penalty_is_what_keras_adds(l1: float, l2: float):
    model = MLP(6, 5, 4, l1=l1, l2=l2, batch_norm=True)
    params, state = weights(model, 1)
    network = give(twin(model, FEATURES), params, state)
    network(rows(0)[0])
    theirs = float(sum(network.losses))
    assert float(model.penalty(params)) == pytest.approx(theirs, rel=1e-6)
    kernels = [params[name]["kernel"].astype(float) for name in ("dense", "dense_1", "dense_2")]
    by_hand = sum(l1 * np.abs(k).sum() + l2 * (k**2).sum() for k in kernels)
    assert theirs == pytest.approx(by_hand, rel=1e-6)


def test_weight_decay_is_no_penalty():
    model = MLP(6, weight_decay=0.5)
    assert float(model.penalty(model.init(FEATURES))) == 0.0


def test_no_hidden_layer_is_logistic_regression():
    model = MLP(l2=0.5, dropout=0.5)
    params = model.init(FEATURES, 2)
    x, _ = rows(5)
    by_hand = x @ params["dense"]["kernel"][:, 0] + params["dense"]["bias"]
    np.testing.assert_allclose(model.apply(params, x), by_hand, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fit_forward(model, params, {}, x, KEY)[0], by_hand, rtol=1e-5, atol=1e-6)
    assert float(model.penalty(params)) == 0.0  # nothing is hidden


def test_predict_takes_any_numbers_and_jit():
    model = MLP(4)
    params = model.init(FEATURES)
    x, _ = rows(0)
    expected = model.apply(params, x)
    np.testing.assert_allclose(model.apply(params, x.astype(float).tolist()), expected, rtol=1e-6)
    compiled = jax.jit(lambda params, x: predict(model, params, {}, x))
    np.testing.assert_allclose(compiled(params, x), expected, rtol=1e-5, atol=1e-6)
