"""Trees that boosting has learnt, as scikit-learn, XGBoost, LightGBM and CatBoost hold them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.errors import UserError
from fitscope.serving.onnx.trees import Tree, Trees

ZERO = float(np.float32(1e-35))
NO_CATEGORIES = "its trees ask for categories, which ONNX' trees cannot"


def trees_of(estimator: Any, library: str, rounds: int, outputs: int) -> Trees:
    """The trees of a fitted model, as many as count.

    Args:
        estimator: of "xgboost", "lightgbm" or "catboost".
        library: which of them.
        rounds: how many rounds count.
        outputs: numbers a row.

    Raises:
        UserError: trees that ONNX does not know.
    """
    return _READERS[library](estimator, rounds, outputs)


def hgb_trees(estimator: Any, rounds: int, outputs: int) -> Trees:
    """Trees of histogram gradient boosting, as scikit-learn's private `_predictors` hold them.

    `x <= threshold` goes left, in float64.

    Args:
        estimator: fitted.
        rounds: how many rounds count.
        outputs: numbers a row.

    Raises:
        UserError: trees that ask for categories.
    """
    trees = []
    for one in estimator._predictors[:rounds]:
        for output, predictor in enumerate(one):
            nodes = predictor.nodes
            leaf = nodes["is_leaf"].astype(bool)
            if (nodes["is_categorical"].astype(bool) & ~leaf).any():
                raise UserError(NO_CATEGORIES)
            trees.append(
                Tree(
                    nodes["feature_idx"],
                    nodes["num_threshold"],
                    nodes["left"],
                    nodes["right"],
                    nodes["missing_go_to_left"].astype(bool),
                    leaf,
                    _at(np.where(leaf, nodes["value"], 0.0), output, outputs),
                )
            )
    start = np.resize(np.asarray(estimator._baseline_prediction, np.float64), outputs)
    return Trees("LEQ", tuple(trees), start)


def _xgboost(estimator: Any, rounds: int, outputs: int) -> Trees:
    """`x < threshold` goes left, in float32; what trees begin with is told by a row that is 0."""
    from xgboost import DMatrix

    booster = estimator.get_booster()
    model = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]["model"]
    count = int(model["iteration_indptr"][rounds])
    trees = []
    for stored, output in zip(model["trees"][:count], model["tree_info"], strict=False):
        if any(stored["split_type"]):
            raise UserError(NO_CATEGORIES)
        left, conditions = np.array(stored["left_children"]), np.array(stored["split_conditions"])
        leaf = left < 0
        trees.append(
            Tree(
                np.array(stored["split_indices"]),
                conditions.astype(np.float32).astype(np.float64),
                left,
                np.array(stored["right_children"]),
                np.array(stored["default_left"], bool),
                leaf,
                _at(np.where(leaf, conditions, 0.0), output, outputs),
            )
        )
    row = np.zeros((1, booster.num_features()), np.float32)
    whole = booster.predict(
        DMatrix(row, feature_names=booster.feature_names, feature_types=booster.feature_types),
        output_margin=True,
        iteration_range=(0, rounds),
    )
    found = Trees("LT", tuple(trees), np.zeros(outputs))
    start = np.ravel(whole).astype(np.float64) - _sum_at(found, row[0].astype(np.float64))
    return Trees("LT", tuple(trees), start)


def _lightgbm(estimator: Any, rounds: int, outputs: int) -> Trees:
    """`x <= threshold` goes left, in float64."""
    model = estimator.booster_.dump_model(num_iteration=rounds)
    if model["average_output"]:
        raise UserError("its trees are averaged, not summed; boosting_type='gbdt' sums them")
    width = int(model["num_tree_per_iteration"])
    trees = [
        _lightgbm_tree(one["tree_structure"], number % width, outputs)
        for number, one in enumerate(model["tree_info"])
    ]
    return Trees("LEQ", tuple(trees), np.zeros(outputs))


def _lightgbm_tree(root: dict[str, Any], output: int, outputs: int) -> Tree:
    nodes, todo = [root], [root]
    children: dict[int, tuple[int, int]] = {}
    while todo:
        one = todo.pop()
        if "left_child" not in one:
            continue
        if one["decision_type"] != "<=":
            raise UserError(NO_CATEGORIES)
        if one["missing_type"] == "Zero":
            raise UserError("it takes 0 for missing (zero_as_missing), which ONNX cannot")
        two = one["left_child"], one["right_child"]
        children[id(one)] = len(nodes), len(nodes) + 1
        nodes += two
        todo += two
    pairs = [children.get(id(one), (0, 0)) for one in nodes]
    leaf = np.array([id(one) not in children for one in nodes])
    threshold = np.array([float(one.get("threshold", 0.0)) for one in nodes])
    # what is as near to 0 as this it reads as 0
    threshold[(threshold < 0) & (threshold >= -ZERO)] = np.nextafter(-ZERO, -1.0)
    # where none was missing in training, a missing value is taken for 0
    to_left = [
        one.get("default_left", False) if one.get("missing_type") == "NaN" else limit >= 0
        for one, limit in zip(nodes, threshold, strict=True)
    ]
    return Tree(
        np.array([one.get("split_feature", 0) for one in nodes]),
        threshold,
        np.array([left for left, _ in pairs]),
        np.array([right for _, right in pairs]),
        np.array(to_left, bool),
        leaf,
        _at(np.array([one.get("leaf_value", 0.0) for one in nodes]), output, outputs),
    )


def _catboost(estimator: Any, rounds: int, outputs: int) -> Trees:
    """`x > border` in float32, the same question at all nodes of a level."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.json")
        estimator.save_model(str(file), format="json")
        model = json.loads(file.read_bytes())
    if "oblivious_trees" not in model:
        raise UserError("its trees are not symmetric (grow_policy), which is not read here")
    about = {one["flat_feature_index"]: one for one in model["features_info"]["float_features"]}
    high = {at for at, one in about.items() if one.get("nan_value_treatment") == "AsTrue"}
    scale, start = model["scale_and_bias"]
    trees = [_catboost_tree(one, high, outputs) for one in model["oblivious_trees"][:rounds]]
    return Trees("GT", tuple(trees), np.resize(np.array(start, np.float64), outputs), float(scale))


def _catboost_tree(stored: dict[str, Any], high: set[int], outputs: int) -> Tree:
    splits = stored["splits"] or []
    if any(one["split_type"] != "FloatFeature" for one in splits):
        raise UserError(NO_CATEGORIES)
    depth = len(splits)
    level = np.repeat(np.arange(depth + 1), 2 ** np.arange(depth + 1))
    number = np.arange(2 ** (depth + 1) - 1)
    inner = level < depth
    # the first question decides the lowest bit of a leaf's number: nodes of a level stand so that
    # bits are told from the last question to the first
    asked = np.array([*[one["float_feature_index"] for one in reversed(splits)], 0])[level]
    border = np.array([*[one["border"] for one in reversed(splits)], 0.0])[level]
    values = np.zeros((len(number), outputs))
    values[~inner] = np.reshape(stored["leaf_values"], (2**depth, outputs))
    return Tree(
        asked,
        border.astype(np.float32).astype(np.float64),
        np.where(inner, 2 * number + 2, 0),
        np.where(inner, 2 * number + 1, 0),
        np.isin(asked, list(high)),
        ~inner,
        values,
    )


def _sum_at(found: Trees, row: np.ndarray) -> np.ndarray:
    """What a row without gaps adds up to, of trees that ask `x < threshold`."""
    total = np.zeros(len(found.start))
    for tree in found.trees:
        at = 0
        while not tree.leaf[at]:
            less = row[tree.feature[at]] < tree.threshold[at]
            at = tree.true[at] if less else tree.false[at]
        total += tree.values[at]
    return total


def _at(values: np.ndarray, output: int, outputs: int) -> np.ndarray:
    """Values of one of the outputs, 0 of the others."""
    placed = np.zeros((len(values), outputs))
    placed[:, output] = values
    return placed


_READERS: dict[str, Callable[[Any, int, int], Trees]] = {
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
    "catboost": _catboost,
}
