"""From a history to everything that is measured on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.curve import Curve, curve
from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.fold_spread import error_of_difference, error_of_mean
from fitscope.diagnosis.gap import gap
from fitscope.diagnosis.known import best_possible, known_constant
from fitscope.diagnosis.learnt import CONSTANT, FIRST_EPOCH, learnt, needed_rise
from fitscope.diagnosis.lowest import Lowest, at_single, lowest
from fitscope.diagnosis.noise import FEWEST
from fitscope.diagnosis.order import chance_of_order
from fitscope.diagnosis.paired_rows import belongs, rows_error, score_error
from fitscope.diagnosis.rise import rise
from fitscope.diagnosis.rules import CHANGED, GROWN, SHORT
from fitscope.diagnosis.short import short_trend
from fitscope.diagnosis.slopes import FEW, end_slope
from fitscope.diagnosis.steps import rows_of
from fitscope.diagnosis.trend import Trend, trend
from fitscope.history import ROUND, FoldSpread, History

if TYPE_CHECKING:
    from jaxtyping import Float, Int


def measure(history: History) -> Findings:
    """Measure a history.

    Args:
        history: the history, of at least `rules.FEWEST_EVALUATIONS` epochs.

    Returns:
        The findings.

    Raises:
        UserError: the history cannot be measured (see `curve`).
    """
    return measured(history, curve(history))


def measured(history: History, taken: Curve) -> Findings:
    """Measure a history whose curve has been taken already."""
    short = len(taken) < SHORT
    validation = (
        short_trend(taken.validation, taken.train)
        if short
        else trend(taken.validation, taken.train)
    )
    train = None
    if taken.train is not None:
        train = (
            short_trend(taken.train, taken.train) if short else trend(taken.train, taken.validation)
        )
    low = lowest(_while_it_trained(taken.validation, validation))
    last = len(taken) - 1
    sign = taken.sign
    since = history.rate_fell

    train_rise, train_rise_error, train_slope, fitted = None, 0.0, None, None
    train_order = 1.0
    train_fall, train_lost, train_error = None, None, 0.0
    if train is not None and taken.train is not None:
        train_rise = float(train.values[last] - train.values[low.at])
        train_rise_error = float(np.hypot(train.errors[last], train.errors[low.at]))
        if short:
            train_order = chance_of_order(taken.train[low.at + 1 :])
        train_slope = end_slope(taken.train, taken.epochs, train.noise, since)
        fitted = float(train.values.min())
        train_fall = float(train.values[0]) - fitted
        train_lost = float(train.values[last]) - fitted
        lowest_error = float(train.errors[int(train.values.argmin())])
        train_error = float(np.hypot(max(train.errors[0], train.errors[last]), lowest_error))
    if history.fit:
        fitted = min(sign * value for value in history.fit.values())

    constant = known_constant(history, taken)
    best = best_possible(history.metric, sign, _lowest_seen(taken, fitted))
    to_learn = learnt(
        validation.values,
        low.at,
        low.corrected,
        None if train is None else train.values,
        fitted,
        constant,
        best,
    )
    after = slice(low.at + 1, None)
    rises = chance_of_order(taken.validation[after]) if short else 1.0
    over_rows, score = _row_errors(history, taken, validation, low)
    reference, kind = constant, CONSTANT
    if reference is None and train is not None:
        reference, kind = float(taken.validation[0]), FIRST_EPOCH
    fit_last = history.fit.get("last")
    return Findings(
        metric=history.metric,
        curve=taken,
        validation=validation,
        train=train,
        low=at_single(low, validation, taken.validation) if history.step == ROUND else low,
        learnt=to_learn,
        rise=rise(validation, low, over_rows, rises),
        needed=needed_rise(to_learn),
        train_rise=train_rise,
        train_rise_error=train_rise_error,
        train_order=train_order,
        train_fall=train_fall,
        train_lost=train_lost,
        train_error=train_error,
        fell=max(float(validation.values[: low.at + 1].max()) - low.corrected, 0.0),
        scatter=_scatter(taken, validation),
        slope=end_slope(taken.validation, taken.epochs, validation.noise, since),
        falls=chance_of_order(-taken.validation[-FEW:]) if len(taken) < FEWEST else 1.0,
        train_slope=train_slope,
        gap=gap(validation, train, None if fit_last is None else sign * fit_last, score),
        fitted=fitted,
        score_error=score,
        reference=reference,
        reference_kind=None if reference is None else kind,
        possible=_possible(taken, reference, fitted, best),
    )


def _while_it_trained(values: Float[np.ndarray, " n"], found: Trend) -> Trend:
    """The trend up to where a run blew up for good: what is left of it would drown the minimum."""
    before = np.abs(values[: int(values.argmin()) + 1]).max()
    end = int(np.flatnonzero(values <= GROWN * before)[-1]) + 1
    return found if end == len(values) or end < SHORT else trend(values[:end])


def _row_errors(
    history: History, taken: Curve, validation: Trend, low: Lowest
) -> tuple[float | None, float | None]:
    """Standard errors over the validation rows: of end minus minimum, and of a score."""
    rows = history.rows
    if rows is None and history.folds is not None:
        return _errors_of_folds(history.folds, np.searchsorted(history.epochs, taken.epochs), low)
    if rows is None:
        return _errors_of_hits(history, taken, low)
    if not belongs(rows, history.epochs, np.asarray(history.validation)):
        return None, None
    last = len(taken) - 1
    around, at_end = int(validation.half[low.at]), int(validation.half[last])
    over_rows = rows_error(
        rows,
        _span(taken.epochs, low.at - around, low.at + around),
        _span(taken.epochs, last - at_end, last),
    )
    return over_rows, score_error(rows, float(taken.epochs[low.at]))


def _errors_of_folds(
    folds: FoldSpread, chosen: Int[np.ndarray, " n"], low: Lowest
) -> tuple[float, float]:
    """The same of a mean over folds whose deviation was logged."""
    best, end = folds.deviation[chosen[[low.at, -1]]].tolist()
    return error_of_difference(best, end, folds.count), error_of_mean(best, folds.count)


def _errors_of_hits(
    history: History, taken: Curve, low: Lowest
) -> tuple[float | None, float | None]:
    """The same of a share of hits or misses whose steps tell how many rows there are."""
    logged = np.asarray(history.validation, np.float64)
    whole = 100.0 if np.nanmax(np.abs(logged), initial=0.0) > 1 else 1.0
    rows = rows_of(logged, whole)
    if rows is None:
        return None, None
    share = min(abs(float(taken.validation[low.at])) / whole, 1.0)
    score = whole * float(np.sqrt(max(share * (1 - share), 0.25 / rows) / rows))
    return CHANGED * score, score


def _scatter(taken: Curve, validation: Trend) -> float:
    """How far single epochs of the second half scatter above the lowest level so far."""
    late = slice(len(taken) // 2, None)
    level = np.minimum.accumulate(validation.values)[late]
    return float((taken.validation[late] - level).std())


def _possible(
    taken: Curve, reference: float | None, fitted: float | None, best: float | None
) -> float:
    """The most that can be gained over a reference, as far as anybody knows."""
    if reference is None:
        return 0.0
    return max(reference - (_lowest_seen(taken, fitted) if best is None else best), 0.0)


def _lowest_seen(taken: Curve, fitted: float | None) -> float:
    return min(float(taken.validation.min()), np.inf if fitted is None else fitted)


def _span(epochs: np.ndarray, first: int, last: int) -> tuple[float, float]:
    return float(epochs[max(first, 0)]), float(epochs[min(last, len(epochs) - 1)])
