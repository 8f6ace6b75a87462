"""The verdict on a learner that is trained in one step: there is no curve to judge."""

from __future__ import annotations

import math

import numpy as np

from fitscope.diagnosis import underfit as chance
from fitscope.diagnosis.known import best_possible
from fitscope.diagnosis.label import SUREST, Label, bounded
from fitscope.diagnosis.learnt import CONSTANT, learnt, needed_rise
from fitscope.diagnosis.paired_rows import score_error
from fitscope.diagnosis.rules import FITTED, UNDECIDED
from fitscope.errors import UserError
from fitscope.history import History
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.figures import figure
from fitscope.verdicts.means import GENERAL, Means
from fitscope.verdicts.no_better import no_better
from fitscope.verdicts.verdict import Verdict


def single_step(history: History, means: Means = GENERAL) -> Verdict:
    """Judge one step against the constant predictor; the rest only other models can show.

    Args:
        history: of one epoch.
        means: what can be tried on the model.

    Returns:
        "underfit" where it is no better than the constant predictor, "overfit" where it fits its
        training rows all the same, otherwise "too few", which the models beside it may change.

    Raises:
        UserError: no finite validation value.

    Example:
        >>> def run(train, validation):
        ...     values = (np.array([train]), np.array([validation]))
        ...     return History("run", "loss", np.arange(1), *values, reference=0.69, step="fit")
        >>> [single_step(run(*pair)).label for pair in ((0.69, 0.69), (0.01, 0.9), (0.4, 0.5))]
        ['underfit', 'overfit', 'too few']
    """
    sign = -1.0 if history.higher_is_better else 1.0
    value = sign * float(history.validation[0])
    if not math.isfinite(value):
        raise UserError(f"{history.source}: no finite validation value of {history.metric}")
    trained = list(history.fit.values()) or ([] if history.train is None else history.train)
    fitted = min((sign * float(one) for one in trained), default=None)
    reference = None if history.reference is None else sign * history.reference
    best = best_possible(history.metric, int(sign), value if fitted is None else min(value, fitted))
    error = None if history.rows is None else score_error(history.rows, float(history.epochs[0]))
    found = learnt(np.array([value]), 0, value, None, fitted, reference, best)
    label, confidence = _label(value, error or 0.0, fitted, reference, found.possible)
    epoch, name = int(history.epochs[0]), history.called
    texts = {
        "overfit": f"Training {name} reaches {figure(sign * (fitted or 0.0))}, but validation "
        f"{name} is {figure(sign * value)}, no better than a constant predictor "
        f"({figure(sign * (reference or 0.0))}): what is learnt holds on the training rows only.",
        "underfit": no_better(
            f"Validation {name} is {figure(sign * value)}",
            value,
            reference or 0.0,
            found.possible,
            sign=int(sign),
            classes=history.classes is not None,
        ),
        "too few": f"It is trained in one step, to a validation {name} of {figure(sign * value)}: "
        "without a curve, only models beside it can show whether it over- or underfits.",
    }
    advice = {
        "overfit": means.against,
        "underfit": means.causes,
        "too few": ("Compare it with a plainer and with a richer version of it.",),
    }
    return Verdict(
        source=history.source,
        label=label,
        confidence=confidence,
        best_epoch=epoch,
        onset_epoch=None,
        epochs=1,
        evidence=Evidence(
            metric=history.metric,
            words=history.words,
            higher_is_better=history.higher_is_better,
            step=history.step,
            best=sign * value,
            best_corrected=sign * value,
            best_corrected_error=error,
            needed=needed_rise(found),
            learnt=found.fall,
            learnt_from=found.source,
            last=sign * value,
            gap=None if fitted is None else value - fitted,
            gap_error=error,
            wasted_epochs=0,
            reference=history.reference,
            reference_kind=None if reference is None else CONSTANT,
        ),
        explanation=texts[label],
        advice=advice[label],
    )


def _label(
    value: float, error: float, fitted: float | None, reference: float | None, possible: float
) -> tuple[Label, float]:
    if reference is None:
        return "too few", SUREST
    lost = chance.no_better(value, error, reference, possible / 2)
    if fitted is not None and fitted <= reference - FITTED * possible and lost > UNDECIDED:
        return "overfit", bounded(lost)
    under = chance.underfit_by_reference(fitted, value, error, reference, possible)
    return ("underfit", bounded(under)) if under > UNDECIDED else ("too few", SUREST)
