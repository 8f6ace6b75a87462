"""A first look at rows: one record, and the histogram of all features together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int

from fitscope.data.split import Split


@dataclass(frozen=True)
class Description:
    """What `describe` finds in the first rows of a split.

    Attributes:
        label: the first row's label, 0 or 1 or its name, or the value of a regression.
        record: the first row's features by name, in order.
        rows: how many rows the histogram and the ranges cover.
        counts: values in each bin, of all features together.
        edges: borders of the bins, one more than there are bins.
        ranges: lowest and highest value of each feature by name.
    """

    label: int | float | str
    record: dict[str, float]
    rows: int
    counts: Int[np.ndarray, " bins"]
    edges: Float[np.ndarray, " bins+1"]
    ranges: dict[str, tuple[float, float]]


def describe(split: Split, rows: int = 1_000, bins: int = 101) -> Description:
    """Describe the first rows of a split, in the file's order: validation, then training.

    Args:
        split: the rows.
        rows: how many of them to look at.
        bins: how many bins the histogram has.

    Returns:
        The first record, the histogram of all features flattened, and each feature's range.

    Example:
        >>> x = np.array([[0.5, 1], [2, 3], [4, 5]], np.float32)
        >>> y = np.array([1, 0, 1], np.float32)
        >>> first = describe(Split(x[1:], y[1:], x[:1], y[:1], ("a", "b")), bins=3)
        >>> first.label, first.record, first.counts.tolist()
        (1, {'a': 0.5, 'b': 1.0}, [2, 2, 2])
    """
    x = np.concatenate([split.x_validation[:rows], split.x_train[:rows]])[:rows]
    counts, edges = feature_histogram(x, bins)
    return Description(
        label=_target(split, 0),
        record=dict(zip(split.feature_names, x[0].tolist(), strict=True)),
        rows=len(x),
        counts=counts,
        edges=edges,
        ranges={
            name: (float(column.min()), float(column.max()))
            for name, column in zip(split.feature_names, x.T, strict=True)
        },
    )


def _target(split: Split, row: int) -> int | float | str:
    value = float(split.y_validation[row])
    if split.task.kind == "regression":
        return value
    return split.task.labels[int(value)] if split.task.labels else int(value)


def feature_histogram(
    x: Float32[np.ndarray, "rows features"], bins: int = 101
) -> tuple[Int[np.ndarray, " bins"], Float[np.ndarray, " bins+1"]]:
    """Count the values of all features together in bins of equal width; missing ones do not count.

    Args:
        x: features, one row an example.
        bins: how many bins lie between the lowest and the highest value.

    Returns:
        Counts and the borders of the bins.

    Example:
        >>> counts, edges = feature_histogram(np.array([[0, 1], [1, 4]], np.float32), bins=2)
        >>> counts.tolist(), edges.tolist()
        ([3, 1], [0.0, 2.0, 4.0])
    """
    values = x.ravel()
    return np.histogram(values[np.isfinite(values)], bins=bins)
