"""A network's outputs with NumPy alone, for predictions: no JAX to load, nothing to compile."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.mlp.description import EPSILON, Architecture, Params, State, numbered

if TYPE_CHECKING:
    from jaxtyping import Float, Float32

BLOCK = 512  # rows at once: activations of any number of rows fit in memory, a block's in a cache


def outputs(
    model: Architecture,
    params: Params,
    state: State,
    x: Float[np.ndarray, "rows features"],
) -> Float32[np.ndarray, "rows ..."]:
    """Outputs of rows, block by block, with dropout off and moving averages.

    The same as `MLP.apply` computes but for the last bits: within float32 rounding.

    Args:
        model: the network.
        params: its weights.
        state: moving averages of batch normalization.
        x: features.

    Returns:
        Shape (rows,), or (rows, labels) with several labels; see `MLP.apply`.
    """
    layers = [folded(model, params, state, number) for number in range(len(model.hidden) + 1)]
    return chained(layers, model.activation, x)


def chained(
    layers: Sequence[tuple[np.ndarray, np.ndarray]],
    activation: str,
    x: Float[np.ndarray, "rows features"],
) -> Float[np.ndarray, "rows ..."]:
    """Outputs of dense layers one after another, as `outputs` gives them.

    Args:
        layers: kernel and bias of each, in the precision that is computed in.
        activation: between them.
        x: features.
    """
    kind = layers[0][0].dtype
    found = np.empty((len(x), len(layers[-1][1])), kind)
    for start in range(0, len(x), BLOCK):
        values = np.asarray(x[start : start + BLOCK], kind)
        for number, (kernel, bias) in enumerate(layers):
            values = values @ kernel  # new memory: what follows may write into it
            values += bias
            if number < len(layers) - 1:
                values = activate(activation, values)
        found[start : start + BLOCK] = values
    return found[:, 0] if found.shape[1] == 1 else found


def folded(
    model: Architecture,
    params: Params,
    state: State,
    number: int,
    kind: type[np.floating] = np.float32,
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of a dense layer, the batch normalization after it folded into them.

    Args:
        model: the network.
        params: its weights.
        state: moving averages of batch normalization.
        number: of the layer, from 0.
        kind: of the numbers that are given back and computed with.
    """
    layer = params[numbered("dense", number)]
    kernel, bias = (np.asarray(layer[name], kind) for name in ("kernel", "bias"))
    if not model.batch_norm or number == len(model.hidden):
        return kernel, bias
    name = numbered("batch_normalization", number)
    norm: dict[str, Any] = {
        which: np.asarray(values, kind) for which, values in {**params[name], **state[name]}.items()
    }
    scale = norm["gamma"] / np.sqrt(norm["moving_variance"] + kind(EPSILON))
    return kernel * scale, (bias - norm["moving_mean"]) * scale + norm["beta"]


def activate(name: str, x: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """The activation of that name, as `fitscope.learners.mlp.activations` defines it.

    Args:
        name: of the activation.
        x: what it is taken of, and may be written into.

    Example:
        >>> activate("leaky_relu", np.float32([-1.0, 2.0])).tolist()
        [-0.20000000298023224, 2.0]
    """
    if name in ("gelu", "silu", "sigmoid"):
        from scipy.special import erf, expit  # a third of a second to import

        if name == "gelu":
            return np.float32(0.5) * x * (1 + erf(x * np.float32(0.5**0.5)))
        return expit(x) if name == "sigmoid" else x * expit(x)
    if name == "elu":  # exp(x) - 1 is above x where x is below zero
        return np.maximum(x, _below(x), out=x)
    if name == "selu":
        alpha, scale = np.float32(1.6732632423543772), np.float32(1.0507009873554805)
        return scale * np.where(x > 0, x, alpha * _below(x))
    if name == "leaky_relu":
        return np.where(x >= 0, x, np.float32(0.2) * x)
    return {
        "relu": lambda: np.maximum(x, 0, out=x),
        "softplus": lambda: np.logaddexp(x, np.float32(0)),
        "tanh": lambda: np.tanh(x),
        "linear": lambda: x,
    }[name]()


def _below(x: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """exp(x) - 1 where x is below zero; elsewhere a number that is not above zero."""
    below = np.abs(x)
    np.negative(below, out=below)  # NumPy's minimum with a number takes twice as long as both
    if _expm1_is_fast():
        return np.expm1(below, out=below)
    np.exp(below, out=below)
    below -= 1
    return below


@cache
def _expm1_is_fast() -> bool:
    """Whether NumPy has vector instructions for expm1 here; else exp takes a tenth of its time."""
    from numpy.lib.introspect import opt_func_info

    kinds = opt_func_info(func_name="^expm1$", signature="float32").get("expm1", {})
    return any(not kind["current"].startswith("baseline") for kind in kinds.values())
