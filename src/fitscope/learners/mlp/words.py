"""Random words from an integer hash of position, stream, step and run.

A counter-based generator: what a step draws needs no state and no memory of its own, and XLA
fuses it into what uses it. A cryptographic generator (threefry) would cost a fifth of a wide
network's matrix products.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float32, UInt32

INPUTS, PARTNERS = 2**16, 2**16 + 1
"""Streams of a step beside those of its dropout layers, whose numbers are smaller."""


def words(
    key: UInt32[Array | np.ndarray, " 2"], stream: int, shape: tuple[int, int]
) -> UInt32[Array, "rows columns"]:
    """32 random bits for each place.

    Args:
        key: two words that differ from step to step and from run to run; see `step_key`.
        stream: what they are for.
        shape: rows and columns.
    """
    a = mix(key[0] + jnp.uint32(0x9E3779B9) * jnp.uint32(2 * stream + 1))
    b = mix(key[1] ^ a)
    rows = jax.lax.broadcasted_iota(jnp.uint32, shape, 0)
    columns = jax.lax.broadcasted_iota(jnp.uint32, shape, 1)
    position = rows * jnp.uint32(shape[1]) + columns
    # Two keyed rounds: with a single key, two steps would use shifted pieces of one sequence.
    return mix(mix(position ^ a) + b)


def step_key(run: UInt32[Array | np.ndarray, " 2"], step: jax.Array) -> UInt32[Array, " 2"]:
    """The key of one optimizer step of the run whose key is `run`."""
    a = mix(run[0] ^ mix(step.astype(jnp.uint32)))
    return jnp.stack([a, mix(run[1] + a)])


def mix(x: UInt32[Array | np.ndarray, "*any"]) -> UInt32[Array, "*any"]:
    """A bijection of 32-bit words in which every input bit flips half of the output bits.

    Source: C. Wellons, "Prospecting for Hash Functions" (2018), `lowbias32`.
    """
    bits = jnp.asarray(x)
    bits = bits ^ (bits >> 16)
    bits = bits * jnp.uint32(0x7FEB352D)
    bits = bits ^ (bits >> 15)
    bits = bits * jnp.uint32(0x846CA68B)
    return bits ^ (bits >> 16)


def uniform(bits: UInt32[Array, "*any"]) -> Float32[Array, "*any"]:
    """Words as numbers between 0 and 1, neither of which occurs: the middles of 2**23 intervals."""
    return ((bits >> 9).astype(jnp.float32) + 0.5) * jnp.float32(2.0**-23)
