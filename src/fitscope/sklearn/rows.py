"""Rows that a fit is given: what each counts, and which of them are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int, Shaped

from fitscope.sklearn.refused import RefusedValue


@dataclass(frozen=True)
class WeightedRows:
    """Some rows.

    Attributes:
        x: features.
        y: targets, as they were given or as numbers.
        weights: what each row counts.
    """

    x: Float32[np.ndarray, "rows features"]
    y: Shaped[np.ndarray, " rows"]
    weights: Float64[np.ndarray, " rows"]

    def take(self, which: Shaped[np.ndarray, " some"]) -> WeightedRows:
        """Some of the rows, by a mask or by their numbers."""
        return WeightedRows(self.x[which], self.y[which], self.weights[which])


def given_rows(
    estimator: Any, X: Any, y: Any, weights: Any, *, numeric: bool, first: bool = True
) -> WeightedRows:
    """Rows as numbers, without those of weight 0: they are as good as absent.

    Args:
        estimator: whose features they are.
        X: features.
        y: targets.
        weights: what each row counts, or None.
        numeric: whether targets must be numbers.
        first: whether the estimator learns its features from them; else they must be the same.

    Raises:
        ValueError: anything in them that a person has to mend.
    """
    from sklearn.utils.validation import validate_data

    of = "sample_weight" if first else "sample_weight_val"
    least = 2 if first else 1
    dtype: Any = np.float32
    checked: Any = validate_data(
        estimator, X, y, reset=first, dtype=dtype, y_numeric=numeric, ensure_min_samples=least
    )
    x, y = checked
    rows = WeightedRows(x, y, row_weights(weights, len(y), of))
    return rows.take(rows.weights > 0)


def row_weights(given: Any, rows: int, name: str = "sample_weight") -> Float64[np.ndarray, " rows"]:
    """What each row counts; 1 where nothing is given.

    Args:
        given: None, a number, or one number a row.
        rows: how many there are.
        name: of the argument, for messages.

    Raises:
        ValueError: another shape, a weight below zero, or one that is missing.

    Example:
        >>> row_weights([1, 0.5], 2).tolist(), row_weights(None, 2).tolist()
        ([1.0, 0.5], [1.0, 1.0])
    """
    from sklearn.utils.validation import check_array

    if given is None or np.isscalar(given):
        given = np.full(rows, 1.0 if given is None else given)
    dtype: Any = np.float64
    weights = check_array(
        given, ensure_2d=False, dtype=dtype, ensure_min_samples=0, input_name=name
    )
    if rows and not weights.any():
        raise RefusedValue(f"{name} is zero for every row; some must count")
    if weights.shape != (rows,):
        raise RefusedValue(f"{name} has shape {weights.shape}, but there are {rows} rows")
    if (weights < 0).any():
        row = int(np.argmax(weights < 0))
        raise RefusedValue(f"{name} of row {row} is {weights[row]:g}; weights start at 0")
    return weights


def held_out(
    y: Shaped[np.ndarray, " rows"], share: float, random: np.random.Generator, classes: bool
) -> Bool[np.ndarray, " rows"]:
    """Which rows validate: a share of each class, up to rounding, or of all rows.

    One row of each class stays for training, however few there are.

    Args:
        y: number of the class of each row, or its value.
        share: of the rows, rounded up.
        random: where it is drawn from.
        classes: whether these are classes.

    Raises:
        ValueError: no row is left for one of the sides.

    Example:
        >>> y = np.repeat([0, 1], [80, 20])
        >>> np.bincount(y[held_out(y, 0.1, np.random.default_rng(0), True)]).tolist()
        [8, 2]
    """
    rows = len(y)
    order = random.permutation(rows)
    if classes:
        order = order[np.argsort(y[order], kind="stable")]
        order = np.delete(order, _firsts(y[order]))
    wanted = int(np.ceil(share * rows))
    if not 0 < wanted <= len(order) or wanted == rows:
        raise RefusedValue(
            f"validation_fraction={share:g} of {rows} rows leaves none on one side; give more "
            "rows, another share, or rows of your own as X_val and y_val"
        )
    # every so many rows of those in the order of their classes, from a random beginning
    places = ((np.arange(wanted) + random.random()) * len(order) / wanted).astype(int)
    mask = np.zeros(rows, bool)
    mask[order[places]] = True
    return mask


def _firsts(y: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " classes"]:
    """The first row of each class, of rows in the order of their classes."""
    return np.flatnonzero(np.diff(y, prepend=y[0] - 1))
