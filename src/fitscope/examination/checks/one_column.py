"""How far one column alone predicts the target, and how far others do together.

Everything is measured as the share of the target's spread that predictions explain on rows that
they were not made from: the coefficient of determination, for classes that of their 0-1 indicators
(the Brier score against that of the classes' shares; Brier 1950), for numbers that of their ranks,
so that neither outliers nor the scale of the target matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Int, Shaped

LEAVES = 64
"""Of the tree on one column: enough for the codes of a category, too few to learn rows by heart."""

FEWEST_IN_LEAF = 5
"""Rows of a leaf. With one, a running number would explain its own row."""

TREES = 40


def as_targets(y: Shaped[np.ndarray, " rows"], classes: int) -> Float[np.ndarray, "rows targets"]:
    """Targets as columns: an indicator a class, or ranks between 0 and 1.

    Args:
        y: numbers of classes, or values.
        classes: how many classes there are; 0 for a regression.

    Example:
        >>> as_targets(np.array([0, 2]), 3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
        >>> as_targets(np.array([5.0, 7.0, 900.0]), 0)[:, 0].round(2).tolist()
        [0.17, 0.5, 0.83]
    """
    if classes:
        return np.eye(classes)[np.asarray(y).astype(int)]
    ranked = np.sort(y)
    below = np.searchsorted(ranked, y, "left") + np.searchsorted(ranked, y, "right")
    return (below / (2 * len(ranked)))[:, None]


def errors_of_one(
    x: Float32[np.ndarray, "rows features"], targets: Float[np.ndarray, "rows targets"]
) -> Float[np.ndarray, "rows targets"]:
    """Squared errors of small regression trees on the features of one column.

    Args:
        x: the features that one column became.
        targets: what they shall predict.

    Returns:
        The errors of each row, predicted by the tree of the half that it is not in.
    """
    from sklearn.tree import DecisionTreeRegressor

    return _errors(
        lambda: DecisionTreeRegressor(
            max_leaf_nodes=LEAVES, min_samples_leaf=FEWEST_IN_LEAF, random_state=0
        ),
        x,
        targets,
    )


def errors_of_many(
    x: Float32[np.ndarray, "rows features"], targets: Float[np.ndarray, "rows targets"]
) -> Float[np.ndarray, "rows targets"]:
    """The same of extremely randomized trees (Geurts, Ernst and Wehenkel 2006) on many columns."""
    from sklearn.ensemble import ExtraTreesRegressor

    return _errors(
        lambda: ExtraTreesRegressor(TREES, min_samples_leaf=3, max_features=1 / 3, random_state=0),
        x,
        targets,
    )


def _errors(make: Callable[[], Any], x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    half = np.random.default_rng(0).permutation(len(x)) < len(x) // 2
    errors = np.empty_like(targets)
    for learnt, fresh in ((half, ~half), (~half, half)):
        goal = targets[learnt]
        model = make().fit(x[learnt], goal[:, 0] if goal.shape[1] == 1 else goal)
        predicted = model.predict(x[fresh])
        errors[fresh] = (targets[fresh] - predicted.reshape(-1, targets.shape[1])) ** 2
    return errors


def features_of(column_of: Sequence[str]) -> dict[str, Int[np.ndarray, " some"]]:
    """Numbers of the features that each column became.

    Example:
        >>> features_of(["age", "job", "job"])["job"].tolist()
        [1, 2]
    """
    found: dict[str, list[int]] = {}
    for number, name in enumerate(column_of):
        found.setdefault(name, []).append(number)
    return {name: np.array(numbers) for name, numbers in found.items()}
