"""How large an estimator can be, and whether it draws anything by chance."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any

from fitscope.learners.base import Size
from fitscope.learners.estimator.described import library_of
from fitscope.learners.estimator.prepared import SEEDS, last_step
from fitscope.learners.estimator.staged import staged

if TYPE_CHECKING:
    from fitscope.task import Task

LIMITS = {
    "xgboost": (("max_depth", 6), ("max_leaves", None)),
    "lightgbm": (("max_depth", None), ("num_leaves", 31)),
    "catboost": (("depth", 6), ("max_leaves", None)),
    "sklearn": (("max_depth", None), ("max_leaf_nodes", None)),
}
"""Settings of depth and of leaves, and what they are if nobody says."""
ROUNDS = {"catboost": 1_000}
CHANCELESS = {
    "LogisticRegression", "LinearRegression", "Ridge", "RidgeClassifier", "Lasso", "ElasticNet",
    "KNeighborsClassifier", "KNeighborsRegressor", "GaussianNB", "SVC", "SVR",
}  # fmt: skip
"""Estimators of scikit-learn that end at the same place whatever is drawn."""
MATRICES = {
    "GaussianProcessClassifier": 2, "GaussianProcessRegressor": 2, "KernelRidge": 1,
    "LabelPropagation": 1, "LabelSpreading": 1,
}  # fmt: skip
"""Estimators of scikit-learn that hold matrices of training rows by training rows, and how many."""
DRAWN = ("subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode", "max_features")
"""Shares below which boosting draws rows or features; with all of them each run is the same."""


def size_of(final: Any, features: int, task: Task) -> Size:
    """How large an estimator can be: leaves of boosted trees, trees of a forest, parameters.

    Args:
        final: unfitted; of a pipeline its last step.
        features: how many the table has.
        task: what is to be learnt.

    Example:
        >>> from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
        >>> from fitscope.task import BINARY
        >>> str(size_of(RandomForestClassifier(), 5, BINARY))
        '100 trees'
        >>> str(size_of(GradientBoostingClassifier(), 5, BINARY))
        '800 leaves'
    """
    settings = final.get_params()
    watched = staged(final)
    if watched is not None and watched.STEP == "round":
        library = library_of(final)
        rounds = settings.get(watched.TOTAL) or ROUNDS.get(library, 100)
        most = _leaves(settings, library)
        if most < inf:
            return Size(int(rounds * most) * task.outputs, "leaves")
        return Size(int(rounds) * task.outputs, "trees")
    if "n_estimators" in settings:
        return Size(int(settings["n_estimators"]), "trees")
    if "hidden_layer_sizes" in settings:
        given = settings["hidden_layer_sizes"]
        units = [features, *(given if isinstance(given, list | tuple) else [given]), task.outputs]
        count = sum((n + 1) * m for n, m in pairwise(units))
        return Size(int(count), "parameters")
    return Size(features, "features")


def draws(estimator: Any) -> bool:
    """Whether an estimator draws anything by chance, as far as its settings tell.

    Example:
        >>> from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
        >>> draws(RandomForestRegressor()), draws(HistGradientBoostingRegressor())
        (True, False)
    """
    settings = estimator.get_params(deep=True)
    seeds = {name.rpartition("__")[0] for name in settings if name.endswith(SEEDS)}
    prefix, final = last_step(estimator)
    before = {one for one in seeds if f"{one}__" != prefix and one}
    name, library = type(final).__name__, library_of(final)
    if before or library == "catboost":
        return True
    if name in CHANCELESS:
        return False
    boosted = library in ("xgboost", "lightgbm") or name.startswith("HistGradientBoosting")
    if boosted:
        own = final.get_params()
        return any(own.get(one) not in (None, 1, 1.0) for one in DRAWN)
    return prefix.rstrip("_") in seeds or "" in seeds or not seeds


def least_memory(final: Any, rows: int) -> float:
    """Bytes that fitting takes at least; 0 of an estimator that grows with its rows only.

    Example:
        >>> from sklearn.kernel_ridge import KernelRidge
        >>> least_memory(KernelRidge(), 100_000) / 1e9
        80.0
    """
    return 8.0 * MATRICES.get(type(final).__name__, 0) * rows**2


def _leaves(settings: dict[str, Any], library: str) -> float:
    (depth, usual), (leaves, most) = LIMITS.get(library, LIMITS["sklearn"])
    deep = settings.get(depth) or usual
    many = settings.get(leaves) or most
    by_depth = inf if deep is None or deep <= 0 else 2.0 ** min(int(deep), 60)
    return min(by_depth, inf if many is None or many <= 0 else float(many))
