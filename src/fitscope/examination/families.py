"""Whole families of learners on the ladder beside ours: boosting libraries and forests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitscope.learners.base import Learner
    from fitscope.task import Task


@dataclass(frozen=True)
class Family:
    """Estimators of one library.

    Attributes:
        classifier: path of the one for labels.
        regressor: path of the one for numbers.
        plainer: settings of the plainer rung; the richer one is as the library has it.
        usual: settings of both that are not the library's own.
    """

    classifier: str
    regressor: str
    plainer: dict[str, Any]
    usual: dict[str, Any] = field(default_factory=dict)


WIDTHS = {"a quarter of the units": 0.25, "": 1.0, "twice the units": 2.0}
"""Rungs around a network of the caller's own: in words, the factor of its hidden widths."""

FAMILIES = {
    "xgboost": Family("xgboost.XGBClassifier", "xgboost.XGBRegressor", {"max_depth": 3}),
    "lightgbm": Family(
        "lightgbm.LGBMClassifier", "lightgbm.LGBMRegressor", {"num_leaves": 8}, {"verbose": -1}
    ),
    "catboost": Family("catboost.CatBoostClassifier", "catboost.CatBoostRegressor", {"depth": 3}),
    "forest": Family(
        "sklearn.ensemble.RandomForestClassifier",
        "sklearn.ensemble.RandomForestRegressor",
        {"min_samples_leaf": 10},
    ),
}


def family_rungs(name: str, task: Task) -> dict[str, Learner]:
    """The rungs of a family, the plainer one first.

    Args:
        name: of the family.
        task: what is to be learnt.

    Raises:
        UserError: its library is not installed.

    Example:
        >>> from fitscope.task import BINARY
        >>> list(family_rungs("forest", BINARY))
        ['forest min_samples_leaf=10', 'forest']
    """
    from fitscope.learners.estimator.described import class_at
    from fitscope.learners.estimator.estimator import Estimator

    family = FAMILIES[name]
    kind: Any = class_at(family.regressor if task.kind == "regression" else family.classifier)
    return {
        rung_name(name, family.plainer): Estimator(kind(**family.usual, **family.plainer)),
        name: Estimator(kind(**family.usual)),
    }


def rungs_around(learner: Learner) -> dict[str, Learner]:
    """A learner of the caller's between plainer and richer versions of itself, plainest first.

    Its neighbours are those on the setting that moves its capacity most; the others are turned
    where remedies are tried.

    Args:
        learner: the learner.

    Example:
        >>> from sklearn.neighbors import KNeighborsClassifier
        >>> from fitscope.learners import as_learner
        >>> list(rungs_around(as_learner(KNeighborsClassifier(10))))
        ['neighbours n_neighbors=100', 'neighbours n_neighbors=20', 'neighbours', \
'neighbours n_neighbors=5', 'neighbours n_neighbors=1']
    """
    from fitscope.learners.estimator.estimator import Estimator
    from fitscope.learners.own.network import OwnNetwork

    if isinstance(learner, OwnNetwork) and "units" in learner.description.knobs:
        return {
            f"{learner.sort} {words}".strip(): learner.changed({"units": share} if words else {})
            for words, share in WIDTHS.items()
        }
    if not isinstance(learner, Estimator) or not learner.neighbours:
        return {learner.sort: learner}
    first = learner.neighbours[0]

    def turned(values: tuple[Any, ...]) -> dict[str, Learner]:
        chosen = dict.fromkeys((*values[:1], *values[-1:]))  # the nearest and the farthest
        made = [{first.turn.setting: value} for value in chosen]
        return {rung_name(learner.sort, one): learner.changed(one) for one in made}

    plainer = turned(first.plainer)
    return {
        **dict(reversed(plainer.items())),
        learner.sort: learner,
        **turned(first.richer),
    }


def rung_name(name: str, settings: dict[str, Any]) -> str:
    """What a learner with other settings is called."""
    return f"{name} {' '.join(told_setting(*one) for one in settings.items())}"


def told_setting(setting: str, value: Any) -> str:
    """A setting as it is written, of a pipeline without the name of its step.

    Example:
        >>> told_setting("forest__max_depth", 4), told_setting("layers", (8, 8))
        ('max_depth=4', 'layers=(8,8)')
    """
    short = f"{value:g}" if isinstance(value, float) else str(value).replace(" ", "")
    return f"{setting.rpartition('__')[2]}={short}"
