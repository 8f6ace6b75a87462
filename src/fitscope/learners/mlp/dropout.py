"""Dropout masks."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, UInt32

from fitscope.learners.mlp.words import words


def mask(
    key: UInt32[Array | np.ndarray, " 2"], layer: int, shape: tuple[int, int], rate: float
) -> Bool[Array, "rows units"]:
    """True where an output is kept: independently with probability `1 - rate`.

    Args:
        key: of the step; see `fitscope.learners.mlp.words.step_key`.
        layer: number of the dropout layer.
        shape: rows and units.
        rate: probability of dropping, resolved to 2**-32.
    """
    return words(key, layer, shape) >= jnp.uint32(min(round(rate * 2**32), 2**32 - 1))
