"""Which settings of known estimators move their capacity, in which direction, over which range."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from fitscope.learners.estimator.described import LIBRARIES


@dataclass(frozen=True)
class Turn:
    """A setting that moves an estimator's capacity.

    Attributes:
        setting: its name.
        plainer: what less capacity is, in words: "more rows a leaf".
        richer: what more of it is.
        more_is_richer: whether a higher value means more capacity.
        values: what it can sensibly be, rising; neighbours are taken from these.
        usual: the number that None, or a word of the library, stands for.
        remedy: whether it is something done against overfitting, rather than size.
        off: the value at which a remedy does nothing, or no more than it usually does.
    """

    setting: str
    plainer: str
    richer: str
    more_is_richer: bool
    values: tuple[Any, ...]
    usual: float = inf
    remedy: bool = False
    off: float = 0.0


DECADES = tuple(10.0**power for power in range(-6, 5))
DEPTHS = (1, 2, 3, 4, 6, 8, 12, 16)
LEAVES = (4, 8, 16, 31, 64, 128, 256)
FILLED = (1, 2, 5, 10, 20, 50, 100, 200, 500)
SHARES = (0.2, 0.35, 0.5, 0.7, 0.85, 1.0)
PENALTIES = (0.0, 0.1, 1.0, 10.0, 100.0)
WORDS = {"sqrt": 0.3, "log2": 0.2, "auto": 0.3}
"""Shares of the features that scikit-learn's words stand for where there are ten to twenty."""


def _penalty(setting: str, values: tuple[float, ...] = DECADES, usual: float = 0.0) -> Turn:
    return Turn(
        setting, f"a higher {setting}", f"a lower {setting}", False, values, usual, True, usual
    )


def _cost(setting: str = "C") -> Turn:
    return Turn(setting, f"a lower {setting}", f"a higher {setting}", True, DECADES, 1.0)


def _depth(setting: str = "max_depth", usual: float = inf) -> Turn:
    values = DEPTHS if isfinite(usual) else (*DEPTHS, inf)
    return Turn(setting, "shallower trees", "deeper trees", True, values, usual)


def _leaves(setting: str = "max_leaf_nodes", usual: float = inf) -> Turn:
    values = LEAVES if isfinite(usual) else (*LEAVES, inf)
    return Turn(setting, "fewer leaves a tree", "more leaves a tree", True, values, usual)


def _filled(setting: str = "min_samples_leaf", usual: float = 1) -> Turn:
    return Turn(setting, "more rows a leaf", "fewer rows a leaf", False, FILLED, usual)


def _share(setting: str, what: str) -> Turn:
    return Turn(setting, f"fewer {what}", f"more {what}", True, SHARES, 1.0, remedy=True, off=1.0)


_TREE = (_filled(), _depth(), _leaves())
_FOREST = (
    _filled(),
    _depth(),
    Turn("max_features", "fewer features a split", "more features a split", True, SHARES, 1.0),
)
_HISTOGRAM = (
    _leaves(),
    _filled(),
    _penalty("l2_regularization", PENALTIES),
    _share("max_features", "features a split"),
)
_GRADIENT = (
    _depth(),
    _filled(),
    _share("subsample", "rows a tree"),
    _share("max_features", "features a split"),
)
_XGBOOST = (
    _depth(usual=6),
    _filled("min_child_weight", 1),
    _penalty("reg_lambda", PENALTIES, 1.0),
    _share("subsample", "rows a tree"),
    _share("colsample_bytree", "columns a tree"),
)
_LIGHTGBM = (
    _leaves("num_leaves", 31),
    _filled("min_child_samples", 20),
    _penalty("reg_lambda", PENALTIES),
    _share("colsample_bytree", "columns a tree"),
)
_CATBOOST = (
    Turn("depth", "shallower trees", "deeper trees", True, (1, 2, 3, 4, 6, 8, 10), 6),
    _penalty("l2_leaf_reg", PENALTIES, 3.0),
)
_NEIGHBOURS = (
    Turn(
        "n_neighbors", "more neighbours", "fewer neighbours", False,
        (1, 3, 5, 10, 20, 50, 100, 200), 5,
    ),
)  # fmt: skip
_PERCEPTRON = (
    Turn("hidden_layer_sizes", "fewer units", "more units", True, ()),
    _penalty("alpha", usual=1e-4),
)

TURNS: dict[str, tuple[Turn, ...]] = {
    **dict.fromkeys(("LogisticRegression", "LinearSVC", "LinearSVR"), (_cost(),)),
    **dict.fromkeys(("SVC", "SVR"), (_cost(), Turn(
        "gamma", "a lower gamma", "a higher gamma", True, DECADES, 0.1,
    ))),
    **dict.fromkeys(("NuSVC", "NuSVR"), (Turn(
        "nu", "a higher nu", "a lower nu", False, (0.05, 0.1, 0.2, 0.35, 0.5, 0.7), 0.5,
    ),)),
    **dict.fromkeys(
        ("Ridge", "RidgeClassifier", "Lasso", "ElasticNet", "KernelRidge"),
        (_penalty("alpha", usual=1.0),),
    ),
    "BaseSGD": (_penalty("alpha", usual=1e-4),),
    "KNeighborsMixin": _NEIGHBOURS,
    "BaseDecisionTree": _TREE,
    "BaseForest": _FOREST,
    "BaseHistGradientBoosting": _HISTOGRAM,
    "BaseGradientBoosting": _GRADIENT,
    "BaseWeightBoosting": (_depth("estimator__max_depth", 1),),
    "XGBModel": _XGBOOST,
    "LGBMModel": _LIGHTGBM,
    "CatBoost": _CATBOOST,
    "BaseMultilayerPerceptron": _PERCEPTRON,
}  # fmt: skip
"""Class to what can be turned, what moves it most first. Where the ladder of an examination has
room for one setting, it is the first."""

SHORT_NAMES = {
    "BaseForest": "forest",
    "BaseHistGradientBoosting": "hgb",
    "XGBModel": "xgboost",
    "LGBMModel": "lightgbm",
    "CatBoost": "catboost",
    "BaseGradientBoosting": "boosting",
    "BaseWeightBoosting": "adaboost",
    "BaseDecisionTree": "tree",
    "KNeighborsMixin": "neighbours",
    "BaseMultilayerPerceptron": "perceptron",
    "LogisticRegression": "logistic",
    "SVC": "svm",
    "SVR": "svm",
}
"""Class to what an estimator is called for short."""


def turns_of(estimator: Any) -> tuple[Turn, ...]:
    """What is known to move an estimator's capacity; nothing of one that is not known.

    Example:
        >>> from sklearn.ensemble import ExtraTreesRegressor
        >>> [one.setting for one in turns_of(ExtraTreesRegressor())]
        ['min_samples_leaf', 'max_depth', 'max_features']
    """
    names = _known(estimator)
    found = next((TURNS[name] for name in names if name in TURNS), ())
    settings = estimator.get_params(deep=True)
    optional = ("XGBModel", "CatBoost")  # these show only what was given
    return tuple(
        one for one in found if one.setting in settings or any(n in names for n in optional)
    )


def short_name(estimator: Any) -> str:
    """What an estimator is called for short.

    Example:
        >>> from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
        >>> short_name(RandomForestClassifier()), short_name(BaggingClassifier())
        ('forest', 'Bagging')
    """
    name = type(estimator).__name__
    known = next((SHORT_NAMES[one] for one in _known(estimator) if one in SHORT_NAMES), None)
    plain = name.removesuffix("Classifier").removesuffix("Regressor")
    return known or plain or name


def _known(estimator: Any) -> list[str]:
    """Names of the classes that it is of, the nearest first, as far as they are of a library."""
    return [
        kind.__name__
        for kind in type(estimator).__mro__
        if kind.__module__.partition(".")[0] in LIBRARIES
    ]
