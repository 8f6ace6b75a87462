"""Constant predictors that are known without any labels."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.curve import Curve
from fitscope.diagnosis.rules import AT_CHANCE
from fitscope.history import History
from fitscope.task import BINARY, LOSS

if TYPE_CHECKING:
    from jaxtyping import Float

ROUND = (2, 3, 4, 5, 10, 20, 100, 1000)
"""Numbers of classes that a bare curve is held against: few enough to be met by no accident."""

ACCURACY = re.compile(r"(.*_)?(acc|accuracy)(_.*)?")
CROSSENTROPY = re.compile(r"(.*_)?(crossentropy|cross_entropy|xent|bce|ce|logloss|log_loss)(_.*)?")
NOT_ENTROPY = re.compile(
    r"(.*_)?(mse|rmse|mae|mape|msle|rmsle|squared|absolute|hinge|kl|divergence|perplexity|ppl)(_.*)?"
)
HALF = re.compile(r"(.*_)?(auc|auroc|roc)(_.*)?")
NOTHING = re.compile(r"(.*_)?(r2|r2_score|r_squared|explained_variance)(_.*)?")

AT_MOST_ONE = re.compile(
    r"(.*_)?(acc|accuracy|auc|auroc|auprc|ap|map|f1|precision|recall|sensitivity|specificity|iou|"
    r"miou|jaccard|dice|r2|kappa|mcc|pearson|spearman|ndcg|mrr)(_.*)?"
)


def best_possible(metric: str, sign: int, lowest: float) -> float | None:
    """The lowest loss that a metric can have, where it is known.

    Args:
        metric: its name.
        sign: 1 for a loss, -1 where higher is better.
        lowest: the lowest loss seen.

    Returns:
        0 of a loss that never was negative; of accuracies and the like -1, or -100 in per cent.

    Example:
        >>> best_possible("loss", 1, 0.3), best_possible("val_acc", -1, -93.0)
        (0.0, -100.0)
        >>> best_possible("log_likelihood", -1, -3.0) is None
        True
    """
    if sign > 0:
        return 0.0 if lowest >= 0 else None
    if not AT_MOST_ONE.fullmatch(metric.lower()):
        return None
    return next((-most for most in (1.0, 100.0) if lowest >= -1.05 * most), None)


def known_constant(history: History, taken: Curve) -> float | None:
    """The loss of a constant predictor, where one is known.

    It is given with the history; or the metric's name tells it (a cross-entropy of two labels is
    ln 2 for one half everywhere, R squared is 0); or the number of classes, which is given, or told
    by an accuracy of 1 / k beside a loss of ln k; or both curves stand at ln k all the time.

    Args:
        history: what was logged.
        taken: its curves as losses.

    Returns:
        The constant's loss, in the sense of the curve (lower is better). None where the first
        epoch was clearly better already: what such a name tells would be no scale then.

    Example:
        >>> from fitscope.diagnosis.curve import curve
        >>> flat = np.full(9, 2.303)
        >>> history = History("run", "loss", np.arange(9), flat, flat)
        >>> round(known_constant(history, curve(history)), 3)
        2.303
    """
    if history.reference is not None and math.isfinite(history.reference):
        return taken.sign * float(history.reference)
    told = _told_by_name(history, taken)
    if told is not None:
        first = float(taken.validation[0])
        slack = AT_CHANCE * abs(told)
        return told if first >= told - slack else None
    return _stands_at_chance(history, taken)


def _told_by_name(history: History, taken: Curve) -> float | None:
    name = history.metric.lower()
    if history.higher_is_better:
        if NOTHING.fullmatch(name):
            return 0.0
        if HALF.fullmatch(name) and taken.validation.min() >= -1:
            return -0.5
        if history.classes and ACCURACY.fullmatch(name):
            return -_whole(-taken.validation) / history.classes
        return None
    if name == BINARY.loss.name:
        return math.log(2)
    loss = name == LOSS.name or CROSSENTROPY.fullmatch(name)
    if loss and history.classes and history.classes > 1:
        near = math.log(history.classes)
        if CROSSENTROPY.fullmatch(name) or _near(float(taken.validation[0]), near, 0.1):
            return near
    return None


def _stands_at_chance(history: History, taken: Curve) -> float | None:
    """ln k, where a loss stands there and an accuracy of 1 / k, or both curves, say so."""
    if history.higher_is_better:
        share = float(np.median(-taken.validation)) / _whole(-taken.validation)
        if ACCURACY.fullmatch(history.metric.lower()) and _still(taken.validation):
            k = round(1 / share) if share > 0 else 0
            if k >= 2 and _near(share, 1 / k, AT_CHANCE):
                return -_whole(-taken.validation) / k
        return None
    if NOT_ENTROPY.fullmatch(history.metric.lower()):
        return None
    for k in _classes_by_accuracy(history.scores):
        if _near(float(np.median(taken.validation)), math.log(k), AT_CHANCE):
            return math.log(k)
    curves = [taken.validation] + ([] if taken.train is None else [taken.train])
    for k in ROUND:
        if all(_near(float(v), math.log(k), AT_CHANCE) for curve in curves for v in curve):
            return math.log(k)
    return None


def _classes_by_accuracy(scores: Mapping[str, Float[np.ndarray, " n"]]) -> list[int]:
    """Numbers of classes at which accuracies beside the loss stand: 0.1 tells ten."""
    found = []
    for name, values in scores.items():
        finite = np.asarray(values, np.float64)
        finite = finite[np.isfinite(finite)]
        if not ACCURACY.fullmatch(name.lower()) or not len(finite):
            continue
        share = float(np.median(finite)) / _whole(finite)
        k = round(1 / share) if share > 0 else 0
        if k >= 2 and _near(share, 1 / k, 0.1):
            found.append(k)
    return found


def _whole(scores: Float[np.ndarray, " n"]) -> float:
    """1, or 100 where accuracies are in per cent."""
    return 100.0 if float(np.max(scores)) > 1 else 1.0


def _near(value: float, to: float, share: float) -> bool:
    return abs(value - to) <= share * abs(to)


def _still(values: Float[np.ndarray, " n"]) -> bool:
    return bool(np.ptp(values) <= 0.1 * abs(float(np.median(values))))
