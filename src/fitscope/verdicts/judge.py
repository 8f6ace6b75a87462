"""`diagnose`: the verdict on one history."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import label
from fitscope.diagnosis.measure import measure
from fitscope.diagnosis.onset import onset
from fitscope.history import History
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.explain import explain
from fitscope.verdicts.remedy_words import advise
from fitscope.verdicts.verdict import Verdict


def diagnose(history: History) -> Verdict:
    """Judge one history.

    Args:
        history: the curves of one run. Row losses, where kept, make the rise a paired test;
            otherwise the noise is estimated from the curve. A missing training curve is
            allowed.

    Returns:
        The verdict. In its evidence `rise` and `gap` are positive where validation is worse,
        whatever the metric; all other values are in the metric's own sense.

    Raises:
        UserError: fewer than two epochs, lengths that differ, epochs that do not rise, or no
            finite validation value.

    Example:
        >>> epochs = np.arange(60)
        >>> falls, rises = np.exp(-epochs / 10), 0.01 * np.maximum(epochs - 25, 0)
        >>> verdict = diagnose(History("run", "loss", epochs, falls, 0.4 + falls + rises))
        >>> verdict.label, 20 <= verdict.best_epoch <= 30
        ('overfit', True)
    """
    return diagnose_measured(history, measure(history))


def diagnose_measured(history: History, found: Findings) -> Verdict:
    """The same of a history that has been measured."""
    judged = label(found)
    begin, interval = None, None
    epochs = found.curve.epochs
    if judged.label == "overfit":
        at, first, last = onset(found.low)
        begin = int(epochs[at])
        interval = int(epochs[first]), int(epochs[last])
    return Verdict(
        source=history.source,
        label=judged.label,
        confidence=judged.confidence,
        best_epoch=int(epochs[found.low.at]),
        onset_epoch=begin,
        epochs=len(history.epochs),
        evidence=_evidence(history, found, interval),
        explanation=explain(found, judged, begin),
        advice=advise(found, judged, begin),
    )


def _evidence(history: History, f: Findings, interval: tuple[int, int] | None) -> Evidence:
    sign = f.curve.sign
    size = abs(f.low.corrected)
    last = int(np.asarray(history.epochs)[-1])
    raw = sign * float(f.curve.validation.min())
    corrected_error = float(np.hypot(f.low.error, f.score_error or 0.0))
    train_slope, train_slope_error = f.train_slope or (None, None)
    return Evidence(
        metric=history.metric,
        higher_is_better=history.higher_is_better,
        step=history.step,
        best=raw,
        best_corrected=sign * f.low.corrected,
        best_corrected_error=corrected_error,
        onset_interval=interval,
        rise=f.rise.value,
        rise_error=f.rise.error,
        rise_relative=f.rise.value / size if size > 0 else None,
        rise_probability=f.rise.probability,
        rise_test=f.rise.test,
        last=sign * float(f.validation.values[-1]),
        gap=f.gap[0],
        gap_error=f.gap[1],
        train_slope=None if train_slope is None else sign * train_slope,
        train_slope_error=train_slope_error,
        validation_slope=sign * f.slope[0],
        validation_slope_error=f.slope[1],
        noise=f.validation.noise.typical(),
        wasted_epochs=last - int(f.curve.epochs[f.low.at]),
        reference=None if f.reference is None else sign * f.reference,
        reference_kind=f.reference_kind,
    )
