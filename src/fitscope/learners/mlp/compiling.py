"""How the compiled loop is compiled."""

from __future__ import annotations

from functools import cache
from typing import Any

import jax

WIDE_VECTORS = {"xla_cpu_prefer_vector_width": 512}


@cache
def compiler_options() -> dict[str, Any]:
    """Options for `jax.jit`: on a CPU, vector instructions as wide as it has.

    XLA holds itself to 256 bits where a processor has 512. A version of XLA that does not know
    the option does without.
    """
    if jax.default_backend() != "cpu":
        return {}
    try:
        jax.jit(lambda x: x, compiler_options=WIDE_VECTORS).lower(0.0).compile()
    except jax.errors.JaxRuntimeError:
        return {}
    return WIDE_VECTORS
