"""A model's computation in JAX: outputs, penalty, batch normalization."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float32, UInt32

from fitscope.learners.base import Precision
from fitscope.learners.mlp import dropout
from fitscope.learners.mlp.activations import activation
from fitscope.learners.mlp.description import EPSILON, WIDE, Architecture, Params, State, numbered
from fitscope.learners.mlp.half import product

MOMENTUM = 0.99  # Keras' default for batch normalization

Values = jax.Array | np.ndarray


def predict(
    model: Architecture,
    params: Params,
    state: State,
    x: Float32[Array | np.ndarray, "rows features"],
) -> Float32[Array, "rows ..."]:
    """Outputs with dropout off and moving averages in batch normalization."""
    return _forward(model, params, state, jnp.asarray(x, jnp.float32), None, None, "float32")[0]


def fit_forward(
    model: Architecture,
    params: Params,
    state: State,
    x: Float32[Array | np.ndarray, "rows features"],
    key: UInt32[Array | np.ndarray, " 2"],
    weights: Float32[Array, " rows"] | None = None,
    precision: Precision = "float32",
) -> tuple[Float32[Array, "rows ..."], State]:
    """Outputs as in training: dropout masks from `key`, batch statistics; and the new state.

    A batch's statistics count each row as often as its weight says, where there are weights.
    With "bfloat16" the wide products take inputs of half the bits.
    """
    return _forward(model, params, state, jnp.asarray(x), jnp.asarray(key), weights, precision)


def penalty(model: Architecture, params: Params) -> Float32[Array, ""]:
    """`l1 * sum(|w|) + l2 * sum(w**2)` over the regularized kernels."""
    total = jnp.zeros((), jnp.float32)
    for layer in model.regularized:
        kernel = jnp.asarray(params[layer]["kernel"])
        # Summed down the columns first: XLA vectorizes that, and not a sum over everything.
        if model.l1:
            total += model.l1 * jnp.abs(kernel).sum(axis=0).sum()
        if model.l2:
            total += model.l2 * jnp.square(kernel).sum(axis=0).sum()
    return total


def _forward(
    model: Architecture,
    params: Params,
    state: State,
    x: jax.Array,
    key: jax.Array | None,
    weights: jax.Array | None,
    precision: Precision,
) -> tuple[jax.Array, State]:
    act = activation(model.activation)
    new_state: dict[str, dict[str, Any]] = {}
    rows_last = rows_come_last(model)
    if rows_last:
        # without the barrier XLA folds the transpose into the products, which are slower then
        x = jax.lax.optimization_barrier(x.T)
    for number in range(len(model.hidden)):
        x = _dense(params[numbered("dense", number)], x, rows_last, precision)
        if model.batch_norm:
            name = numbered("batch_normalization", number)
            moments = None if key is None else _moments(x, rows_last, weights)
            x, new_state[name] = _normalize(params[name], state[name], x, rows_last, moments)
        x = act(x)
        if model.dropout and key is not None:
            rows, units = x.shape[::-1] if rows_last else x.shape
            kept = dropout.mask(key, number, (rows, units), model.dropout)
            kept = kept.T if rows_last else kept
            x = jnp.where(kept, x * (1.0 / (1.0 - model.dropout)), 0.0)
    outputs = _dense(params[numbered("dense", len(model.hidden))], x, rows_last, precision)
    if outputs.shape[0 if rows_last else 1] == 1:  # one value a row, and no axis for it
        return outputs.reshape(-1), new_state
    return outputs.T if rows_last else outputs, new_state


def rows_come_last(model: Architecture) -> bool:
    """Whether activations are kept as (units, rows) and not as (rows, units).

    Vector instructions and matrix products run along the last axis, and a narrow layer leaves
    them half empty there (docs/performance.md).
    """
    return max(model.hidden, default=0) < WIDE


def _dense(layer: dict[str, Any], x: jax.Array, rows_last: bool, precision: Precision) -> jax.Array:
    kernel = layer["kernel"]
    if rows_last:
        outputs = jax.lax.dot_general(kernel, x, (((0,), (0,)), ((), ())))
    elif precision == "bfloat16" and min(kernel.shape) >= WIDE:
        outputs = product(x, kernel)
    else:
        outputs = x @ kernel
    return _add_bias(rows_last, outputs, layer["bias"])


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _add_bias(rows_last: bool, x: jax.Array, bias: Values) -> jax.Array:
    """A bias for each unit, whose gradient is summed as a product, faster than XLA's reduction."""
    return x + _spread(bias, rows_last)


def _add_bias_forward(rows_last: bool, x: jax.Array, bias: Values) -> tuple[jax.Array, None]:
    return _add_bias(rows_last, x, bias), None


def _add_bias_backward(
    rows_last: bool, _: None, gradient: jax.Array
) -> tuple[jax.Array, jax.Array]:
    ones = jnp.ones(gradient.shape[1 if rows_last else 0], gradient.dtype)
    return gradient, gradient @ ones if rows_last else ones @ gradient


_add_bias.defvjp(_add_bias_forward, _add_bias_backward)


def _spread(units: Values, rows_last: bool) -> Values:
    """One value a unit, ready to be combined with activations."""
    return units[:, None] if rows_last else units


def _moments(
    x: jax.Array, rows_last: bool, weights: jax.Array | None
) -> tuple[jax.Array, jax.Array]:
    """Mean and variance of each unit over the rows of a batch."""
    axis = 1 if rows_last else 0
    if weights is None:
        return x.mean(axis=axis), x.var(axis=axis)
    share = weights / weights.sum()
    share = share if rows_last else share[:, None]
    mean = (x * share).sum(axis=axis)
    return mean, (jnp.square(x - _spread(mean, rows_last)) * share).sum(axis=axis)


def _normalize(
    params: dict[str, Any],
    state: dict[str, Any],
    x: jax.Array,
    rows_last: bool,
    moments: tuple[jax.Array, jax.Array] | None,
) -> tuple[jax.Array, dict[str, Any]]:
    """Batch normalization as `keras.layers.BatchNormalization` computes it.

    With the moments of a batch in training, else with the moving averages.
    """
    if moments is not None:
        mean, variance = moments
        state = {
            "moving_mean": MOMENTUM * state["moving_mean"] + (1 - MOMENTUM) * mean,
            "moving_variance": MOMENTUM * state["moving_variance"] + (1 - MOMENTUM) * variance,
        }
    else:
        mean, variance = state["moving_mean"], state["moving_variance"]
    scale = params["gamma"] * jax.lax.rsqrt(variance + EPSILON)
    centred = x - _spread(mean, rows_last)
    return centred * _spread(scale, rows_last) + _spread(params["beta"], rows_last), state
