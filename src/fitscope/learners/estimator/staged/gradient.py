"""Gradient boosting of scikit-learn, one tree after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.staged.afterwards import after, look_back

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "round", "n_estimators"


def suits(estimator: Any) -> bool:
    """Always."""
    del estimator
    return True


def train(estimator: Any, data: Data, seen: Seen) -> None:
    """Fit in place, then look at each stage: trees predict much faster than these are grown."""
    estimator.set_params(n_iter_no_change=None, warm_start=False)
    estimator.fit(data.x, data.y, **data.weighted)
    look_back(lambda x: _stages(estimator, x, data.task.kind), data, seen)


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows after the rounds that count."""
    return after(how.rounds, _stages(estimator, x, how.task.kind))


def _stages(estimator: Any, x: Any, kind: str) -> Iterable[np.ndarray]:
    if kind == "regression":
        yield from estimator.staged_predict(x)
        return
    # of the exponential loss the raw prediction is half the log-odds (Friedman 2001)
    times = 2.0 if estimator.loss == "exponential" else 1.0
    for raw in estimator.staged_decision_function(x):
        yield times * (raw if kind == "multiclass" else raw.ravel())
