"""AdaBoost of scikit-learn, one estimator after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.outputs import of_probabilities
from fitscope.learners.estimator.staged.afterwards import after, look_back

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen
    from fitscope.task import Task

STEP, TOTAL = "round", "n_estimators"


def suits(estimator: Any) -> bool:
    """Always."""
    del estimator
    return True


def train(estimator: Any, data: Data, seen: Seen) -> None:
    """Fit in place, then look at each stage."""
    estimator.fit(data.x, data.y, **data.weighted)
    look_back(lambda x: _stages(estimator, x, data.task, data.certain), data, seen)


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows after the rounds that count."""
    return after(how.rounds, _stages(estimator, x, how.task, how.certain))


def _stages(estimator: Any, x: Any, task: Task, certain: float) -> Iterable[np.ndarray]:
    if task.kind == "regression":
        yield from estimator.staged_predict(x)
        return
    for chances in estimator.staged_predict_proba(x):
        yield of_probabilities(chances, estimator, task, certain)
