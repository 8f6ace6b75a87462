"""A model's computation in JAX: logits, penalty, batch normalization."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float32, UInt32

from fitscope.models import dropout
from fitscope.models.activations import activation
from fitscope.models.mlp import MLP, Params, State, numbered

MOMENTUM, EPSILON = 0.99, 1e-3  # Keras' defaults for batch normalization


def predict(
    model: MLP, params: Params, state: State, x: Float32[Array, "rows features"]
) -> Float32[Array, " rows"]:
    """Logits with dropout off and moving averages in batch normalization."""
    return _forward(model, params, state, jnp.asarray(x, jnp.float32), None)[0]


def fit_forward(
    model: MLP,
    params: Params,
    state: State,
    x: Float32[Array, "rows features"],
    key: UInt32[Array, " 2"],
) -> tuple[Float32[Array, " rows"], State]:
    """Logits as in training: dropout masks from `key`, batch statistics; and the new state."""
    return _forward(model, params, state, x, key)


def penalty(model: MLP, params: Params) -> Float32[Array, ""]:
    """`l1 * sum(|w|) + l2 * sum(w**2)` over the kernels of hidden layers."""
    total = jnp.zeros((), jnp.float32)
    for number in range(len(model.hidden)):
        kernel = jnp.asarray(params[numbered("dense", number)]["kernel"])
        # Summed down the columns first: XLA vectorizes that, and not a sum over everything.
        if model.l1:
            total += model.l1 * jnp.abs(kernel).sum(axis=0).sum()
        if model.l2:
            total += model.l2 * jnp.square(kernel).sum(axis=0).sum()
    return total


def _forward(
    model: MLP, params: Params, state: State, x: jax.Array, key: jax.Array | None
) -> tuple[jax.Array, State]:
    act = activation(model.activation)
    new_state: dict[str, dict[str, Any]] = {}
    for number in range(len(model.hidden)):
        layer = params[numbered("dense", number)]
        x = x @ layer["kernel"] + layer["bias"]
        if model.batch_norm:
            name = numbered("batch_normalization", number)
            x, new_state[name] = _normalize(params[name], state[name], x, training=key is not None)
        x = act(x)
        if model.dropout and key is not None:
            shape = (x.shape[0], x.shape[1])
            kept = dropout.mask(key, number, shape, model.dropout)
            x = jnp.where(kept, x * (1.0 / (1.0 - model.dropout)), 0.0)
    layer = params[numbered("dense", len(model.hidden))]
    return (x @ layer["kernel"] + layer["bias"])[:, 0], new_state


def _normalize(
    params: dict[str, Any], state: dict[str, Any], x: jax.Array, training: bool
) -> tuple[jax.Array, dict[str, Any]]:
    """Batch normalization as `keras.layers.BatchNormalization` computes it."""
    if training:
        mean, variance = x.mean(axis=0), x.var(axis=0)
        state = {
            "moving_mean": MOMENTUM * state["moving_mean"] + (1 - MOMENTUM) * mean,
            "moving_variance": MOMENTUM * state["moving_variance"] + (1 - MOMENTUM) * variance,
        }
    else:
        mean, variance = state["moving_mean"], state["moving_variance"]
    scale = params["gamma"] * jax.lax.rsqrt(variance + EPSILON)
    return (x - mean) * scale + params["beta"], state
