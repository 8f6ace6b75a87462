"""Whether a name is that of a metric, and which way that is better, by its words."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from fitscope.logs.known_metrics import (
    EXTREMES,
    LONGEST_FIRST,
    LOSS_ENDS,
    LOSSES,
    NOT_A_METRIC,
    OFF_BY,
    RANKED,
    SAID,
    SCORES,
    words,
)
from fitscope.logs.names import HIGHER, meaning

UNSURE = words("score quality distance ks win ratio ev spread entropy objective")
"""Words that go either way: what training did to the metric counts more than they do."""
SHORT = 3  # letters of a piece that a capital may have torn off
SCORE_ENDS = ("accuracy", "auc", "iou", "dice", "precision", "recall", "f1")


@lru_cache(maxsize=4096)
def higher_is_better(metric: str) -> bool | None:
    """True for accuracies and the like, False for losses, None where the name does not say.

    Args:
        metric: a metric's own name, as `meaning` gives it.

    Example:
        >>> higher_is_better("accuracy"), higher_is_better("dice_loss"), higher_is_better("foo")
        (True, False, None)
        >>> higher_is_better("neg_mean_squared_error"), higher_is_better("win_rate")
        (True, True)
    """
    parts = metric.split("_")
    negated = parts[0] in ("neg", "negative", "minus")
    if SAID & set(parts):
        return HIGHER in parts
    for phrase, higher in LONGEST_FIRST:
        others = set(parts) - set(phrase.split("_"))
        if f"_{phrase}_" in f"_{metric}_" and not NOT_A_METRIC & others:
            return higher
    if parts[-1] == "loss" and not EXTREMES & set(parts):  # of durations, for instance
        return negated
    if NOT_A_METRIC & set(parts):
        return None
    pairs = list(pairwise(parts))
    # MedAE and lDDT were torn where a capital follows
    whole = [*parts, *(a + b for a, b in pairs if min(len(a), len(b)) <= SHORT)]
    if any(w in LOSSES or w.endswith(LOSS_ENDS) or OFF_BY.fullmatch(w) for w in whole):
        return negated
    if any(w in SCORES or w.endswith(SCORE_ENDS) for w in whole):
        return not negated
    if RANKED.search(f"_{metric}_") and any(
        RANKED.fullmatch(word) for word in (*parts, *map("_".join, pairs))
    ):
        return not negated
    return None


def is_unsure(metric: str) -> bool:
    """Whether the words of a name hint at a direction and do not settle it.

    Example:
        >>> is_unsure("score"), is_unsure("f1_score"), is_unsure("accuracy")
        (True, False, False)
    """
    parts = set(metric.split("_"))
    return bool(parts & UNSURE) and not parts & (LOSSES | SCORES) - UNSURE


@lru_cache(maxsize=4096)
def measures_nothing(metric: str) -> bool:
    """Whether a name is that of a setting, a time or a count, and not of a metric.

    Example:
        >>> measures_nothing("learning_rate"), measures_nothing("loss"), measures_nothing("foo")
        (True, False, False)
    """
    return higher_is_better(metric) is None and bool(NOT_A_METRIC & set(metric.split("_")))


def is_metric(name: str) -> bool:
    """Whether a name says that its values are a metric: of some rows, or one that is known.

    Example:
        >>> is_metric("val_foo"), is_metric("Accuracy"), is_metric("run")
        (True, True, False)
    """
    known = meaning(name)
    return known.part is not None or higher_is_better(known.metric) is not None
