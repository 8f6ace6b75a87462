"""CatBoost: its rounds are looked at when they are done, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.outputs import numbers
from fitscope.learners.estimator.staged.afterwards import look_back

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "round", "iterations"
EARLY = ("early_stopping_rounds", "od_type", "od_pval", "od_wait", "use_best_model")


def suits(estimator: Any) -> bool:
    """Always."""
    del estimator
    return True


def train(estimator: Any, data: Data, seen: Seen) -> None:
    """Fit in place, then look at each round."""
    given = estimator.get_params()
    estimator.set_params(**{name: None for name in EARLY if given.get(name) is not None})
    estimator.fit(data.x, data.y, **data.weighted)
    kind = _kind(estimator, data.task.kind)

    def stages(x: Any) -> Iterator[np.ndarray]:
        for one in estimator.staged_predict(x, prediction_type=kind, thread_count=1):
            yield _flat(one, estimator, data.task.kind)

    look_back(stages, data, seen)


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows after the rounds that count."""
    kind = _kind(estimator, how.task.kind)
    found = estimator.predict(x, prediction_type=kind, ntree_end=how.rounds, thread_count=1)
    return _flat(found, estimator, how.task.kind)


def _kind(estimator: Any, task: str) -> str:
    """Log-odds and logits of classes; of a regression what its loss predicts."""
    loss = str(estimator.get_params().get("loss_function", ""))
    counts = loss.partition(":")[0] in ("Poisson", "Tweedie")
    return "Exponent" if task == "regression" and counts else "RawFormulaVal"


def _flat(found: Any, estimator: Any, task: str) -> np.ndarray:
    values = np.asarray(found, np.float64)
    return values if task == "multiclass" else numbers(values, estimator, len(values))
