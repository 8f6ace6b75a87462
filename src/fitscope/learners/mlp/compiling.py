"""Compiled training: programs kept for further runs like the first, options, epochs a call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import jax
import numpy as np

from fitscope.learners.mlp.engine import Carry, Chunk, Engine

WIDE_VECTORS = {"xla_cpu_prefer_vector_width": 512}
ONE_THREAD = {"xla_cpu_multi_thread_eigen": False}


@lru_cache(maxsize=64)
def compiled(
    engine: Engine, one_core: bool = False
) -> tuple[Callable[..., Carry], Callable[..., tuple[Carry, Chunk]]]:
    """`engine.start` and `engine.several`, compiled once and kept for further runs like it.

    For a population, `start` takes parameters with a leading axis of runs.

    Args:
        engine: what is compiled.
        one_core: whether a CPU's program keeps to a single thread, in a process that may have more.
    """
    start = jax.vmap(engine.start) if engine.population else engine.start
    options = compiler_options()
    if one_core and jax.default_backend() == "cpu":
        options = {**options, **ONE_THREAD}
    several = jax.jit(engine.several, donate_argnums=0, compiler_options=options)
    return jax.jit(start), several


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


def epochs_a_call(parameters: int, rows: int, validation_rows: int, runs: int) -> int:
    """How many epochs to compile into one call: a quarter of a second or so, bounded memory."""
    rate = 5e10 if jax.default_backend() == "cpu" else 5e12  # floating-point operations a second
    work = 6.0 * parameters * rows * runs
    most = min(100, 4_000_000 // (validation_rows * runs), 32_000_000 // (rows * runs))
    return int(np.clip(0.25 * rate / work, 1, max(1, most)))
