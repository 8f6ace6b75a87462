"""`SGDClassifier` and `SGDRegressor` of scikit-learn, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.staged.epochs import STEP, TOTAL, outputs, train_by_epochs

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Seen

__all__ = ["STEP", "TOTAL", "outputs", "suits", "train"]


def suits(estimator: Any) -> bool:
    """Where weights of classes are given as numbers; "balanced" ones it refuses epoch by epoch."""
    return getattr(estimator, "class_weight", None) != "balanced" and not estimator.average


def train(estimator: Any, data: Data, seen: Seen) -> Any:
    """Fit in place; see `train_by_epochs`."""

    def loss(outputs: np.ndarray) -> float:
        losses = data.task.row_losses(outputs, data.y)
        return float(np.average(losses, weights=data.weights))

    order = np.random.RandomState(estimator.random_state)  # of a number each epoch has one order
    estimator.set_params(early_stopping=False, warm_start=False, random_state=order)
    tol = -np.inf if estimator.tol is None else estimator.tol
    patience = estimator.n_iter_no_change
    best = train_by_epochs(estimator, data, seen, loss, tol, patience)
    for one in (best, estimator):
        one.set_params(random_state=None)
    return best
