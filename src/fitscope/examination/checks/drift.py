"""FS104: training rows and those that validate or test come from different populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fitscope.examination.checks.one_column import features_of
from fitscope.examination.checks.seen import Part, Seen
from fitscope.examination.checks.two_samples import Apart, area, area_error, tell_apart
from fitscope.names import joined, listed
from fitscope.verdicts.check import Check

MOST_ROWS = 5_000
"""Of each part. Twice as many find an area of 0.51, which no score feels."""

FEWEST_ROWS = 20
"""Of each part: with fewer nothing is told apart but by chance."""

SURE = 2.6
"""Standard errors above 0.5 of an area: one false alarm in 200 comparisons (normal distribution),
one in 100 tables, since validation and test rows are compared."""

MATTERS = 0.55
"""An area below it says that a row's part can hardly be guessed; no score feels that."""


def apart(a: Part, b: Part) -> Apart | None:
    """How well two parts are told apart; None if they are not, or hardly.

    Args:
        a: rows of one part.
        b: rows of the other.
    """
    a, b = (replace(part, x=part.x[:: -(-len(part.x) // MOST_ROWS)]) for part in (a, b))
    if min(len(a.x), len(b.x)) < FEWEST_ROWS:
        return None
    found = tell_apart(a.x, b.x)
    return found if found.score >= SURE and found.auc >= MATTERS else None


def telling_columns(a: Part, b: Part, column_of: Sequence[str]) -> list[str]:
    """Columns that tell two parts apart by themselves, clearest first.

    By the area under the ROC curve of the column's own values or of whether it is a category,
    higher or lower, beyond what the best of so many columns shows by chance (Bonferroni).

    Args:
        a: rows of one part.
        b: rows of the other.
        column_of: the column of each feature.
    """
    from scipy.stats import norm

    x = np.concatenate([a.x, b.x])
    second = np.arange(len(x)) >= len(a.x)
    error = area_error(0.5, len(a.x), len(b.x))
    least = error * norm.isf(0.005 / x.shape[1])
    scores = {}
    for name, features in features_of(column_of).items():
        away = max(abs(area(x[:, one], second) - 0.5) for one in features)
        if away >= least:
            scores[name] = away
    return sorted(scores, key=lambda name: -scores[name])


def check(seen: Seen) -> Check | None:
    """The finding about a table. Parts that were drawn at random cannot drift."""
    told, columns = [], []
    for part, name, drawn in (
        (seen.validation_part, "validation", seen.validation_drawn),
        (seen.test_part, "test", seen.test_drawn),
    ):
        found = None if drawn else apart(seen.train_part, part)
        if found is not None:
            low, high = (found.auc + sign * 1.96 * found.error for sign in (-1, 1))
            told.append(
                f"a classifier tells {name} rows from training rows with an area under the ROC "
                f"curve of {found.auc:.2f} ({max(low, 0.5):.2f} to {min(high, 1):.2f}; 0.5 is "
                "chance)"
            )
            columns += telling_columns(seen.train_part, part, seen.column_of)
    if not told:
        return None
    columns = list(dict.fromkeys(columns))
    by = f", most of all by {listed(columns)}" if columns else ""
    text = joined(told)
    return Check(
        "FS104",
        "warning",
        "Training rows and those that judge come from different populations",
        f"{text[0].upper()}{text[1:]}{by}. A gap between training and validation is then no "
        "overfitting alone: part of it is that the rows differ, and neither regularization nor "
        "less capacity mends that. Leave out columns that say when or where a row comes from, or "
        "train on rows like those that will come.",
        tuple(columns),
    )
