"""What an estimator aims at where that is not the loss that it is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.learners.estimator.prepared import BY_LABEL, last_step

if TYPE_CHECKING:
    from fitscope.task import Task

CLASS_WEIGHTS = (*BY_LABEL, "auto_class_weights", "scale_pos_weight", "is_unbalance")
"""Settings that make a class count more than its rows do."""
LOSSES = ("loss", "objective", "loss_function")
QUANTILES = ("quantile", "expectile")


def aims_elsewhere(estimator: Any, task: Task) -> str:
    """Why an estimator's loss does not tell whether it has learnt anything; empty where it does.

    Cross-entropy measures probabilities. Decision values and bare labels are none, and those of an
    estimator with class weights are, on purpose, those of rows with other shares of the labels
    (Elkan, "The foundations of cost-sensitive learning", 2001). Squared error measures means, which
    a quantile is not meant to be.

    Args:
        estimator: unfitted.
        task: what it is to learn.

    Example:
        >>> from sklearn.linear_model import LogisticRegression
        >>> from fitscope.task import BINARY
        >>> aims_elsewhere(LogisticRegression(), BINARY)
        ''
        >>> aims_elsewhere(LogisticRegression(class_weight="balanced"), BINARY)[:30]
        'Its setting class_weight moves'
    """
    _, final = last_step(estimator)
    settings = final.get_params()
    if task.kind == "regression":
        told = [str(settings.get(name)).lower() for name in LOSSES]
        quantile = any(word in one for one in told for word in QUANTILES)
        if not quantile and type(final).__name__ != "QuantileRegressor":
            return ""
        return (
            "It predicts a quantile and is judged by squared error, as means are: that does not "
            "tell whether it has learnt anything, and is of use beside models of its kind alone."
        )
    if not _has(estimator, "predict_proba"):
        taken = (
            "decision values, taken as log-odds"
            if _has(estimator, "decision_function")
            else "labels alone, each taken as nearly certain"
        )
        return (
            f"It gives no probabilities but {taken}: its {task.loss.words} does not tell whether "
            "it has learnt anything, and is of use beside models of its kind alone; its "
            f"{task.score.words} is what it is."
        )
    weighted = next((one for one in CLASS_WEIGHTS if settings.get(one) not in (None, 1, False)), "")
    if not weighted:
        return ""
    return (
        f"Its setting {weighted} moves probabilities away from the labels' shares on purpose: its "
        f"{task.loss.words} does not tell whether it has learnt anything, and is of use beside "
        "models of its kind alone."
    )


def _has(estimator: Any, method: str) -> bool:
    """Whether an unfitted estimator has a method, as far as it tells: some ask their parts."""
    try:
        return hasattr(estimator, method)
    except Exception:  # whatever a part raises before it is fitted
        return True
