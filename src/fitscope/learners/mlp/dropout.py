"""Dropout masks from an integer hash of position, layer, step and run.

A counter-based generator: the mask of a step needs no state and no memory of its own, and
XLA fuses it into the activation before it. A cryptographic generator (threefry) would cost
a fifth of the step's matrix products.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, UInt32


def mask(
    key: UInt32[Array | np.ndarray, " 2"], layer: int, shape: tuple[int, int], rate: float
) -> Bool[Array, "rows units"]:
    """True where an output is kept: independently with probability `1 - rate`.

    Args:
        key: two words that differ from step to step and from run to run; see `step_key`.
        layer: number of the dropout layer.
        shape: rows and units.
        rate: probability of dropping, resolved to 2**-32.
    """
    a = mix(key[0] + jnp.uint32(0x9E3779B9) * jnp.uint32(2 * layer + 1))
    b = mix(key[1] ^ a)
    rows = jax.lax.broadcasted_iota(jnp.uint32, shape, 0)
    units = jax.lax.broadcasted_iota(jnp.uint32, shape, 1)
    position = rows * jnp.uint32(shape[1]) + units
    # Two keyed rounds: with a single key, two steps would use shifted pieces of one sequence.
    bits = mix(mix(position ^ a) + b)
    return bits >= jnp.uint32(min(round(rate * 2**32), 2**32 - 1))


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
