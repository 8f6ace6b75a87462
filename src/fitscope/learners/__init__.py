"""What can be trained: learners by the name under which a study stores them.

A learner's module is imported when it is used, so that nothing of JAX or scikit-learn is before.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError

if TYPE_CHECKING:
    from fitscope.learners.base import Learner
    from fitscope.task import Task

_HOMES = {
    "mlp": ("fitscope.learners.mlp.network", "MLP"),
    "hgb": ("fitscope.learners.hgb", "HGB"),
    "constant": ("fitscope.learners.constant", "Constant"),
    "estimator": ("fitscope.learners.estimator.estimator", "Estimator"),
}


def as_learner(given: Any, task: Task | None = None) -> Learner:
    """A learner for what a user gives.

    Args:
        given: a learner, or an unfitted estimator: anything of scikit-learn's interface, see
            `fitscope.learners.estimator.estimator.Estimator`.
        task: what it is to learn, where that is known.

    Raises:
        UserError: nothing that can be trained here, or for another task.

    Example:
        >>> from sklearn.linear_model import LogisticRegression
        >>> as_learner(LogisticRegression(C=0.1))
        Estimator(LogisticRegression(C=0.1))
    """
    from fitscope.learners.base import Choosy, Learner

    if isinstance(given, Learner) and not isinstance(given, type):
        learner = given
    elif hasattr(given, "get_params"):
        from fitscope.learners.estimator.estimator import Estimator

        learner = Estimator(given)
    else:
        what = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
        raise UserError(
            f"{what} is no learner; give fs.MLP(...), fs.HGB(...) or an unfitted estimator of "
            "scikit-learn, XGBoost, LightGBM or CatBoost"
        )
    if task is not None and isinstance(learner, Choosy):
        learner.check_task(task)
    return learner


def to_stored(learner: Learner) -> dict[str, Any]:
    """The learner as study.json keeps it; `from_stored` reads it back.

    Example:
        >>> from fitscope.learners.hgb import HGB
        >>> from_stored(to_stored(HGB(max_depth=3)))
        HGB(max_depth=3)
    """
    plain = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in learner.as_dict().items()
    }
    return {"learner": learner.kind, **plain}


def from_stored(stored: Mapping[str, Any]) -> Learner:
    """The learner that `to_stored` described; without a name, an MLP of version 0.1.

    Raises:
        UserError: a kind of learner that is not known here.
    """
    kind = stored.get("learner", "mlp")
    if kind not in _HOMES:
        raise UserError(
            f"unknown learner {kind!r}; known are {', '.join(_HOMES)}: read it with the version "
            "of fitscope that wrote it"
        )
    module, name = _HOMES[kind]
    settings = {name: value for name, value in stored.items() if name != "learner"}
    return getattr(import_module(module), name).from_dict(settings)
