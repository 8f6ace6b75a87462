"""Estimators of scikit-learn that are trained by calls of `partial_fit`, one an epoch."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.outputs import outputs_of

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "epoch", "max_iter"


def train_by_epochs(
    estimator: Any,
    data: Data,
    seen: Seen,
    loss: Callable[[np.ndarray], float],
    tol: float,
    patience: int,
) -> Any:
    """Fit in place, up to its own `max_iter`, or until its training loss has stood for long.

    Args:
        estimator: it, with its settings.
        data: the rows.
        seen: takes the outputs.
        loss: the training loss of the latest epoch, where outputs of training rows tell it.
        tol: by how much it must fall below the lowest one before, or it has stood.
        patience: so many epochs in a row in which it has stood end training.

    Returns:
        A copy as it was at its best epoch.

    Raises:
        Interrupted: `seen` does.
    """
    classes = {} if data.task.kind == "regression" else {"classes": np.unique(data.y)}
    best, lowest, standing = estimator, np.inf, 0
    for _ in range(estimator.max_iter):
        estimator.partial_fit(data.x, data.y, **classes, **data.weighted)
        train, validation = (
            outputs_of(estimator, x, data.task, data.certain) for x in (data.x, data.x_validation)
        )
        if seen(train, validation):
            best = deepcopy(estimator)
        found = loss(train)
        standing = standing + 1 if found > lowest - tol else 0
        lowest = min(lowest, found)
        if standing >= patience:
            break
    return best


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows."""
    return outputs_of(estimator, x, how.task, how.certain)
