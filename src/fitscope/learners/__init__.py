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
}

_BOOSTING = {"HistGradientBoostingClassifier": False, "HistGradientBoostingRegressor": True}
"""scikit-learn's estimators that become a learner of ours; True for that of a regression."""
_OWN = {"random_state", "verbose", "early_stopping"}
"""Settings that a study decides: its seed, its screens, its best round."""
_EARLY = {"n_iter_no_change", "scoring", "tol", "validation_fraction"}
"""Settings that mean nothing without `early_stopping`."""


def as_learner(given: Any, task: Task | None = None) -> Learner:
    """A learner for what a user gives.

    Args:
        given: a learner, or an unfitted `HistGradientBoostingClassifier` or
            `HistGradientBoostingRegressor` of scikit-learn. Seed and stopping are the study's;
            any other setting that `HGB` lacks is refused.
        task: what it is to learn, where that is known.

    Raises:
        UserError: nothing that can be trained here, or for another task.

    Example:
        >>> from sklearn.ensemble import HistGradientBoostingClassifier
        >>> as_learner(HistGradientBoostingClassifier(max_depth=3))
        HGB(max_depth=3)
    """
    from fitscope.learners.base import Learner

    if isinstance(given, Learner) and not isinstance(given, type):
        return given
    name = type(given).__name__
    if name not in _BOOSTING or not type(given).__module__.startswith("sklearn."):
        what = f"the class {given.__name__}" if isinstance(given, type) else f"{name}"
        raise UserError(
            f"{what} is no learner; give fs.MLP(...), fs.HGB(...) or an unfitted "
            f"{' or '.join(_BOOSTING)} of scikit-learn"
        )
    if task is not None and _BOOSTING[name] != (task.kind == "regression"):
        other = next(other for other in _BOOSTING if other != name)
        raise UserError(f"{name} does not suit a {task.kind} task; give {other}(...)")
    return _boosting(given, name)


def _boosting(estimator: Any, name: str) -> Learner:
    from fitscope.learners.hgb import HGB

    settings, defaults = estimator.get_params(), type(estimator)().get_params()
    if settings["early_stopping"] is True:
        raise UserError(
            f"{name}: early_stopping=True is not carried; all rounds are trained, and the best "
            "one is kept anyway"
        )
    carried = HGB().as_dict()
    for setting, value in settings.items():
        known = setting in carried or setting in _OWN | _EARLY
        if not known and not _same(value, defaults[setting]):
            raise UserError(
                f"{name}: {setting}={value!r} is not carried; HGB has {', '.join(carried)}"
            )
    return HGB(**{setting: settings[setting] for setting in carried})


def _same(value: Any, default: Any) -> bool:
    return value is default or (isinstance(value, type(default)) and value == default)


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
