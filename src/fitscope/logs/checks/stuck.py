"""Checks on curves that stand still: a score, or the training loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure

if TYPE_CHECKING:
    from fitscope.logs.checks.seen import Floats

FEWEST = 4  # evaluations of a score that never moved
FEWEST_OF_LOSS = 6  # values of a training loss of which two thirds can be compared
HUGE = 1e100  # beyond it a value counts as none: its square is no number
STANDS = 0.005
"""Change of a training loss that is none, as a share of its level."""


def constant_score(seen: Seen) -> Check | None:
    """FS203, FS204: a validation score that is the same from the first evaluation on."""
    if seen.history is None:
        return None
    curves = dict(seen.history.scores)
    if seen.history.higher_is_better:
        curves[seen.history.metric] = seen.history.validation
    for name, values in curves.items():
        finite = values[np.isfinite(values)]
        if len(finite) < FEWEST or np.ptp(finite) > 0:
            continue
        value = float(finite[0])
        times = f"at each of {len(finite)} {seen.step}s"
        if value in (1.0, 100.0):
            return Check(
                "FS204",
                "warning",
                "A score is perfect from the start",
                f"{name} is {figure(value)} {times}. Either the task is trivial, or the target "
                "stands in the features, or validation rows were trained on: look for a leak.",
                (name,),
            )
        return Check(
            "FS203",
            "warning",
            "A score stands at a constant from the start",
            f"{name} is {figure(value)} {times}. As a rule the model gives all rows one answer, "
            "the commonest: compare the share of that. Look at the learning rate, at the scale of "
            "the features and at the weights of the classes.",
            (name,),
        )
    return None


def flat_training(seen: Seen) -> Check | None:
    """FS205: the training loss ends where it began."""
    if seen.trained is None:
        return None
    values = seen.log.curves[seen.trained].values
    change = level_change(values[np.abs(values) < HUGE])
    if change is None:
        return None
    first, last = change
    return Check(
        "FS205",
        "warning",
        "The training loss stands still",
        f"{seen.trained} is {figure(first)} over the first third and {figure(last)} over the last: "
        "nothing is learnt on the rows that it is trained on. Look whether weights are updated at "
        "all (frozen layers, no gradient, a learning rate of 0) and whether it is far too low or "
        "too high. A model that had been trained before may stand still, too.",
        (seen.trained,),
    )


def level_change(values: Floats) -> tuple[float, float] | None:
    """Means of the first and the last third of a curve that stands still; None if it moves.

    It stands still if the means differ by less than noise explains, twice its standard error, and
    by less than STANDS of the level.

    Example:
        >>> level_change(0.693 + 1e-4 * np.sin(np.arange(30.0))) is not None
        True
        >>> level_change(np.linspace(0.693, 0.6, 30)) is None
        True
    """
    n = len(values)
    if n < FEWEST_OF_LOSS:
        return None
    first, last = values[: n // 3], values[-(n // 3) :]
    change = abs(float(last.mean() - first.mean()))
    error = float(np.hypot(first.std(), last.std())) / np.sqrt(n // 3)
    level = abs(float(values.mean()))
    if change > STANDS * level or change > max(2 * error, 1e-3 * level):
        return None
    return float(first.mean()), float(last.mean())
