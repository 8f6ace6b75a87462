"""The order of rows in each epoch, and the random keys of a run."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int32, UInt32

WEIGHTS, ORDER, STEPS = range(3)  # independent streams of one run


def stream(seed: int, repeat: int, purpose: int, *more: int) -> np.random.SeedSequence:
    """The seed sequence of one purpose in one run.

    Different arguments below 2**32 give independent streams; a seed sequence would split a
    larger one into words that others could have.
    """
    return np.random.SeedSequence([seed, repeat, purpose, *more])


def epoch_order(rows: int, seed: int, repeat: int, epoch: int) -> Int32[np.ndarray, " rows"]:
    """A uniformly random permutation of the training rows, the same for the same arguments.

    Args:
        rows: number of training rows.
        seed: seed of the study.
        repeat: number of the run among the repeats of its model.
        epoch: number of the epoch.

    Example:
        >>> order = epoch_order(10, seed=0, repeat=0, epoch=3)
        >>> sorted(order.tolist()) == list(range(10))
        True
    """
    random = np.random.default_rng(stream(seed, repeat, ORDER, epoch))
    return random.permutation(rows).astype(np.int32)


def run_key(seed: int, repeat: int) -> UInt32[np.ndarray, " 2"]:
    """Two words from which all is made that the steps of a run draw: dropout masks, noise."""
    return stream(seed, repeat, STEPS).generate_state(2, np.uint32)
