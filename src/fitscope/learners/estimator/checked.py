"""What is no estimator, or none for the task, is refused before it is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError, reason

if TYPE_CHECKING:
    from fitscope.task import Task

OTHERS = {
    "clusterer": "finds clusters, whatever the target is",
    "outlier_detector": "finds outliers, whatever the target is",
    "density_estimator": "tells densities and predicts no target",
    "transformer": "prepares rows and predicts no target",
}
"""Types of scikit-learn's estimators that learn no target, and what each does."""


def check_estimator(estimator: Any) -> None:
    """Make sure that something is an estimator.

    Raises:
        UserError: it is none.
    """
    if isinstance(estimator, type):
        raise UserError(
            f"{estimator.__name__} is a class; give an estimator, {estimator.__name__}()"
        )
    for method in ("get_params", "set_params", "fit", "predict"):
        if not hasattr(type(estimator), method):  # some have it once they are fitted
            raise UserError(
                f"{type(estimator).__name__} is no estimator: it has no {method}(); an estimator "
                "has get_params, set_params, fit and predict, as scikit-learn's BaseEstimator"
            )
    try:
        settings = estimator.get_params(deep=True)
    except Exception as error:  # of a class whose __init__ does not keep what it is given
        raise UserError(
            f"{type(estimator).__name__} is no estimator: its settings cannot be read "
            f"({reason(error)}); __init__ must name each setting and keep it by that name"
        ) from None
    for one in (estimator, *settings.values()):
        if "<locals>" in type(one).__qualname__ and hasattr(one, "get_params"):
            raise UserError(
                f"the class {type(one).__name__} is defined inside a function, where what it "
                "learns cannot be found again; define it at the top of a module"
            )


def check_aim(estimator: Any, name: str, task: Task) -> None:
    """Make sure that a classifier is given classes, and a regressor numbers.

    Args:
        estimator: unfitted.
        name: what messages call it.
        task: what it is to learn.

    Raises:
        UserError: the other one is needed, or it learns no target.
    """
    from sklearn.base import is_classifier, is_regressor

    if (kind := _type_of(estimator)) in OTHERS:
        raise UserError(f"{name} {OTHERS[kind]}, and this is a {task.kind} task")
    regression = task.kind == "regression"
    if (is_classifier(estimator) and regression) or (is_regressor(estimator) and not regression):
        is_one, needed = ("classifier", "regressor") if regression else ("regressor", "classifier")
        raise UserError(f"{name} is a {is_one}, and this is a {task.kind} task; give a {needed}")


def _type_of(estimator: Any) -> str:
    """The type of estimator that it says it is, such as "classifier"; empty if it says nothing."""
    from sklearn.utils import get_tags

    try:
        return get_tags(estimator).estimator_type or ""
    except (AttributeError, TypeError, ValueError):
        return ""
