"""Estimators that learn in steps, and how each is watched while it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from fitscope.learners.chances import Chances
    from fitscope.learners.steps import MeanMetrics
    from fitscope.task import Task

Seen = Callable[["np.ndarray | Chances | MeanMetrics", "np.ndarray | Chances"], bool]
"""Takes outputs, or probabilities, of training and validation rows after a step, or the training
rows' means; tells whether it is the best."""


@dataclass(frozen=True, eq=False)
class Data:
    """What a learner with steps is trained on.

    Attributes:
        x: training rows, as the estimator takes them.
        y: their targets: whole numbers of classes, or numbers.
        x_validation: rows that are only looked at.
        y_validation: their targets.
        task: what is to be learnt.
        certain: the probability that stands for exactly 0.
        weights: what each training row counts; None where all count alike.
    """

    x: Any
    y: np.ndarray
    x_validation: Any
    y_validation: np.ndarray
    task: Task
    certain: float
    weights: np.ndarray | None = None

    @property
    def weighted(self) -> dict[str, Any]:
        """Weights as the argument of `fit`; no argument without them."""
        return {} if self.weights is None else {"sample_weight": self.weights}


class Staged(Protocol):
    """A module that watches some estimators.

    Attributes:
        STEP: what one of their steps is called.
        TOTAL: the setting that says how many there are.
    """

    STEP: str
    TOTAL: str

    def suits(self, estimator: Any) -> bool:
        """Whether an estimator with these settings can be watched."""
        ...

    def train(self, estimator: Any, data: Data, seen: Seen) -> Any:
        """Fit an estimator in place and hand over its outputs after each step.

        Returns:
            A copy as it was at the best step; None where `outputs` can leave out later steps.
        """
        ...

    def outputs(self, estimator: Any, x: Any, data: Outputs) -> np.ndarray:
        """Outputs of rows; see `fitscope.task.Task`."""
        ...


@dataclass(frozen=True)
class Outputs:
    """How outputs are to be made.

    Attributes:
        task: what was learnt.
        rounds: how many steps count; 0 for all of them.
        certain: the probability that stands for exactly 0.
    """

    task: Task
    rounds: int
    certain: float


_HISTOGRAM = "sklearn.ensemble._hist_gradient_boosting.gradient_boosting"
_HOMES = {
    f"{_HISTOGRAM}.BaseHistGradientBoosting": "histogram",
    "sklearn.ensemble._gb.BaseGradientBoosting": "gradient",
    "sklearn.ensemble._weight_boosting.BaseWeightBoosting": "weighted",
    "sklearn.neural_network._multilayer_perceptron.BaseMultilayerPerceptron": "perceptron",
    "sklearn.linear_model._stochastic_gradient.BaseSGDClassifier": "descent",
    "sklearn.linear_model._stochastic_gradient.BaseSGDRegressor": "descent",
    "xgboost.sklearn.XGBModel": "xgboosted",
    "lightgbm.sklearn.LGBMModel": "lightgbm_boosted",
    "catboost.core.CatBoost": "catboosted",
}


def staged(estimator: Any) -> Staged | None:
    """What watches an estimator; None where it learns in one step, or cannot be watched."""
    for kind in type(estimator).__mro__:
        home = _HOMES.get(f"{kind.__module__}.{kind.__qualname__}")
        if home is not None:
            found: Any = import_module(f"{__name__}.{home}")
            return found if found.suits(estimator) else None
    return None
