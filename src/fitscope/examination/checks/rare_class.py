"""FS106: a class with a handful of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from fitscope.examination.checks.seen import Seen
from fitscope.names import listed, shown
from fitscope.verdicts.check import Check

FEWEST_TO_LEARN = 20
"""Training rows below which what is said of a class is said of these very rows."""

FEWEST_TO_JUDGE = 5
"""Validation rows below which one row moves the score of a class by a fifth and more."""


def rare(
    train: Int[np.ndarray, " train"], validation: Int[np.ndarray, " validation"], classes: int
) -> list[tuple[int, int, int]]:
    """Classes with a handful of rows: number, training rows, validation rows.

    Args:
        train: the class of each training row.
        validation: the class of each row that validates.
        classes: how many there are.

    Example:
        >>> rare(np.repeat([0, 1, 2], [90, 40, 3]), np.repeat([0, 1], [30, 2]), 3)
        [(1, 40, 2), (2, 3, 0)]
    """
    learnt = np.bincount(train, minlength=classes).tolist()
    judged = np.bincount(validation, minlength=classes).tolist()
    return [
        (number, rows, of)
        for number, (rows, of) in enumerate(zip(learnt, judged, strict=True))
        if rows < FEWEST_TO_LEARN or of < FEWEST_TO_JUDGE
    ]


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    if not seen.labelled:
        return None
    y = seen.y.astype(int)
    folds = seen.validated > len(seen.validation)
    judged = seen.known if folds else seen.validation
    found = rare(y[seen.train], y[judged], len(seen.labelled))
    if not found:
        return None
    labels: Sequence[str] = [seen.labelled[number] for number, _, _ in found]
    number, rows, of = min(found, key=lambda one: one[1])
    return Check(
        "FS106",
        "warning",
        f"A handful of rows: class {listed(labels)}",
        f"{shown(seen.labelled[number])} has {rows:,} training and {of:,} validation rows. No "
        "model learns a class from so few, and no score tells whether it did: put it together "
        "with another class, leave its rows out, or collect more.",
    )
