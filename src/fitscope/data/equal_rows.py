"""Equal rows: keys that find them, and how many chance alone gives two parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int, UInt64

if TYPE_CHECKING:
    import polars as pl

BLOCKS = 8
"""Groups of columns that are left out of a comparison by turns. More of them tell finer, at a cost
that grows with their square."""

FEWEST_PAIRS = 5
"""Pairs that differ in two groups of columns from which on they are counted on. With one or two
the estimate is as large as chance makes it."""


def row_blocks(frame: pl.DataFrame, distinct: Sequence[int]) -> UInt64[np.ndarray, "rows blocks"]:
    """A hash of each row's values in each group of columns; their sum is a key of the row.

    Columns are dealt out by their number of different values, so that each group gets some with
    many and some with few. Two missing values count as equal.

    Args:
        frame: the columns.
        distinct: how many different values each has.

    Example:
        >>> import polars as pl
        >>> blocks = row_blocks(pl.DataFrame({"a": [1, 1, 2], "b": ["x", "x", None]}), [2, 1])
        >>> keys = blocks.sum(axis=1)
        >>> bool(keys[0] == keys[1]), bool(keys[1] == keys[2])
        (True, False)
    """
    blocks = np.zeros((frame.height, max(1, min(BLOCKS, frame.width))), np.uint64)
    for place, column in enumerate(np.argsort(distinct, kind="stable")[::-1].tolist()):
        block = place % blocks.shape[1]
        hashed = frame[:, column].hash(seed=column).to_numpy()
        blocks[:, block] = _mix(blocks[:, block] + hashed)
    return blocks


def _mix(words: UInt64[np.ndarray, " rows"]) -> UInt64[np.ndarray, " rows"]:
    """Spread every bit over the whole word (Stafford 2011, as in SplitMix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def equal_pairs(a: UInt64[np.ndarray, " some"], b: UInt64[np.ndarray, " others"]) -> int:
    """How many pairs of one element each are equal.

    Example:
        >>> equal_pairs(np.array([1, 1, 2], np.uint64), np.array([1, 3], np.uint64))
        2
    """
    keys, counts = np.unique(a, return_counts=True)
    others, times = np.unique(b, return_counts=True)
    _, i, j = np.intersect1d(keys, others, assume_unique=True, return_indices=True)
    return int(counts[i] @ times[j]) if len(i) else 0


def by_chance(
    blocks: UInt64[np.ndarray, "rows blocks"],
    train: Int[np.ndarray, " train"],
    other: Int[np.ndarray, " other"],
) -> tuple[int, float]:
    """Different rows that stand in both parts, and how many of them chance alone gives.

    Where two groups of columns agree independently of each other among rows that agree in all the
    rest, pairs that agree in both are to those that agree in one as those are to pairs that agree
    in neither: equal = (all but one) x (all but the other) / (all but both). The largest such
    estimate is taken, because columns that go together make it too small. A table with columns
    that hardly ever repeat has no pairs that differ in one group alone, so chance gives it none.

    Args:
        blocks: as `row_blocks` gives them.
        train: numbers of the rows of one part.
        other: numbers of the rows of the other one.

    Returns:
        The number of different rows in both, and the estimate.

    Example:
        >>> import polars as pl
        >>> coins = np.random.default_rng(0).integers(0, 2, (2_000, 8))
        >>> blocks = row_blocks(pl.DataFrame(coins), [2] * 8)
        >>> by_chance(blocks, np.arange(1_500), np.arange(1_500, 2_000))
        (226, 227.0)
    """
    keys = blocks.sum(axis=1)
    one = train[np.unique(keys[train], return_index=True)[1]]
    two = other[np.unique(keys[other], return_index=True)[1]]
    equal = equal_pairs(keys[one], keys[two])
    groups = range(blocks.shape[1])
    if equal == 0 or len(groups) < 2:
        return equal, float(equal if len(groups) < 2 else 0)

    def pairs(*left_out: int) -> int:
        out = blocks[:, list(left_out)].sum(axis=1)
        return equal_pairs(keys[one] - out[one], keys[two] - out[two])

    nearly = [pairs(group) - equal for group in groups]
    estimate = 0.0
    for a, b in combinations(groups, 2):
        if nearly[a] and nearly[b]:
            neither = pairs(a, b) - equal - nearly[a] - nearly[b]
            if neither >= FEWEST_PAIRS:
                estimate = max(estimate, nearly[a] * nearly[b] / neither)
    return equal, estimate
