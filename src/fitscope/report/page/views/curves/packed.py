"""Histories made small enough for a page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    import polars as pl

BUDGET = 300_000  # values on a page: 1.6 MB of text. The guide with five repeats has 170,000
FEWEST = 40  # points of a curve, however many curves there are


def bins(epochs: int, curves: int, budget: int = BUDGET) -> list[int]:
    """Edges of the bins of epochs that become one point each.

    While everything fits, every epoch is a point of its own. Beyond that, half of the edges are
    spread evenly and half by the logarithm, so that a logarithmic axis has its first epochs.

    Args:
        epochs: length of the longest run.
        curves: how many curves of that length there may be.
        budget: points of all curves together.

    Returns:
        Ascending edges from 0 to `epochs`; bin i holds the epochs from edge i to before edge i+1.

    Example:
        >>> bins(4, 1)
        [0, 1, 2, 3, 4]
        >>> len(bins(10_000, 4_000)), bins(10_000, 4_000)[:4]
        (72, [0, 1, 2, 3])
    """
    points = max(FEWEST, budget // max(curves, 1))
    if epochs <= points:
        return list(range(epochs + 1))
    even = np.linspace(0, epochs, points // 2 + 1)
    early = np.geomspace(1, epochs, points // 2)
    return np.unique(np.concatenate([even, early]).round().astype(int)).tolist()


def packed_runs(
    frame: pl.DataFrame, metrics: Sequence[str], edges: Sequence[int]
) -> list[dict[str, Any]]:
    """The runs of a model: for each, its length and its curves as little-endian float32, base64.

    Args:
        frame: histories of one model.
        metrics: columns; each has its like with `val_`.
        edges: see `bins`. A value is the mean over a bin's epochs as far as the run goes.
    """
    packed = []
    for run in frame.sort("repeat", "epoch").partition_by("repeat", maintain_order=True):
        columns = [column for name in metrics for column in (name, f"val_{name}")]
        packed.append(
            {
                "repeat": int(run["repeat"][0]),
                "epochs": run.height,
                "curves": {
                    column: _packed(binned(run[column].to_numpy(), edges))
                    for column in columns
                    if column in run.columns
                },
            }
        )
    return packed


def binned(
    values: Float[np.ndarray, " epochs"], edges: Sequence[int]
) -> Float[np.ndarray, " bins"]:
    """Mean of each bin that the values reach; missing values are left out.

    Example:
        >>> binned(np.array([1.0, 2.0, 4.0, np.nan, 5.0]), [0, 1, 3, 5, 9]).tolist()
        [1.0, 3.0, 5.0]
    """
    values = np.asarray(values, np.float64)
    starts = np.asarray([edge for edge in edges[:-1] if edge < len(values)], int)
    if len(starts) == len(values):
        return np.where(np.isfinite(values), values, np.nan)
    present = np.isfinite(values)
    total = np.add.reduceat(np.where(present, values, 0.0), starts)
    count = np.add.reduceat(present.astype(float), starts)
    return np.divide(total, count, out=np.full(len(starts), np.nan), where=count > 0)


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()
