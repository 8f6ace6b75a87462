"""Rows that count unequally, as values that count alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped


def by_weight(
    values: Shaped[np.ndarray, "... rows"], weights: Float[np.ndarray, " rows"] | None
) -> Shaped[np.ndarray, "... rows"]:
    """Values whose plain mean is the weighted mean, and whose scatter is its error.

    A weighted mean is a ratio of two sums, `sum(w x) / sum(w)`. Each value becomes the weighted
    mean plus `w / mean(w)` times what it lies off it: the linearization of that ratio (Hajek, 1971;
    Sarndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, result 5.6.1). So the
    usual standard error of these values, squared, is
    `n / (n - 1) * sum(w**2 (x - mean)**2) / sum(w)**2`; where weights have nothing to do with
    values it is that of as many rows as
    `fitscope.data.weights.effective_rows` says. What is linear stays so: the difference of two
    models' values is the value of their difference. So whatever is known of rows that count alike,
    in pairs, folds or groups, holds of them.

    Args:
        values: of each row; several sets are turned side by side, each around its own mean.
        weights: what each row counts, above 0; None where all count alike.

    Returns:
        The values, float32 if they were; the same ones without weights.

    Example:
        >>> by_weight(np.array([1.0, 4.0]), np.array([2.0, 1.0]))
        array([0.66666667, 3.33333333])
    """
    if weights is None:
        return values
    kind = np.float32 if values.dtype == np.float32 else np.float64
    with np.errstate(invalid="ignore", over="ignore"):  # of a run that diverged
        mean = (values @ weights / weights.sum())[..., None]
        return (mean + (weights / weights.mean()) * (values - mean)).astype(kind)
