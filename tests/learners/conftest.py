"""Keras is the reference here: on JAX, on the CPU, where fitscope promises the same bits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
import pytest

from fitscope.data.split import Split
from fitscope.learners.mlp import compiling

jax.config.update("jax_platforms", "cpu")


def simulated(train: int, validation: int, features: int = 5, seed: int = 0) -> Split:
    """Simulated rows whose labels follow the features, with noise."""
    random = np.random.default_rng(seed)
    rows = train + validation
    x = random.normal(size=(rows, features)).astype(np.float32)
    chance = 1 / (1 + np.exp(-(x @ random.normal(size=features)) - np.sin(3 * x[:, 0])))
    y = (random.random(rows) < chance).astype(np.float32)
    return Split(x[:train], y[:train], x[train:], y[train:])


@pytest.fixture(scope="session")
def make_split():
    """`(train, validation, features=5, seed=0) -> Split` of simulated rows."""
    return simulated


@pytest.fixture(scope="session")
def split() -> Split:
    """37 training rows (no whole number of batches) and 23 validation rows, simulated."""
    return simulated(37, 23)


@contextmanager
def with_care() -> Iterator[dict[str, Any]]:
    """Training is compiled as users have it, not as in other tests; gives XLA's options for it."""
    care = {"xla_backend_optimization_level": 3, "xla_cpu_use_fusion_emitters": True}

    def anew() -> None:
        compiling.compiler_options.cache_clear()
        compiling.compiled.cache_clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WIDE_VECTORS", {**compiling.WIDE_VECTORS, **care})
        anew()
        yield care
    anew()


@pytest.fixture(scope="module")
def compiled_with_care() -> Iterator[dict[str, Any]]:
    """See `with_care`."""
    with with_care() as care:
        yield care
