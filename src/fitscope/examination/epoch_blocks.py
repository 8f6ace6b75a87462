"""Epochs in blocks that grow: losses of rows along a run, with its jitter averaged out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int

GROWTH = 1.5
"""A block's epochs reach so many times as far as those of the block before it."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Losses of the same runs in blocks of epochs.

    Attributes:
        trained: epochs trained in the middle of each block.
        losses: measure to the mean losses of each block, round by round and row by row.
        training: the training loss of each block, over all runs.
    """

    trained: Int[np.ndarray, " blocks"]
    losses: Mapping[str, Float[np.ndarray, "blocks rounds rows"]]
    training: Float[np.ndarray, " blocks"]


def evenly_kept(epochs: Int[np.ndarray, " kept"]) -> Int[np.ndarray, " few"]:
    """The epochs that were kept for being so many apart, not for being the best or the last.

    The best epoch was picked for its loss on these very rows.

    Example:
        >>> evenly_kept(np.array([0, 20, 33, 40, 60, 80, 99])).tolist()
        [0, 20, 40, 60, 80]
    """
    if len(epochs) < 3:
        return epochs
    stride = int(np.bincount(np.diff(epochs)).argmax())
    return epochs[epochs % stride == 0]


def block_of(epochs: Int[np.ndarray, " kept"]) -> Int[np.ndarray, " kept"]:
    """The number of the block of each epoch, without gaps.

    Args:
        epochs: rising, evenly kept.

    Example:
        >>> block_of(np.arange(0, 200, 20)).tolist()
        [0, 1, 2, 3, 4, 4, 5, 5, 6, 6]
    """
    stride = max(int(epochs[1] - epochs[0]), 1) if len(epochs) > 1 else 1
    far = np.maximum(epochs, stride / GROWTH) / stride
    raw = np.floor(np.log(far) / np.log(GROWTH) + 1e-9).astype(int)
    return np.unique(raw, return_inverse=True)[1]


def means_of_blocks(
    values: Float[np.ndarray, "kept ..."], block: Int[np.ndarray, " kept"]
) -> Float[np.ndarray, "blocks ..."]:
    """The mean of each block's epochs.

    Example:
        >>> means_of_blocks(np.array([1.0, 2.0, 4.0]), np.array([0, 1, 1])).tolist()
        [1.0, 3.0]
    """
    counts = np.bincount(block)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sums = np.add.reduceat(np.asarray(values, np.float64), starts, axis=0)
    return sums / counts.reshape(-1, *[1] * (sums.ndim - 1))
