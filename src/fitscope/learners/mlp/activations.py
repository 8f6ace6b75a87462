"""Activations by name, as Keras defines them. Importing this module does not import JAX."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jax

ACTIVATIONS = (
    "elu",
    "relu",
    "leaky_relu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "tanh",
    "sigmoid",
    "linear",
)


@cache
def activation(name: str) -> Callable[[jax.Array], jax.Array]:
    """The function of that name, with Keras' constants (leaky_relu: slope 0.2, gelu: exact)."""
    import jax
    import jax.numpy as jnp

    return {
        "elu": _elu(),
        "relu": jax.nn.relu,
        "leaky_relu": lambda x: jnp.where(x >= 0, x, 0.2 * x),
        "selu": jax.nn.selu,
        "gelu": lambda x: jax.nn.gelu(x, approximate=False),
        "silu": jax.nn.silu,
        "softplus": jax.nn.softplus,
        "tanh": jnp.tanh,
        "sigmoid": jax.nn.sigmoid,
        "linear": lambda x: x,
    }[name]


def _elu() -> Callable[[jax.Array], jax.Array]:
    """ELU (Clevert, Unterthiner and Hochreiter, 2016) that keeps its output, not its input.

    The derivative is 1 where the output is positive and output + 1 elsewhere, so the backward
    pass needs neither the input nor another exponential.
    """
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def elu(x: jax.Array) -> jax.Array:
        return jnp.where(x > 0, x, jnp.exp(jnp.minimum(x, 0.0)) - 1.0)

    def forward(x: jax.Array) -> tuple[jax.Array, jax.Array]:
        y = elu(x)
        return y, y

    def backward(y: jax.Array, gradient: jax.Array) -> tuple[jax.Array]:
        return (gradient * jnp.where(y > 0, 1.0, y + 1.0),)

    elu.defvjp(forward, backward)
    return elu
