"""From a history to everything that is measured on it."""

from __future__ import annotations

import math

import numpy as np

from fitscope.diagnosis.curve import Curve, curve
from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.gap import gap
from fitscope.diagnosis.lowest import lowest
from fitscope.diagnosis.matters import needed_rise
from fitscope.diagnosis.paired_rows import belongs, rows_error, score_error
from fitscope.diagnosis.rise import rise
from fitscope.diagnosis.slopes import end_slope
from fitscope.diagnosis.trend import trend
from fitscope.history import History


def measure(history: History) -> Findings:
    """Measure a history.

    Args:
        history: the history.

    Returns:
        The findings.

    Raises:
        UserError: the history cannot be measured (see `curve`).
    """
    taken = curve(history)
    validation = trend(taken.validation)
    train = None if taken.train is None else trend(taken.train)
    low = lowest(validation)
    last = len(taken) - 1
    start = float(validation.values[: low.at + 1].max())
    fall = max(start - low.corrected, 0.0)
    later_fall = float(validation.values[min(1, low.at) : low.at + 1].max()) - low.corrected

    rows = history.rows
    if rows is not None and not belongs(rows, history.epochs, np.asarray(history.validation)):
        rows = None
    over_rows = None
    score = None
    if rows is not None:
        around = int(validation.half[low.at])
        at_end = int(validation.half[last])
        over_rows = rows_error(
            rows,
            _span(taken.epochs, low.at - around, low.at + around),
            _span(taken.epochs, last - at_end, last),
        )
        score = score_error(rows, float(taken.epochs[low.at]))
    risen = rise(validation, low, over_rows)

    train_rise, train_rise_error, train_slope, fitted = None, 0.0, None, None
    sign = taken.sign
    fit_last = history.fit.get("last")
    if train is not None and taken.train is not None:
        train_rise = float(train.values[last] - train.values[low.at])
        train_rise_error = float(np.hypot(train.errors[last], train.errors[low.at]))
        train_slope = end_slope(taken.train, taken.epochs, train.noise, int(train.half[last]))
        fitted = float(train.values.min())
    if history.fit:
        fitted = min(sign * value for value in history.fit.values())

    reference, kind = _reference(history, taken)
    return Findings(
        metric=history.metric,
        curve=taken,
        validation=validation,
        train=train,
        low=low,
        fall=fall,
        rise=risen,
        needed=needed_rise(fall, low.corrected, later_fall),
        train_rise=train_rise,
        train_rise_error=train_rise_error,
        slope=end_slope(
            taken.validation, taken.epochs, validation.noise, int(validation.half[last])
        ),
        train_slope=train_slope,
        gap=gap(validation, train, None if fit_last is None else sign * fit_last, score),
        fitted=fitted,
        score_error=score,
        reference=reference,
        reference_kind=kind,
    )


def _reference(history: History, taken: Curve) -> tuple[float | None, str | None]:
    """The loss that nothing learnt reaches, and what it is.

    Of Keras' binary cross-entropy it is known without any labels that one half for every row
    reaches ln 2. A first epoch that was better than that is the harder reference.
    """
    if history.reference is not None:
        return taken.sign * float(history.reference), "constant predictor"
    first = float(taken.validation[0])
    if history.metric == "binary_crossentropy" and first > math.log(2):
        return math.log(2), "constant predictor"
    return (None, None) if taken.train is None else (first, "first epoch")


def _span(epochs: np.ndarray, first: int, last: int) -> tuple[float, float]:
    return float(epochs[max(first, 0)]), float(epochs[min(last, len(epochs) - 1)])
