"""Matrix products with half the bits: bfloat16 inputs, float32 results.

Processors with instructions for it (AVX512_BF16, AMX) and GPUs multiply bfloat16 numbers several
times as fast as float32 ones. bfloat16 has float32's range with 8 significant bits instead of 24;
sums stay in float32, and so does everything that is not a product: weights, optimizer, losses,
metrics (Micikevicius et al., Mixed precision training, 2018; Kalamkar et al., A study of bfloat16
for deep learning training, 2019).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, BFloat16, Float32

BLOCK = 32  # columns transposed at once: a cache line of bfloat16 numbers


@jax.custom_vjp
def product(
    x: Float32[Array, "rows inputs"], kernel: Float32[Array, "inputs units"]
) -> Float32[Array, "rows units"]:
    """`x @ kernel` from inputs rounded to bfloat16, and gradients of the same kind."""
    return _forward(x, kernel)[0]


def _forward(x: jax.Array, kernel: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    x, kernel = x.astype(jnp.bfloat16), kernel.astype(jnp.bfloat16)
    return _dot(x, kernel, 1, 0), (x, kernel)


def _backward(
    inputs: tuple[jax.Array, jax.Array], gradient: jax.Array
) -> tuple[jax.Array, jax.Array]:
    x, kernel = inputs
    gradient = gradient.astype(jnp.bfloat16)
    return _dot(gradient, kernel, 1, 1), _dot(transposed(x), gradient, 1, 0)


product.defvjp(_forward, _backward)


def _dot(a: jax.Array, b: jax.Array, axis: int, other: int) -> jax.Array:
    """The product over an axis of each, summed in float32."""
    dimensions: Any = (((axis,), (other,)), ((), ()))
    return lax.dot_general(
        a, b, dimensions, precision=lax.Precision.DEFAULT, preferred_element_type=jnp.float32
    )


def transposed(x: BFloat16[Array, "rows units"]) -> BFloat16[Array, "units rows"]:
    """The transpose, on a CPU as an array of its own.

    XLA's products on CPUs take bfloat16 only where the left side's rows are summed over. It folds
    a plain transpose into the product and then computes in float32 (docs/performance.md). Blocks of
    columns moved first spare most of the cache misses.
    """
    if jax.default_backend() != "cpu":
        return x.T
    rows, units = x.shape
    more = -units % BLOCK
    blocks = jnp.pad(x, ((0, 0), (0, more))).reshape(rows, (units + more) // BLOCK, BLOCK)
    blocks = lax.optimization_barrier(blocks.transpose(1, 0, 2))
    return lax.optimization_barrier(blocks.transpose(0, 2, 1).reshape(units + more, rows)[:units])


def gain(runs: int, rows: int, units: tuple[int, int], tries: int = 5) -> float:
    """How many times as fast the products of a wide layer are in bfloat16, measured here and now.

    Steps are timed both ways in turns, each of a product and its two gradients, so many of them in
    one call that starting it counts for little: on a GPU that takes as long as a product. The
    fastest try of each way counts, which is the one that other programs disturbed least.

    Args:
        runs: trained side by side.
        rows: of a step.
        units: of the layer and of the one before it.
        tries: how often each is timed.
    """
    random = np.random.default_rng(0)
    x = random.normal(size=(runs, rows, units[0]))
    kernel = random.normal(size=(runs, *units)) / np.sqrt(units[0])
    inputs = [jnp.asarray(each if runs > 1 else each[0], jnp.float32) for each in (x, kernel)]
    ways = [jax.jit(_steps(of, runs > 1)) for of in (jnp.matmul, product)]
    times = [float("inf")] * len(ways)
    for number in range(tries + 1):
        for way, run in enumerate(ways):
            began = time.perf_counter()
            jax.block_until_ready(run(*inputs))
            if number:  # the first try compiles
                times[way] = min(times[way], time.perf_counter() - began)
    return times[0] / times[1]


def _steps(of: Callable[..., jax.Array], population: bool) -> Callable[..., Any]:
    """A function of inputs and kernel that takes steps on both, each on what the last one left."""
    every = 4 if jax.default_backend() == "cpu" else 100

    def step(x: jax.Array, kernel: jax.Array) -> tuple[jax.Array, jax.Array]:
        outputs, back = jax.vjp(of, x, kernel)
        to_x, to_kernel = back(outputs)
        return x - 1e-6 * to_x, kernel - 1e-6 * to_kernel

    each = jax.vmap(step) if population else step
    return lambda *start: lax.fori_loop(0, every, lambda _, now: each(*now), start)
