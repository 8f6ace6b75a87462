"""Simulated rows for networks of the caller's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitscope.data.split import Split


def simulated(kind: str, rows: int, train: int) -> Split:
    """Rows of a task of this kind, the first ones for training.

    Args:
        kind: of the task.
        rows: of both parts.
        train: of the training part.
    """
    random = np.random.default_rng(3)
    x = random.normal(size=(rows, 4)).astype(np.float32)
    signal = x[:, 0] + 0.5 * x[:, 1] * x[:, 2] + random.normal(0, 0.5, rows)
    y: Any = (signal > 0).astype(np.float32)
    if kind == "multiclass":
        y = np.array(["low", "mid", "top"])[(signal > -0.5).astype(int) + (signal > 0.5)]
    elif kind == "regression":
        y = 50 + 8 * signal
    return Split(x[:train], y[:train], x[train:], y[train:])
