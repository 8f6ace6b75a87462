"""A metric over epochs as a drawing wants it: smoothed, binned, thinned, a mean over runs.

Every curve that fitscope draws comes through here: figures, the page and its small sketches,
notebooks, terminals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Float, Int

USUAL = 10  # epochs of standard deviation
REACH = 8.0  # standard deviations; what lies beyond weighs less than 1e-15


def smooth(values: Float[np.ndarray, " epochs"], std: float) -> Float[np.ndarray, " epochs"]:
    """Each value replaced by the Gaussian-weighted mean of its neighbours.

    At the ends the kernel is cut off and its weights are scaled to sum to one again, so that
    every smoothed value is a mean of measured values and of nothing else. Reflecting the curve
    instead would invent epochs before the first one, which weigh most exactly where a training
    curve is steepest. Missing values (a diverged run) are left out in the same way and stay
    missing.

    Args:
        values: one value an epoch; NaN or infinity where there is none.
        std: standard deviation of the kernel in epochs; 0 smooths nothing.

    Returns:
        The smoothed curve, of the same length.

    Raises:
        UserError: a negative or infinite standard deviation.

    Example:
        >>> smooth(np.array([1.0, 1.0, np.nan, 1.0]), std=10).round(6).tolist()
        [1.0, 1.0, nan, 1.0]
    """
    from scipy.ndimage import gaussian_filter1d

    if not (np.isfinite(std) and std >= 0):
        raise UserError(f"smoothing_std must be zero or a positive number of epochs, got {std!r}")
    values = np.asarray(values, dtype=np.float64)
    present = np.isfinite(values)
    if std == 0:
        return np.where(present, values, np.nan)
    weights = gaussian_filter1d(present.astype(float), std, mode="constant", truncate=REACH)
    total = gaussian_filter1d(np.where(present, values, 0.0), std, mode="constant", truncate=REACH)
    return np.divide(total, weights, out=np.full_like(total, np.nan), where=present)


def usual_smoothing(epochs: int) -> int:
    """Ten epochs, or less where that would be longer than what there is to smooth.

    Args:
        epochs: length of the longest run.

    Returns:
        Standard deviation in whole epochs.

    Example:
        >>> usual_smoothing(1_000), usual_smoothing(60), usual_smoothing(5)
        (10, 2, 1)
    """
    return min(USUAL, max(epochs // 25, 1))


def places(length: int, points: int, early: bool = False) -> Int[np.ndarray, " kept"]:
    """At most so many places along a curve, its ends among them.

    Args:
        length: how many values there are.
        points: how many the eye can tell apart.
        early: for a logarithmic axis, too: as many again, dense at the start.

    Example:
        >>> places(4, 10).tolist(), places(100, 3).tolist()
        ([0, 1, 2, 3], [0, 49, 99])
        >>> places(1_000, 4, early=True).tolist()
        [0, 1, 9, 99, 333, 666, 999]
    """
    if length <= points * (1 + early):
        return np.arange(length)
    even = np.linspace(0, length - 1, points)
    start = np.geomspace(1, length - 1, points) if early else even
    return np.unique(np.concatenate([even, start]).astype(int))


def bins(epochs: int, points: int) -> Int[np.ndarray, " edges"]:
    """Edges of the bins of epochs that become one point each.

    While everything fits, every epoch is a point of its own. Beyond that, half of the edges are
    spread evenly and half by the logarithm, so that a logarithmic axis has its first epochs.

    Args:
        epochs: length of the longest run.
        points: how many bins about.

    Returns:
        Ascending edges from 0 to `epochs`; bin i holds the epochs from edge i to before edge i+1.

    Example:
        >>> bins(4, 300).tolist(), bins(10_000, 75)[:4].tolist()
        ([0, 1, 2, 3, 4], [0, 1, 2, 3])
    """
    if epochs <= points:
        return np.arange(epochs + 1)
    even = np.linspace(0, epochs, points // 2 + 1)
    early = np.geomspace(1, epochs, points // 2)
    return np.unique(np.concatenate([even, early]).round().astype(int))


def binned(
    values: Float[np.ndarray, " epochs"], edges: Sequence[int] | Int[np.ndarray, " edges"]
) -> Float[np.ndarray, " bins"]:
    """Mean of each bin that the values reach; missing values are left out.

    Example:
        >>> binned(np.array([1.0, 2.0, 4.0, np.nan, 5.0]), [0, 1, 3, 5, 9]).tolist()
        [1.0, 3.0, 5.0]
    """
    values = np.asarray(values, np.float64)
    edges = np.asarray(edges)
    starts = edges[:-1][edges[:-1] < len(values)]
    present = np.isfinite(values)
    if len(starts) == len(values):
        return np.where(present, values, np.nan)
    total = np.add.reduceat(np.where(present, values, 0.0), starts)
    count = np.add.reduceat(present.astype(float), starts)
    return np.divide(total, count, out=np.full(len(starts), np.nan), where=count > 0)


@dataclass(frozen=True, eq=False)
class MeanCurve:
    """A metric of a model over epochs, over all its runs.

    Attributes:
        runs: each run's own values, NaN after its end.
        mean: mean of the smoothed runs that are still training at an epoch.
        error: standard error of that mean, NaN where fewer than two runs remain.
    """

    runs: Float[np.ndarray, "repeats epochs"]
    mean: Float[np.ndarray, " epochs"]
    error: Float[np.ndarray, " epochs"]

    @property
    def epochs(self) -> Float[np.ndarray, " epochs"]:
        """Epoch numbers, from 0."""
        return np.arange(len(self.mean), dtype=float)


def mean_curve(histories: pl.DataFrame, model: str, metric: str, smoothing_std: float) -> MeanCurve:
    """The curve of `metric` of `model`.

    Each run is smoothed by itself, so that no run's end bends another run's curve.

    Args:
        histories: a study's histories, one row an epoch of a run.
        model: name of the model.
        metric: a column of `histories`.
        smoothing_std: standard deviation of the Gaussian, in epochs.

    Returns:
        Mean and standard error over the model's runs.
    """
    import polars as pl

    rows = histories.filter(pl.col("model") == model).sort("repeat", "epoch")
    runs = [run[metric].to_numpy() for run in rows.partition_by("repeat", maintain_order=True)]
    length = max((len(run) for run in runs), default=0)
    raw = np.stack([_padded(run, length) for run in runs]) if runs else np.empty((0, 0))
    smoothed = np.stack([smooth(run, smoothing_std) for run in raw]) if runs else raw
    alive = np.isfinite(smoothed).sum(axis=0)
    total = np.nansum(smoothed, axis=0)
    mean = np.divide(total, alive, out=np.full(length, np.nan), where=alive > 0)
    squares = np.nansum((smoothed - mean) ** 2, axis=0)
    variance = np.divide(squares, alive - 1, out=np.full(length, np.nan), where=alive > 1)
    error = np.sqrt(np.divide(variance, alive, out=np.full(length, np.nan), where=alive > 1))
    return MeanCurve(raw, mean, error)


def compact(
    epochs: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], points: int
) -> tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " columns"]]:
    """One run's curve for a drawing of so many points across: means of the epochs at each.

    Args:
        epochs: numbers of the epochs, rising, perhaps with gaps.
        values: the metric; what is missing is left out.
        points: how many points span the epochs from the first to the last.

    Returns:
        Points across, from 0 to `points - 1`, those that have a value; and the means there.

    Example:
        >>> at, means = compact(np.arange(6), np.array([0.0, 2, 2, 4, np.nan, 8]), points=3)
        >>> at.tolist(), means.tolist()
        ([0, 1, 2], [1.0, 3.0, 8.0])
    """
    length = max(float(epochs[-1] - epochs[0]), 1.0)
    at = np.round((epochs - epochs[0]) / length * (points - 1)).astype(int)
    kept = np.isfinite(values)
    known, where = np.unique(at[kept], return_inverse=True)
    return known, np.bincount(where, weights=values[kept]) / np.bincount(where)


def _padded(run: np.ndarray, length: int) -> np.ndarray:
    return np.pad(run.astype(np.float64), (0, length - len(run)), constant_values=np.nan)
