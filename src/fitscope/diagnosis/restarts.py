"""Warm restarts: a learning rate that begins anew lifts both curves, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int

SHORTEST = 4  # epochs of a cycle, below which nobody sees one
SHARE = 0.02  # of all that training moved through, that a jump must be
ABOVE = 6.0  # usual changes of the step from epoch to epoch that it must be
LARGEST = 0.3  # of the largest jump, that the others must be
UNDONE = 0.25  # of a jump: what may be left of it, and what is left before it was undone
ALIKE = 0.25  # by which share lengths of cycles differ
GROWS = 2.0  # or how many times as long as the one before a cycle is


def unfinished_cycle(
    validation: Float[np.ndarray, " n"], train: Float[np.ndarray, " n"] | None
) -> int | None:
    """Where the last cycle begins, if it was not finished and stands higher than the one before.

    A warm restart (Loshchilov and Hutter, *SGDR*, 2017) lifts training and validation loss at
    once, and a cycle of the learning rate brings both down again. A run that ends within a cycle
    has not come apart; what its end says is said by the end of the last whole cycle.

    Args:
        validation: the validation curve as a loss.
        train: the training curve as a loss; without it a cycle is not told from a rise.

    Returns:
        Number of evaluations before the last cycle, None where there is no such cycle: there must
        be two jumps or more at equal distances (or doubled ones), each but the last undone, and
        not at once as a spike is.

    Example:
        >>> at = np.arange(44)
        >>> loss = np.exp(-at / 20) + 0.1 * (1 + np.cos(np.pi * (at % 20) / 20))
        >>> unfinished_cycle(0.1 + loss, loss), unfinished_cycle(0.1 + loss[:40], loss[:40])
        (40, None)
    """
    if train is None or len(train) < 2 * SHORTEST:
        return None
    starts = _jumps(validation, train)
    if len(starts) < 2:
        return None
    last, n = int(starts[-1]), len(train)
    if len(starts) == 2 and n - last < 2:  # any two spikes are as regular as that
        return None
    lengths = np.diff(starts)
    if lengths.min() < SHORTEST or not _regular(lengths) or n - last >= lengths[-1]:
        return None
    heights = train[starts] - train[starts - 1]
    for start, height, length in zip(starts, heights, lengths, strict=False):
        if train[start : start + length].min() > train[start - 1] + UNDONE * height:
            return None
    start, height = int(starts[-2]), heights[-2]  # the first ones vanish in the first fall
    early = train[start : start + max(int(lengths[-1]) // 4, 3)]
    if early.min() < train[start - 1] + UNDONE * height:  # a spike
        return None
    few = min(max(int(lengths[-1]) // 10, 1), n - last)
    higher = all(one[-few:].mean() > one[last - few : last].mean() for one in (train, validation))
    return last if higher else None


def _jumps(
    validation: Float[np.ndarray, " n"], train: Float[np.ndarray, " n"]
) -> Int[np.ndarray, " jumps"]:
    """Where both curves leap up."""
    steps = np.diff(train)
    usual = float(np.median(np.abs(np.diff(steps))))
    least = max(ABOVE * usual, SHARE * float(np.ptp(train)), LARGEST * float(steps.max()))
    leaps = np.flatnonzero((steps > least) & (np.diff(validation) > 0)) + 1
    return leaps[leaps >= SHORTEST]


def _regular(lengths: Int[np.ndarray, " cycles"]) -> bool:
    ratios = lengths[1:] / lengths[:-1]
    return any(bool(np.all(np.abs(ratios - one) <= ALIKE * one)) for one in (1.0, GROWS))
