"""`MLPClassifier` and `MLPRegressor` of scikit-learn, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.learners.estimator.staged.epochs import STEP, TOTAL, outputs, train_by_epochs

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Seen

__all__ = ["STEP", "TOTAL", "outputs", "suits", "train"]


def suits(estimator: Any) -> bool:
    """What is trained by steps on batches."""
    return estimator.solver in ("sgd", "adam")


def train(estimator: Any, data: Data, seen: Seen) -> Any:
    """Fit in place; see `train_by_epochs`.

    With `early_stopping` it would keep rows to itself; here validation rows are at hand.
    """
    estimator.set_params(early_stopping=False, warm_start=False)
    patience = estimator.n_iter_no_change + 1  # scikit-learn's own networks wait for one more
    return train_by_epochs(
        estimator, data, seen, lambda _: estimator.loss_, estimator.tol, patience
    )
