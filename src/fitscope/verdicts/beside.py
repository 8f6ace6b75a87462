"""A verdict beside the other models of a study: only a reference can show underfitting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fitscope.diagnosis.label import SUREST
from fitscope.diagnosis.underfit import Score, underfit_by_others
from fitscope.history import SINGLE
from fitscope.verdicts.figures import figure
from fitscope.verdicts.means import GENERAL, Means
from fitscope.verdicts.verdict import Verdict


def beside(
    verdict: Verdict,
    own: Score,
    others: Sequence[Score],
    metric: str,
    shortened: bool = False,
    means: Means = GENERAL,
) -> Verdict:
    """Turn "good" into "underfit" where another model shows that more can be learnt.

    Args:
        verdict: of the model by itself. Any label but "good" stays: it says more. So does "too
            few", unless the model is trained in one step and has no curve at all.
        own: where the model stands.
        others: the other models of the study. Where two were compared row by row, give the
            error of their difference as the other's `validation_error`, and 0 as `own`'s.
        metric: what to call the metric.
        shortened: training was cut short on purpose.
        means: what can be tried on the model.

    Returns:
        The verdict, perhaps another one.

    Example:
        >>> from fitscope.history import History
        >>> from fitscope.verdicts.judge import diagnose
        >>> import numpy as np
        >>> at = np.arange(100)
        >>> curve = 0.6 + np.exp(-at / 5)
        >>> alone = diagnose(History("Tiny", "loss", at, curve, curve))
        >>> tiny, large = Score("Tiny", 0.6, 0, 0.6, 0), Score("Large", 0.4, 0, 0.5, 0.01)
        >>> alone.label, beside(alone, tiny, [large], "loss").label
        ('good', 'underfit')
    """
    no_curve = verdict.label == "too few" and verdict.evidence.step == SINGLE
    open_to_others = verdict.label == "good" or no_curve
    shown = underfit_by_others(own, list(others)) if open_to_others else None
    if shown is None:
        return verdict
    name, chance = shown
    step = verdict.evidence.step
    other = next(one for one in others if one.name == name)
    return replace(
        verdict,
        label="underfit",
        confidence=round(min(chance, SUREST), 4),
        evidence=replace(verdict.evidence, reference=other.validation, reference_kind=name),
        explanation=(
            f"It learns less than this table allows: {name} fits the training rows better "
            f"({metric} {figure(other.train)} against {figure(own.train)}) and validates better "
            f"({figure(other.validation)} against {figure(own.validation)})."
            + (f" On this shortened protocol that may be a matter of {step}s." if shortened else "")
        ),
        advice=(means.short, *means.capacity) if shortened else means.causes,
    )
