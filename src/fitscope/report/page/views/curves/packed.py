"""Histories made small enough for a page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.report.series import binned
from fitscope.task import VALIDATION

if TYPE_CHECKING:
    import polars as pl

BUDGET = 90_000  # values on a page: half a megabyte of text; a screen shows no more of them
FEWEST = 40  # points of a curve, however many curves there are


def points(curves: int, budget: int = BUDGET) -> int:
    """How many points each of so many curves may have.

    Example:
        >>> points(1), points(1_000), points(1_000_000)
        (90000, 90, 40)
    """
    return max(FEWEST, budget // max(curves, 1))


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
        columns = [column for name in metrics for column in (name, f"{VALIDATION}{name}")]
        packed.append(
            {
                "epochs": run.height,
                "curves": {
                    column: _packed(binned(run[column].to_numpy(), edges))
                    for column in columns
                    if column in run.columns
                },
            }
        )
    return packed


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()
