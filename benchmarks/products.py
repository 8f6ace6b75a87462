"""The matrix products of one epoch of Large and nothing else: the floor under its time.

Forward, gradients with respect to inputs and weights for every batch, and the forward pass over
the validation rows, in JAX's float32, in one compiled call, as fitscope makes them.
"""

from __future__ import annotations

import sys
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
from guide import BATCH, FEATURES, LARGE, TRAIN, load
from turns import Watch, serve


def products(weights: list[jax.Array], batch: jax.Array) -> list[jax.Array]:
    """The products of one training step: the gradients of a network without activations."""
    layers = [batch]
    for w in weights:
        layers.append(layers[-1] @ w)
    gradient, gradients = layers[-1], []
    for number in reversed(range(len(weights))):
        gradients.append(layers[number].T @ gradient)
        if number:
            gradient = gradient @ weights[number].T
    return gradients[::-1]


@partial(jax.jit, donate_argnums=1)
def epoch(weights, gradients, x, x_validation):
    # weights are an argument: as constants they would be transposed when this is compiled
    batches = x.reshape(TRAIN // BATCH, BATCH, FEATURES)
    gradients, _ = jax.lax.scan(lambda _, b: (products(weights, b), None), gradients, batches)
    for w in weights:
        x_validation = x_validation @ w
    return gradients, x_validation


def main(path: str) -> None:
    x, _, x_validation, _ = (jnp.asarray(array) for array in load(path))
    random = np.random.default_rng(0)
    sizes = (FEATURES, *LARGE, 1)
    weights = [
        jnp.asarray(random.uniform(-1, 1, (a, b)) * np.sqrt(6 / (a + b)), jnp.float32)
        for a, b in pairwise(sizes)
    ]

    def turn(name: str, watch: Watch) -> None:
        del name
        gradients = [jnp.zeros_like(w) for w in weights]
        while not watch.enough:
            gradients, _ = jax.block_until_ready(epoch(weights, gradients, x, x_validation))
            watch.lap()

    serve({"jax": jax.__version__}, turn)


if __name__ == "__main__":
    main(sys.argv[1])
