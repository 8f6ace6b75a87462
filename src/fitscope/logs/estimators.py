"""Fitted estimators that keep the losses of their fit, of scikit-learn and boosting libraries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

# what scikit-learn's networks and boosted trees keep, and what fitscope calls it
KEPT = {
    "loss_curve_": "train/loss",
    "validation_scores_": "validation/score",
    "train_score_": "train/score",
    "validation_score_": "validation/score",
}
DICTIONARIES = ("evals_result_", "evals_result", "get_evals_result")


def kept_curves(estimator: Any) -> Mapping[str, Any] | None:
    """The curves that a fitted estimator keeps, as a dictionary; None if it keeps none.

    Gradient boosting's `train_score_` is a loss: it comes without validation scores.

    Args:
        estimator: any object.
    """
    for name in DICTIONARIES:
        try:
            found = getattr(estimator, name, None)
            found = found() if callable(found) else found
        except Exception:  # not fitted, or without an evaluation set: each says it in its own way
            continue
        if isinstance(found, Mapping) and found:
            return found
    columns = {
        shown: np.asarray(values, np.float64)
        for name, shown in KEPT.items()
        if (values := getattr(estimator, name, None)) is not None
        and np.ndim(values) == 1
        and np.size(values)
    }
    if "validation/score" not in columns and "train/score" in columns:
        columns["train/loss"] = columns.pop("train/score")
    return columns or None
