"""Compiled training: programs kept for further runs like the first, options, epochs a call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any

import jax
import numpy as np

from fitscope.learners.mlp.carry import Carry, Chunk, Inner
from fitscope.learners.mlp.description import Architecture
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.forward import predict

WIDE_VECTORS = {"xla_cpu_prefer_vector_width": 512}
QUICKLY = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}
"""A program compiled so takes a third of the time to compile, and five times as long to run."""


@lru_cache(maxsize=64)
def compiled(
    engine: Engine, quickly: bool = False
) -> tuple[Callable[..., Carry], Callable[..., tuple[Carry, Chunk]]]:
    """`engine.start` and `engine.several`, compiled once and kept for further runs like it.

    For a population, `start` takes parameters with a leading axis of runs.

    Args:
        engine: what is compiled.
        quickly: whether it is compiled with little care, for runs that are over in no time.
    """
    start = jax.vmap(engine.start) if engine.population else engine.start
    options = compiler_options(quickly)
    several = jax.jit(engine.several, donate_argnums=0, compiler_options=options)
    return jax.jit(start), several


@lru_cache(maxsize=64)
def compiled_steps(engine: Engine) -> Callable[..., tuple[Inner, jax.Array]]:
    """`engine.steps_on`, compiled once for each number of rows."""
    return jax.jit(engine.steps_on, donate_argnums=0, compiler_options=compiler_options())


@lru_cache(maxsize=64)
def compiled_outputs(model: Architecture) -> Callable[..., jax.Array]:
    """Outputs of rows from weights, state and rows, with dropout off."""
    return jax.jit(partial(predict, model), compiler_options=compiler_options())


@cache
def compiler_options(quickly: bool = False) -> dict[str, Any]:
    """Options for `jax.jit`: on a CPU, vector instructions as wide as it has.

    XLA holds itself to 256 bits where a processor has 512.

    Args:
        quickly: see `compiled`.
    """
    if jax.default_backend() != "cpu":
        return {}
    wanted = QUICKLY if quickly else WIDE_VECTORS
    return {name: value for name, value in wanted.items() if _known(name, value)}


@cache
def _known(name: str, value: Any) -> bool:
    """Whether this version of XLA has an option; one that has not does without."""
    try:
        jax.jit(lambda x: x, compiler_options={name: value}).lower(0.0).compile()
    except jax.errors.JaxRuntimeError:
        return False
    return True


def epochs_a_call(parameters: int, rows: int, validation_rows: int, runs: int) -> int:
    """How many epochs to compile into one call: a quarter of a second or so, bounded memory."""
    rate = 5e10 if jax.default_backend() == "cpu" else 5e12  # floating-point operations a second
    work = 6.0 * parameters * rows * runs
    most = min(100, 4_000_000 // (validation_rows * runs), 32_000_000 // (rows * runs))
    return int(np.clip(0.25 * rate / work, 1, max(1, most)))
