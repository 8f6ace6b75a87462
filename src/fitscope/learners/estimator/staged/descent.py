"""`SGDClassifier` and `SGDRegressor` of scikit-learn, epoch by epoch."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.outputs import outputs_of

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "epoch", "max_iter"


def suits(estimator: Any) -> bool:
    """Where weights of classes are given as numbers; "balanced" ones it refuses epoch by epoch."""
    return getattr(estimator, "class_weight", None) != "balanced" and not estimator.average


def train(estimator: Any, data: Data, seen: Seen) -> Any:
    """Fit in place, up to its own `max_iter`, or until its training loss has stood for long.

    Returns:
        A copy as it was at its best epoch.

    Raises:
        Interrupted: `seen` does.
    """
    classes = {} if data.task.kind == "regression" else {"classes": np.unique(data.y)}
    order = np.random.RandomState(estimator.random_state)  # of a number each epoch has one order
    estimator.set_params(early_stopping=False, warm_start=False, random_state=order)
    best, lowest, standing = estimator, np.inf, 0
    for _ in range(estimator.max_iter):
        estimator.partial_fit(data.x, data.y, **classes)
        train, validation = (
            outputs_of(estimator, x, data.task, data.certain) for x in (data.x, data.x_validation)
        )
        if seen(train, validation):
            best = deepcopy(estimator)
        loss = data.task.row_losses(train, data.y).mean()
        standing = standing + 1 if loss > lowest - (estimator.tol or -np.inf) else 0
        lowest = min(lowest, loss)
        if standing >= estimator.n_iter_no_change:
            break
    for one in (best, estimator):
        one.set_params(random_state=None)
    return best


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows."""
    return outputs_of(estimator, x, how.task, how.certain)
