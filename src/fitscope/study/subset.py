"""A part of a split's training rows, to see what more of them bring."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Shaped

from fitscope.data.split import Split
from fitscope.learners.streams import stream

SUBSET = 2**16
"""Purpose of the random numbers that draw it; learners have the small ones."""


def subset(split: Split, rows: int, seed: int, repeat: int) -> Split:
    """So many training rows, the same for every learner; the validation rows stay as they are.

    Of classes each has its share, and one row at the least. For one run, fewer rows are a part
    of more rows, as nearly as shares allow.

    Args:
        split: the rows.
        rows: how many are to be trained on; all of them if there are no more.
        seed: the study's seed.
        repeat: number of the run; each draws its own.

    Example:
        >>> x, y = np.zeros((10, 1), np.float32), np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
        >>> part = subset(Split(x, y, x, y), rows=5, seed=0, repeat=0)
        >>> sorted(part.y_train.tolist()), len(part.y_validation)
        ([0.0, 0.0, 0.0, 0.0, 1.0], 10)
    """
    if rows >= len(split.y_train):
        return split
    random = np.random.default_rng(stream(seed, repeat, SUBSET))
    order = random.permutation(len(split.y_train))
    if split.task.kind != "regression":
        order = order[_of_each_class(split.y_train[order].astype(int), rows)]
    chosen = np.sort(order[:rows])
    weights = None if split.train_weights is None else split.train_weights[chosen]
    return split.trained_on(
        split.x_train[chosen], split.y_train[chosen], weights, f"{rows} {seed} {repeat}"
    )


def _of_each_class(y: Shaped[np.ndarray, " all"], rows: int) -> Int[np.ndarray, " rows"]:
    """Places of the first rows of each class, as many as are its share."""
    labels, counts = np.unique(y, return_counts=True)
    wanted = counts * rows / len(y)
    given = np.maximum(np.floor(wanted).astype(int), 1)
    for label in np.argsort(given - wanted, kind="stable")[: max(rows - given.sum(), 0)]:
        given[label] += 1
    while given.sum() > rows and given.max() > 1:  # rare classes have more than their share
        given[given.argmax()] -= 1
    places = [
        np.flatnonzero(y == label)[:count] for label, count in zip(labels, given, strict=True)
    ]
    return np.concatenate(places)
