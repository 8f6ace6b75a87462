"""FS114: the target itself is distributed otherwise where models are judged."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from fitscope.examination.checks.seen import Seen
from fitscope.names import joined, shown
from fitscope.verdicts.check import Check

LEVEL = 0.005
"""One false alarm in 200 comparisons, one in 100 tables."""

MATTERS = 0.05
"""Difference of shares, or of cumulative shares, below which no score feels it."""

RELATIVE = 1.3
"""Or that times the share of a class that is rare."""


def shift(
    a: Float[np.ndarray, " some"], b: Float[np.ndarray, " others"], classes: int
) -> tuple[float, int] | None:
    """The largest difference that is sure and matters: its size, and the class that has it.

    Shares of classes by a chi-square test of homogeneity (Pearson 1900), values by Kolmogorov and
    Smirnov's two-sample test.

    Args:
        a: the target of one part.
        b: the target of the other.
        classes: how many there are; 0 for a regression.

    Example:
        >>> a, b = np.repeat([0, 1], [900, 100]), np.repeat([0, 1], [400, 100])
        >>> shift(a, b, 2)
        (0.1, 1)
        >>> shift(a, a, 2)
    """
    from scipy.stats import chi2_contingency, ks_2samp

    if not classes:
        found = ks_2samp(a, b)
        sure = found.pvalue < LEVEL and found.statistic >= MATTERS  # pyright: ignore
        return (float(found.statistic), 0) if sure else None  # pyright: ignore
    counts = np.array([np.bincount(part.astype(int), minlength=classes) for part in (a, b)])
    some = counts[:, counts.sum(axis=0) > 0]
    if some.shape[1] < 2 or chi2_contingency(some).pvalue >= LEVEL:  # pyright: ignore
        return None
    one, two = counts / counts.sum(axis=1, keepdims=True)
    away = np.abs(one - two)
    times = np.maximum(one, two) / np.maximum(np.minimum(one, two), 1 / len(a))
    matters = (away >= MATTERS) | ((times >= RELATIVE) & (away >= MATTERS / 5))
    return (float(away.max()), int((away * times).argmax())) if matters.any() else None


def check(seen: Seen) -> Check | None:
    """The finding about a table. Parts that were drawn at random cannot drift."""
    known = seen.y[seen.train]
    told = []
    for part, rows, drawn in (
        ("validation", seen.validation, seen.validation_drawn),
        ("test", seen.test, seen.test_drawn),
    ):
        if drawn or not len(rows):
            continue
        there = seen.y[rows]
        found = shift(known, there, len(seen.labelled))
        if found is None:
            continue
        if seen.labelled:
            before, after = (float((y == found[1]).mean()) for y in (known, there))
            label = shown(seen.labelled[found[1]])
            told.append(
                f"{label} is {100 * before:.3g} % of the training and {100 * after:.3g} % of the "
                f"{part} rows"
            )
        else:
            before, after = (float(np.median(y)) for y in (known, there))
            told.append(f"the median is {before:.4g} in training and {after:.4g} in {part} rows")
    if not told:
        return None
    text = joined(told)
    return Check(
        "FS114",
        "warning",
        "The target is distributed otherwise where models are judged",
        f"{text[0].upper()}{text[1:]}. Losses of the parts then differ for that reason alone: a "
        "gap between them is no overfitting alone, and predicted probabilities or means need "
        "correcting for the rows that will come.",
    )
