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
    "keras": ("fitscope.learners.own.keras.learner", "Keras"),
    "torch": ("fitscope.learners.own.torch.learner", "Torch"),
}


def as_learner(
    given: Any, task: Task | None = None, features: int | None = None, weighted: bool = False
) -> Learner:
    """A learner for what a user gives.

    Args:
        given: a learner, or an unfitted estimator: anything of scikit-learn's interface, see
            `fitscope.learners.estimator.estimator.Estimator`; or a function that builds a Keras
            model or a PyTorch module, see `fitscope.learners.own.recognise.own_network`.
        task: what it is to learn, where that is known; a network is built for it.
        features: columns of the rows that it is to learn from; a network needs to know.
        weighted: whether these rows count unequally.

    Raises:
        UserError: nothing that can be trained here, or for another task.

    Example:
        >>> from sklearn.linear_model import LogisticRegression
        >>> as_learner(LogisticRegression(C=0.1))
        Estimator(LogisticRegression(C=0.1))
    """
    from fitscope.learners.abilities import Choosy, Picky
    from fitscope.learners.base import Learner

    learner: Learner
    if isinstance(given, Learner) and not isinstance(given, type):
        learner = given
    elif is_function(given) and task is not None and features is not None:
        from fitscope.learners.own.recognise import own_network

        learner = own_network(given, task, features)
    elif hasattr(given, "get_params"):
        from fitscope.learners.estimator.estimator import Estimator

        learner = Estimator(given)
    else:
        what = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
        raise UserError(
            f"{what} is no learner; give fs.MLP(...), fs.HGB(...), an unfitted estimator of "
            "scikit-learn, XGBoost, LightGBM or CatBoost, or a function that builds a network"
        )
    if task is not None and isinstance(learner, Choosy):
        learner.check_task(task)
    if weighted and isinstance(learner, Picky):
        learner.check_weights()
    return learner


def is_function(given: Any) -> bool:
    """Whether what a user gives is a function that builds a network, by all one can see.

    Example:
        >>> is_function(lambda: None), is_function("mlp")
        (True, False)
    """
    from fitscope.learners.own.torch.given import TorchBuild

    return isinstance(given, TorchBuild) or (callable(given) and not hasattr(given, "get_params"))


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
