"""Checks on a log of training alone: what it still tells, and what validation would add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.label import Judgement
from fitscope.logs.checks.kinds import is_something_else
from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure

if TYPE_CHECKING:
    from fitscope.logs.checks.seen import Floats


def training_alone(seen: Seen) -> Check | None:
    """FS206: no validation curve, and what the training curve does by itself."""
    if seen.reading is not None or seen.trained is None or is_something_else(seen):
        return None
    values = seen.log.curves[seen.trained].values
    judged = seen.alone
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
    judged = seen.alone
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
