"""Optimizers by name: Keras' Adam, and whatever Optax has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from fitscope.errors import UserError, reason
from fitscope.learners.mlp.optimizer_names import OPTIMIZERS

Rate = Callable[[Any], Any]


def optimizer(name: str, rate: Rate, options: Mapping[str, Any]) -> optax.GradientTransformation:
    """The optimizer of that name.

    Args:
        name: "adam" for Keras' Adam, else the name of an Optax optimizer.
        rate: learning rate as a function of the step, from 0.
        options: further arguments.

    Raises:
        UserError: no such optimizer, or one that does not take these arguments.

    Example:
        >>> _ = optimizer("sgd", lambda step: 0.1, {"momentum": 0.9})
    """
    make: Any = keras_adam if name == "adam" else getattr(optax, str(name), None)
    parameters = inspect.signature(make).parameters if callable(make) else {}
    if "learning_rate" not in parameters:
        raise UserError(
            f"Plan: unknown optimizer {name!r}; choose from {', '.join(OPTIMIZERS)}, or another "
            "name in Optax"
        )
    for option in options:
        if option not in parameters or option == "learning_rate":
            known = ", ".join(p for p in parameters if p != "learning_rate")
            raise UserError(f"Plan: {name} has no option {option!r}; it has {known}")
    try:
        made: Any = make(learning_rate=rate, **options)
        params = {"w": jax.ShapeDtypeStruct((2,), jnp.float32)}  # a rehearsal without numbers
        jax.eval_shape(lambda p: made.update(p, made.init(p), p), params)
    except Exception as error:  # Optax raises what it likes on a wrong option
        raise UserError(
            f"Plan: {name} does not work with options {dict(options)}: {reason(error)}"
        ) from None
    return optax.GradientTransformation(made.init, made.update)


class AdamState(NamedTuple):
    """Steps taken and moving averages of the gradient and its square."""

    steps: jax.Array
    mean: Any
    square: Any


def keras_adam(
    learning_rate: Rate, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7
) -> optax.GradientTransformation:
    """Adam (Kingma and Ba, 2015) with the epsilon of `keras.optimizers.Adam`.

    Keras adds epsilon to the square root of the average before bias correction (the "epsilon
    hat" of the paper's section 2), Optax after it. In the first steps that differs.

    Args:
        learning_rate: function of the step, from 0.
        b1: decay of the average gradient.
        b2: decay of the average squared gradient.
        eps: epsilon hat.
    """

    def init(params: Any) -> AdamState:
        def zeros() -> Any:
            return jax.tree.map(jnp.zeros_like, params)

        return AdamState(jnp.zeros((), jnp.int32), zeros(), zeros())

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        del params
        gradients = updates
        count = state.steps + 1
        t = count.astype(jnp.float32)
        size = learning_rate(state.steps) * jnp.sqrt(1 - b2**t) / (1 - b1**t)
        mean = jax.tree.map(lambda m, g: m + (g - m) * (1 - b1), state.mean, gradients)
        square = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - b2), state.square, gradients)
        updates = jax.tree.map(lambda m, v: -size * m / (jnp.sqrt(v) + eps), mean, square)
        return updates, AdamState(count, mean, square)

    return optax.GradientTransformation(init, update)
