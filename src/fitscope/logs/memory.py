"""Logs in memory: Keras' `History`, dictionaries of columns, data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.documents import document_logs
from fitscope.logs.estimators import kept_curves
from fitscope.logs.frames import frame_table
from fitscope.logs.log import Log
from fitscope.logs.table import logs


def object_logs(source: Any) -> list[Log]:
    """The runs of an object.

    Args:
        source: Keras' `History`, a dictionary of columns or of such dictionaries by name, a list
            of records (skorch's `net.history`), a fitted estimator that keeps its losses, or a
            Polars or pandas data frame.

    Raises:
        UserError: another kind of object, or no curves in it.
    """
    inner = getattr(source, "history", None)
    if isinstance(inner, Mapping):
        found = document_logs("history", inner)
        numbers = np.asarray(getattr(source, "epoch", None) or (), np.float64)
        return [_numbered(log, numbers) for log in found]
    if isinstance(inner, Sequence):  # a fitted skorch net
        return document_logs("history", inner)
    kept = kept_curves(source)
    if kept is not None:
        return document_logs(type(source).__name__, kept)
    if isinstance(source, Mapping | list | tuple):
        return document_logs("history", source)
    if hasattr(source, "columns") and hasattr(source, "dtypes"):
        return logs("table", frame_table(source))
    raise UserError(
        f"cannot diagnose a {type(source).__name__}; give a dictionary of columns, a data frame, "
        "Keras' History, a path, or a result of fitscope"
    )


def _numbered(log: Log, epochs: np.ndarray) -> Log:
    fitting = {
        name: replace(curve, epochs=epochs)
        for name, curve in log.curves.items()
        if len(epochs) == len(curve.values) and curve.epochs is None
    }
    return replace(log, curves={**log.curves, **fitting})
