"""`MLPClassifier` and `MLPRegressor` of scikit-learn, epoch by epoch."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.outputs import outputs_of

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "epoch", "max_iter"


def suits(estimator: Any) -> bool:
    """What is trained by steps on batches."""
    return estimator.solver in ("sgd", "adam")


def train(estimator: Any, data: Data, seen: Seen) -> Any:
    """Fit in place, up to its own `max_iter`, or until its training loss has stood for long.

    With `early_stopping` it would keep rows to itself; here validation rows are at hand.

    Returns:
        A copy as it was at its best epoch.

    Raises:
        Interrupted: `seen` does.
    """
    classes = {} if data.task.kind == "regression" else {"classes": np.unique(data.y)}
    estimator.set_params(early_stopping=False, warm_start=False)
    best, lowest, standing = estimator, np.inf, 0
    for _ in range(estimator.max_iter):
        estimator.partial_fit(data.x, data.y, **classes)
        looks = (
            outputs_of(estimator, x, data.task, data.certain) for x in (data.x, data.x_validation)
        )
        if seen(*looks):
            best = deepcopy(estimator)
        standing = standing + 1 if estimator.loss_ > lowest - estimator.tol else 0
        lowest = min(lowest, estimator.loss_)
        if standing > estimator.n_iter_no_change:
            break
    return best


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows."""
    return outputs_of(estimator, x, how.task, how.certain)
