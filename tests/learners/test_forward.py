"""Logits, penalties and gradients against the same network in Keras."""

from __future__ import annotations

from itertools import cycle, repeat
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from learners.keras_twin import give, take, twin

from fitscope.learners.mlp import forward
from fitscope.learners.mlp.activations import ACTIVATIONS, activation
from fitscope.learners.mlp.description import Params, State
from fitscope.learners.mlp.forward import fit_forward, penalty, predict
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.objective import binary_crossentropies

FEATURES, ROWS = 7, 33
KEY = jnp.array([1, 2], jnp.uint32)
CLOSE: dict[str, Any] = {"rtol": 3e-5, "atol": 2e-6}

PENALTIES = [(0.0, 0.0), (0.02, 0.0), (0.0, 0.03), (0.02, 0.03)]
NORMALIZED = ("elu", "leaky_relu", "gelu", "tanh")
MODELS = [
    MLP(6, 4, activation=name, l1=l1, l2=l2, batch_norm=norm)
    for name, (l1, l2), norm in [
        *zip(ACTIVATIONS, cycle(PENALTIES), repeat(False)),
        *zip(NORMALIZED, reversed(PENALTIES), repeat(True)),
    ]
    if norm or name not in NORMALIZED[2:]
]


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


X, Y = rows(0, scale=3.0)


def mine(model: MLP, params: Params, state: State) -> dict[str, Any]:
    """What fitscope computes: logits, the loss of training, its gradients, moving averages."""

    def loss(params: Params) -> tuple[jax.Array, State]:
        logits, moved = fit_forward(model, params, state, jnp.asarray(X), KEY)
        return binary_crossentropies(logits, jnp.asarray(Y)).mean() + penalty(model, params), moved

    (value, moved), gradients = jax.value_and_grad(loss, has_aux=True)(params)
    logits = predict(model, params, state, jnp.asarray(X))
    return {"logits": logits, "loss": value, "gradients": gradients, "moved": moved}


def theirs(network: keras.Sequential, trainable: list, still: list) -> dict[str, Any]:
    """The same from Keras, by its own stateless interface."""

    def loss(trainable: list) -> tuple[Any, Any]:
        logits, moved, losses = network.stateless_call(
            trainable, still, X, training=True, return_losses=True
        )
        entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        return entropy(Y[:, None], logits) + sum(losses), moved

    (value, moved), gradients = jax.value_and_grad(loss, has_aux=True)(trainable)
    logits, _ = network.stateless_call(trainable, still, X, training=False)
    return {"logits": logits[:, 0], "loss": value, "gradients": gradients, "moved": moved}


@pytest.fixture(scope="module")
def compared() -> dict[MLP, tuple[dict, dict]]:
    """fitscope's and Keras' numbers of every model; compiled in one go, which is far quicker."""
    given = [weights(model, seed) for seed, model in enumerate(MODELS)]
    networks = [give(twin(m, FEATURES), *w) for m, w in zip(MODELS, given, strict=True)]
    values = [
        ([v.value for v in n.trainable_variables], [v.value for v in n.non_trainable_variables])
        for n in networks
    ]

    def everything_of_mine(given: list) -> list:
        return [mine(model, *pair) for model, pair in zip(MODELS, given, strict=True)]

    def everything_of_theirs(values: list) -> list:
        return [theirs(network, *pair) for network, pair in zip(networks, values, strict=True)]

    ours = jax.jit(everything_of_mine)(given)
    others = jax.jit(everything_of_theirs)(values)
    for network, numbers in zip(networks, others, strict=True):  # by name, as fitscope has them
        for variable, value in zip(network.trainable_variables, numbers["gradients"], strict=True):
            variable.assign(value)
        for variable, value in zip(network.non_trainable_variables, numbers["moved"], strict=True):
            variable.assign(value)
        numbers["gradients"], numbers["moved"] = take(network)
    return dict(zip(MODELS, zip(ours, others, strict=True), strict=True))


def same(one: dict, other: dict) -> None:
    assert {n: set(v) for n, v in one.items()} == {n: set(v) for n, v in other.items()}
    for layer, values in one.items():
        for name, value in values.items():
            note = f"{layer} {name}"
            np.testing.assert_allclose(value, other[layer][name], **CLOSE, err_msg=note)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_logits_loss_and_gradients(model: MLP, compared: dict[MLP, tuple[dict, dict]]):
    ours, keras_has = compared[model]
    np.testing.assert_allclose(ours["logits"], keras_has["logits"], **CLOSE)
    np.testing.assert_allclose(ours["loss"], keras_has["loss"], **CLOSE)
    same(ours["gradients"], keras_has["gradients"])
    same(ours["moved"], keras_has["moved"])


@pytest.mark.parametrize(
    "model",
    [MLP(6, 4), MLP(6, 4, l2=0.1, batch_norm=True, dropout=0.4), MLP(5, activation="gelu"), MLP()],
    ids=repr,
)
def test_wide_networks_compute_the_same_with_rows_first(
    model: MLP, monkeypatch: pytest.MonkeyPatch
):
    given = weights(model, 5)
    last = jax.jit(lambda *given: mine(model, *given))(*given)
    monkeypatch.setattr(forward, "WIDE", 0)
    assert not forward.rows_come_last(model)
    first = jax.jit(lambda *given: mine(model, *given))(*given)
    np.testing.assert_allclose(last["logits"], first["logits"], **CLOSE)
    np.testing.assert_allclose(last["loss"], first["loss"], **CLOSE)
    same(last["gradients"], first["gradients"])
    same(last["moved"], first["moved"])


def test_activations_and_their_slopes():
    at = np.array([-200, -30, -3, -1, -1e-3, -1e-7, 0, 1e-7, 1e-3, 0.5, 1, 3, 30, 200], np.float32)

    @jax.jit
    def everything(at: jax.Array) -> list:
        pairs = [(activation(name), keras.activations.get(name)) for name in ACTIVATIONS]
        return [[(f(at), jax.vmap(jax.grad(f))(at)) for f in pair] for pair in pairs]

    for name, (ours, keras_has) in zip(ACTIVATIONS, everything(at), strict=True):
        np.testing.assert_allclose(ours, keras_has, rtol=1e-6, atol=2e-7, err_msg=name)


@pytest.mark.parametrize(("l1", "l2"), [*PENALTIES, (0.3, 0.7)])
def test_penalty_is_what_keras_adds(l1: float, l2: float):
    model = MLP(6, 5, 4, l1=l1, l2=l2, batch_norm=True)
    params, state = weights(model, 1)
    network = give(twin(model, FEATURES), params, state)
    from_keras = float(sum(network.losses))
    assert float(model.penalty(params)) == pytest.approx(from_keras, rel=1e-6)
    kernels = [params[name]["kernel"].astype(float) for name in ("dense", "dense_1", "dense_2")]
    by_hand = sum(l1 * np.abs(k).sum() + l2 * (k**2).sum() for k in kernels)
    assert from_keras == pytest.approx(by_hand, rel=1e-6)


def test_weight_decay_is_no_penalty():
    model = MLP(6, weight_decay=0.5)
    assert float(model.penalty(model.init(FEATURES))) == 0.0


def test_no_hidden_layer_is_logistic_regression():
    model = MLP(l2=0.5, dropout=0.5)
    params = model.init(FEATURES, 2)
    by_hand = X @ params["dense"]["kernel"][:, 0] + params["dense"]["bias"]
    np.testing.assert_allclose(model.apply(params, X), by_hand, **CLOSE)
    np.testing.assert_allclose(fit_forward(model, params, {}, X, KEY)[0], by_hand, **CLOSE)
    assert float(model.penalty(params)) == pytest.approx(
        0.5 * np.square(params["dense"]["kernel"]).sum()
    )


def test_apply_takes_any_numbers():
    model = MLP(4)
    params = model.init(FEATURES)
    lists = X.astype(float).tolist()
    np.testing.assert_allclose(model.apply(params, lists), model.apply(params, X), **CLOSE)
