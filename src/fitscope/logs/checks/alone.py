"""Checks on a log of training alone: what it still tells, and what validation would add."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.curve import curve
from fitscope.diagnosis.label import Judgement, label
from fitscope.diagnosis.measure import measured
from fitscope.diagnosis.rules import FEWEST_TO_DENY
from fitscope.errors import UserError
from fitscope.history import History
from fitscope.logs.checks.kinds import is_something_else
from fitscope.logs.checks.seen import Floats, Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.explain import figure

POINTS = 400  # that a long training curve is averaged to


def training_alone(seen: Seen) -> Check | None:
    """FS206: no validation curve, and what the training curve does by itself."""
    if seen.reading is not None or seen.trained is None or is_something_else(seen):
        return None
    values = seen.log.curves[seen.trained].values
    judged = judged_alone(values)
    if judged is None:
        return None
    return Check(
        "FS206",
        "note",
        "Training alone was logged",
        f"{seen.trained} {_course(judged, values)}. Whether that holds on other rows, only a "
        "validation curve tells: overfitting, its onset, the best epoch and underfitting all need "
        "one. Keep rows apart and evaluate them each epoch.",
        (seen.trained,),
    )


def training_diverged(seen: Seen) -> Check | None:
    """FS207: the training curve ends in no numbers, in absurd ones, or far above its best.

    With a validation curve the verdict says so.
    """
    if seen.reading is not None or seen.trained is None or is_something_else(seen):
        return None
    values = seen.log.curves[seen.trained].values
    judged = judged_alone(values)
    if judged is None or _course(judged, values) in (STILL, LEVEL):
        return None
    return Check(
        "FS207",
        "problem",
        "Training came apart",
        f"{seen.trained} {_course(judged, values)}. Lower the learning rate or warm it up, clip "
        "gradients, and look for missing or extreme values in the rows.",
        (seen.trained,),
    )


STILL = "still falls at its end"
LEVEL = "has settled"


def _course(judged: Judgement, values: Floats) -> str:
    finite = values[np.isfinite(values)]
    match judged.label:
        case "improving":
            return STILL
        case "unstable" if judged.because == "lost":
            return "ends in NaN or infinity"
        case "unstable" if judged.because == "absurd":
            return f"ends at {figure(float(finite[-1]))}, far from anything that learning reaches"
        case "unstable":
            return LEVEL
        case "overfit":
            best, last = figure(float(finite.min())), figure(float(finite[-1]))
            return f"rose from {best} at its best to {last}"
    return LEVEL


def judged_alone(values: Floats) -> Judgement | None:
    """The training curve judged as if it were one of validation; None where it is too short.

    A rise is then no overfitting: training came apart.
    """
    shown = averaged(values)
    if len(shown) < FEWEST_TO_DENY:
        return None
    history = History("training", "loss", np.arange(len(shown)), None, shown)
    try:
        return label(measured(history, curve(history)))
    except UserError:
        return None


def averaged(values: Floats, points: int = POINTS) -> Floats:
    """Means of neighbours where a curve is longer than that; an end in no numbers stays one.

    Example:
        >>> averaged(np.arange(6.0), 3).tolist()
        [0.5, 2.5, 4.5]
    """
    if len(values) <= points:
        return values
    edges = np.linspace(0, len(values), points + 1).astype(int)
    return np.add.reduceat(values, edges[:-1]) / np.diff(edges)
