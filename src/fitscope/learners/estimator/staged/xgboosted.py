"""XGBoost, watched by a callback: its matrices keep predictions up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.chances import Chances
from fitscope.learners.estimator.outputs import numbers
from fitscope.learners.steps import MeanMetrics

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "round", "n_estimators"
OWN = {"binary": ("logloss", "error"), "multiclass": ("mlogloss", "merror")}
"""Its own names of cross-entropy and of the share of wrong labels."""
USUAL = (None, "binary:logistic", "multi:softprob")
"""Objectives whose predictions these measure."""


def suits(estimator: Any) -> bool:
    """Trees that stay as they are: of dropped ones and of lines no round can be left out, and a
    forest is one round."""
    settings = estimator.get_params()
    forest = any(kind.__name__.startswith("XGBRF") for kind in type(estimator).__mro__)
    booster = settings.get("booster") in (None, "gbtree")
    return booster and not forest and not settings.get("num_parallel_tree")


def train(estimator: Any, data: Data, seen: Seen) -> None:
    """Fit in place.

    Raises:
        Interrupted: `seen` does.
    """
    from xgboost.callback import TrainingCallback

    matrix, margin = _matrix(estimator, data.x_validation), data.task.kind != "regression"
    looked: list[np.ndarray | Chances] = []

    def look(y: Any, predicted: Any) -> float:
        del y
        one = (
            Chances(predicted, data.task)
            if margin
            else numbers(predicted, estimator, len(predicted))
        )
        looked.append(one)
        return 0.0

    given = estimator.get_params(deep=False)
    own = OWN.get(data.task.kind) if given.get("objective") in USUAL else None

    class Look(TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            del epoch
            ours = looked.pop() if own is None else _means(evals_log, *own)
            seen(ours, model.predict(matrix, output_margin=margin, validate_features=False))
            return False

    estimator.set_params(callbacks=[*(given.get("callbacks") or ()), Look()])
    estimator.set_params(eval_metric=look if own is None else [*own], early_stopping_rounds=None)
    try:
        estimator.fit(
            data.x,
            data.y,
            sample_weight=data.weights,
            eval_set=[(data.x, data.y)],
            sample_weight_eval_set=None if data.weights is None else [data.weights],
            verbose=False,
        )
    finally:  # set_params would hand them to the trained model, which takes no list of metrics
        estimator.callbacks, estimator.eval_metric = (
            given.get("callbacks"),
            given.get("eval_metric"),
        )


def _means(logged: Any, loss: str, error: str) -> MeanMetrics:
    """What XGBoost says of the training rows: to hand over their predictions takes it longer."""
    (found,) = logged.values()
    return MeanMetrics(found[loss][-1], 1.0 - found[error][-1])


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows after the rounds that count."""
    return estimator.get_booster().predict(
        _matrix(estimator, x),
        output_margin=how.task.kind != "regression",
        iteration_range=(0, how.rounds),
    )


def _matrix(estimator: Any, x: Any) -> Any:
    from xgboost import DMatrix

    settings = estimator.get_params()
    return DMatrix(
        x,
        missing=settings.get("missing", np.nan),
        feature_types=settings.get("feature_types"),
        enable_categorical=settings.get("enable_categorical", False),
        nthread=1,
    )
