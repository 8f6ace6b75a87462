"""Histogram gradient boosting of scikit-learn, watched through its own early stopping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.learners.estimator.staged.afterwards import after, look_back

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Outputs, Seen

STEP, TOTAL = "round", "max_iter"
LOOK = "_check_early_stopping_loss"
"""The method that scikit-learn asks after each round whether to stop, with the raw predictions of
training and validation rows that it keeps up to date anyway."""


def suits(estimator: Any) -> bool:
    """Always."""
    del estimator
    return True


def train(estimator: Any, data: Data, seen: Seen) -> None:
    """Fit in place; scikit-learn's early stopping is asked for and never stops.

    Raises:
        Interrupted: `seen` does.
    """
    links = _links(data.task.kind, estimator)
    calls = 0

    def look(raw_predictions: Any, *args: Any, **named: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls > 1:  # the first one is before any round
            raw = named.get("raw_predictions_val")
            raw = args[2] if raw is None else raw
            seen(links(raw_predictions), links(raw))
        return False

    given = estimator.get_params(deep=False)
    estimator.set_params(early_stopping=True, scoring="loss", warm_start=False)
    setattr(estimator, LOOK, look)
    try:
        estimator.fit(
            data.x, data.y, X_val=data.x_validation, y_val=data.y_validation, **data.weighted
        )
    finally:
        delattr(estimator, LOOK)
        estimator.set_params(**{name: given[name] for name in ("early_stopping", "scoring")})
    if calls < 2:  # a version of scikit-learn that asks nobody
        look_back(lambda x: _stages(estimator, x, data.task.kind), data, seen)


def outputs(estimator: Any, x: Any, how: Outputs) -> np.ndarray:
    """Outputs of rows after the rounds that count."""
    return after(how.rounds, _stages(estimator, x, how.task.kind))


def _stages(estimator: Any, x: Any, kind: str) -> Iterable[Any]:
    """Outputs of rows after each round: scikit-learn's decision values are log-odds and logits."""
    if kind == "regression":
        return estimator.staged_predict(x)
    return estimator.staged_decision_function(x)


def _links(kind: str, estimator: Any) -> Any:
    """Raw predictions, one column an output, as outputs."""
    if kind == "multiclass":
        return np.asarray
    if kind == "regression":
        logs = estimator.loss in ("poisson", "gamma")
        return lambda raw: np.exp(raw[:, 0]) if logs else raw[:, 0]
    return lambda raw: raw[:, 0]
