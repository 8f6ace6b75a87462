"""Simulated events for training, validation and for knowing the population loss."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fitscope.data.source import Source
from fitscope.data.split import Split
from fitscope.higgs.simulation import BLOCK, block

if TYPE_CHECKING:
    from fitscope.learners.mlp.evaluation import Rows

FRESH_SEED = 4_000_000_000  # a stream of its own: never trained on


@lru_cache(maxsize=3)
def _block(number: int, seed: int) -> np.ndarray:
    return block(number, seed)


def events(first: int, rows: int, seed: int) -> np.ndarray:
    """Simulated events first, first + 1, ... of a seed: float32 [rows, 29], the label first."""
    numbers = range(first // BLOCK, -(-(first + rows) // BLOCK))
    start = first - numbers[0] * BLOCK
    return np.concatenate([_block(number, seed) for number in numbers])[start : start + rows]


def split(seed: int, train: int, validation: int = 1_000, first: int = 0) -> Split:
    """Validation rows and training rows, from the event `first` of a seed on."""
    rows = events(first, validation + train, seed)
    x, y = rows[:, 1:], rows[:, 0]
    source = Source("simulated", f"simulated events, seed {seed}", simulated=True)
    return Split(x[validation:], y[validation:], x[:validation], y[:validation], source=source)


def fresh(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of events that nothing was trained on or chosen by."""
    found = events(0, rows, FRESH_SEED)
    return found[:, 1:], found[:, 0]


def population(rows: int) -> Rows:
    """The same on the processor, where the population loss is taken from."""
    import jax

    from fitscope.learners.mlp.evaluation import Rows

    jax.config.update("jax_platforms", "cpu")
    x, y = fresh(rows)
    return Rows(jax.device_put(x), jax.device_put(y))
