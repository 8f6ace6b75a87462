"""Checks on a training curve and its validation curve, one beside the other."""

from __future__ import annotations

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure

FEWEST = 4
"""Evaluations from which on a curve can be below another one throughout."""
THROUGHOUT = 0.95
"""Share of the evaluations at which validation must be the better one."""
MATTERS = 0.02
"""Share of what training learnt that the difference must be."""


def better_throughout(seen: Seen) -> Check | None:
    """FS201: validation is better than training at nearly every evaluation.

    Keras and most loops print the mean of an epoch for training and the value at its end for
    validation. So training is held against itself half an epoch later, too: what that takes away
    was averaging.
    """
    if seen.losses is None or len(seen.losses[0]) < FEWEST:
        return None
    train, validation = seen.losses
    gaps = train - validation
    gap = float(np.median(gaps))
    matters = MATTERS * float(np.ptp(train))
    if np.mean(gaps > 0) < THROUGHOUT or gap <= matters or np.ptp(train) == 0:
        return None
    later = float(np.median((train[:-1] + train[1:]) / 2 - validation[:-1]))
    averaged = 1 - later / gap
    if averaged >= 0.5:
        why = (
            "Set half an epoch later, training takes away "
            f"{'all' if averaged >= 1 else f'{100 * averaged:.0f} %'} of that: it is an average "
            "over its epoch, and validation is measured at the end. That is harmless."
        )
    else:
        why = (
            "Averaging over the epoch does not explain it. Dropout and augmentation make training "
            "rows harder; if neither is used, the validation rows are easier or not apart from the "
            "training rows. Measure the training rows as the validation rows are measured."
        )
    count = int(np.sum(gaps > 0))
    return Check(
        "FS201",
        "note",
        "Validation is better than training throughout",
        f"At {count} of {len(gaps)} {seen.step}s, by {figure(gap)} in the median. {why}",
        tuple(seen.names),
    )


def same_values(seen: Seen) -> Check | None:
    """FS202: training and validation are the same to the last digit."""
    if seen.losses is None:
        return None
    train, validation = seen.losses
    if len(np.unique(train)) < 3 or not np.array_equal(train, validation):
        return None
    return Check(
        "FS202",
        "problem",
        "Training and validation are the same to the last digit",
        f"All {len(train)} values of both curves agree: the same rows were measured twice, or one "
        "number was logged under two names. The verdict says nothing about rows nobody has seen. "
        "Validate on rows that were not trained on.",
        tuple(seen.names),
    )
