"""A model without a curve between plainer and richer versions of itself: nothing to be gained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.label import SUREST
from fitscope.diagnosis.rules import UNDECIDED
from fitscope.history import SINGLE
from fitscope.verdicts.figures import figure
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.versions import Version


def good_between(
    verdict: Verdict, plainer: Sequence[Version], richer: Sequence[Version], metric: str
) -> Verdict:
    """Turn "too few" into "good" where no version of the model is better by what matters.

    Args:
        verdict: of the model beside the others; one with a curve stays, and so does any label but
            "too few".
        plainer: plainer or more regularized versions of it; without one it stays, too.
        richer: versions with more capacity, of which there may be none.
        metric: what to call the metric.

    Returns:
        The verdict, perhaps another one, as sure as it is that none of the versions is better by
        the smallest difference that matters.
    """
    if verdict.label != "too few" or verdict.evidence.step != SINGLE or not plainer:
        return verdict
    needed = verdict.evidence.needed or 0.0
    chances = [_chance(one, needed) for one in (*plainer, *richer)]
    confidence = 1.0 - max(chances)
    if confidence <= UNDECIDED:
        return verdict
    best = max((*plainer, *richer), key=lambda one: one.excess.value)
    sides = f"{len(plainer)} plainer" + (f" and {len(richer)} richer" if richer else "")
    gains = (
        f"the best of them, {best.name}, is {figure(best.excess.value)} lower"
        if best.excess.value > 0
        else "all of them are higher"
    )
    text = (
        f"It is trained in one step, so it is judged beside versions of itself: of {sides} none "
        f"validates better by as much as matters ({figure(needed)} of {metric}; {gains})."
    )
    return replace(
        verdict,
        label="good",
        confidence=round(min(confidence, SUREST), 4),
        explanation=text,
        advice=(),
    )


def _chance(version: Version, needed: float) -> float:
    """The chance that a version is better by more than is needed."""
    value, error = version.excess.value - needed, version.excess.error
    if not error > 0 or not np.isfinite(error):
        return float(value > 0)
    return float(below(value / error))
