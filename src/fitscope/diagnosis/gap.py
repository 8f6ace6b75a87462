"""The gap: validation minus training at the end."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.trend import Trend


def gap(
    validation: Trend, train: Trend | None, fit: float | None, rows_error: float | None
) -> tuple[float | None, float | None]:
    """How much worse the last epoch is on validation rows than on training rows.

    Args:
        validation: trend of the validation curve, as a loss.
        train: trend of the training curve, as a loss, or None.
        fit: the loss on the training rows with dropout off at the last epoch, where known: the
            logged training curve is an average over an epoch with dropout on.
        rows_error: standard error of a validation score over rows, where known.

    Returns:
        The gap and its standard error, or None and None without a training curve.
    """
    if fit is not None:
        train_value, train_error = fit, 0.0
    elif train is not None:
        train_value, train_error = float(train.values[-1]), float(train.errors[-1])
    else:
        return None, None
    error = np.sqrt(validation.errors[-1] ** 2 + train_error**2 + (rows_error or 0.0) ** 2)
    return float(validation.values[-1]) - train_value, float(error)
