"""Can a classifier tell two samples of rows apart?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

LEAVES = 8
ROUNDS = 60
FEWEST_ROUNDS = 10

ROUNDS_OF_FEATURES = 20_000
"""Rounds times features, at most: tables with hundreds of columns take fewer rounds."""


@dataclass(frozen=True)
class Apart:
    """How well two samples are told apart.

    Attributes:
        auc: chance that of a row from each the right one is held to be from the second; 0.5 for
            samples of one population.
        error: its standard error where it is.
        score: standard errors, of samples of one population, by which it lies above 0.5.
    """

    auc: float
    error: float
    score: float


def area(scores: Float[np.ndarray, " rows"], second: Bool[np.ndarray, " rows"]) -> float:
    """Area under the ROC curve: the Mann-Whitney statistic as a share (Hanley and McNeil 1982).

    Example:
        >>> area(np.array([0.1, 0.4, 0.3]), np.array([False, True, True]))
        1.0
    """
    from scipy.stats import rankdata

    ones = int(second.sum())
    rank_sum = rankdata(scores)[second].sum()
    return float((rank_sum - ones * (ones + 1) / 2) / (ones * (len(second) - ones)))


def area_error(auc: float, first: int, second: int) -> float:
    """Standard error of the area (Hanley and McNeil 1982).

    Args:
        auc: the area.
        first: rows of the one sample.
        second: rows of the other.

    Example:
        >>> round(area_error(0.5, 100, 100), 4)
        0.0409
    """
    both, one = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (second - 1) * (both - auc**2) + (first - 1) * (one - auc**2)
    return float(np.sqrt(max(spread, 0.0) / (first * second)))


def tell_apart(
    a: Float32[np.ndarray, "first features"], b: Float32[np.ndarray, "second features"]
) -> Apart:
    """Tell two samples of rows apart with boosted trees, each half by a model of the other half.

    A classifier two-sample test (Lopez-Paz and Oquab 2017). The two halves' areas go together,
    since what tells one half apart was learnt from the other, so their mean is given the error of
    one half: on samples of one population the score has a spread of 1 at most.

    Args:
        a: rows of the one sample.
        b: rows of the other.

    Example:
        >>> random = np.random.default_rng(0)
        >>> a = random.normal(size=(400, 3)).astype(np.float32)
        >>> bool(tell_apart(a[:200], a[200:]).score < 2.5), tell_apart(a, a + 1).auc > 0.8
        (True, True)
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    x = np.concatenate([a, b])
    second = np.arange(len(x)) >= len(a)
    random = np.random.default_rng(0)
    half = np.zeros(len(x), bool)
    for rows in (np.flatnonzero(~second), np.flatnonzero(second)):
        half[random.permutation(rows)[: len(rows) // 2]] = True
    rounds = max(FEWEST_ROUNDS, min(ROUNDS, ROUNDS_OF_FEATURES // x.shape[1]))
    areas, errors, chance = [], [], []
    for tested in (half, ~half):
        model = HistGradientBoostingClassifier(
            max_iter=rounds,
            max_leaf_nodes=LEAVES,
            early_stopping=False,  # pyright: ignore[reportArgumentType]
            random_state=0,
        ).fit(x[~tested], second[~tested])
        auc = area(model.decision_function(x[tested]), second[tested])
        ones = int(second[tested].sum())
        rest = int(tested.sum()) - ones
        areas.append(auc)
        errors.append(area_error(auc, rest, ones))
        chance.append(np.sqrt((ones + rest + 1) / (12 * ones * rest)))
    auc = float(np.mean(areas))
    return Apart(auc, float(np.mean(errors)), float((auc - 0.5) / np.mean(chance)))
