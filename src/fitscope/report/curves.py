"""What a figure draws for one model and one metric: a mean over its runs and its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from jaxtyping import Float

from fitscope.report.smoothing import smooth


@dataclass(frozen=True, eq=False)
class Curve:
    """A metric of a model over epochs.

    Attributes:
        runs: each run's own values, NaN after its end, shape (repeats, epochs).
        mean: mean of the smoothed runs that are still training at an epoch, shape (epochs,).
        error: standard error of that mean, NaN where fewer than two runs remain, shape (epochs,).
    """

    runs: Float[np.ndarray, "repeats epochs"]
    mean: Float[np.ndarray, " epochs"]
    error: Float[np.ndarray, " epochs"]

    @property
    def epochs(self) -> Float[np.ndarray, " epochs"]:
        """Epoch numbers, from 0."""
        return np.arange(len(self.mean), dtype=float)


def curve(histories: pl.DataFrame, model: str, metric: str, smoothing_std: float) -> Curve:
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
    return Curve(raw, mean, error)


def _padded(run: np.ndarray, length: int) -> np.ndarray:
    return np.pad(run.astype(np.float64), (0, length - len(run)), constant_values=np.nan)
