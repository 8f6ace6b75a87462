"""LightGBM, watched by a metric: it is given the predictions that are kept up to date anyway."""

from __future__ import annotations

import warnings
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.chances import Chances

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "round", "n_estimators"
EARLY = ("early_stopping_round", "early_stopping_rounds", "early_stopping", "n_iter_no_change")


def suits(estimator: Any) -> bool:
    """Trees that stay as they are, of an objective that is LightGBM's own."""
    settings = estimator.get_params()
    kind = settings.get("boosting_type", "gbdt")
    return kind in ("gbdt", "goss") and not callable(settings.get("objective"))


def train(estimator: Any, data: Data, seen: Seen) -> None:
    """Fit in place.

    Raises:
        Interrupted: `seen` does.
    """
    import lightgbm

    looks: list[np.ndarray | Chances] = []
    regression = data.task.kind == "regression"
    metric = estimator.get_params().get("metric")

    def look(y: Any, predicted: Any) -> tuple[str, float, bool]:
        del y
        looks.append(predicted if regression else Chances(predicted, data.task))
        if len(looks) == 2:
            seen(*looks)
            looks.clear()
        return "seen", 0.0, True

    # LightGBM asks for its signature before every call, and takes long to work it out
    look.__signature__ = signature(look)
    estimator.set_params(**{name: None for name in EARLY if name in estimator.get_params()})
    estimator.set_params(metric="None")  # its own would be computed for nobody
    parts = [(data.x, data.y), (data.x_validation, data.y_validation)]
    with warnings.catch_warnings():
        # eval_X does not know the training rows again, and would go through all of them twice
        warnings.filterwarnings("ignore", "The argument 'eval_set' is deprecated")
        estimator.fit(
            data.x,
            data.y,
            eval_set=parts,
            eval_metric=look,
            callbacks=[lightgbm.log_evaluation(0)],
            **data.weighted,
        )
    estimator.set_params(metric=metric)


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows after the rounds that count."""
    raw = how.task.kind != "regression"
    return estimator.predict(x, raw_score=raw, num_iteration=how.rounds or None)
