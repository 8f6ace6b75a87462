"""`diagnose`: the verdict on one history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.curve import curve
from fitscope.diagnosis.equals import as_good
from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import SUREST, label
from fitscope.diagnosis.measure import measured
from fitscope.diagnosis.onset import onset
from fitscope.diagnosis.restarts import unfinished_cycle
from fitscope.diagnosis.rules import FEWEST_EVALUATIONS
from fitscope.errors import UserError
from fitscope.history import SINGLE, SIZE, TIMES, History
from fitscope.verdicts.advice import advice_for
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.explain import explain
from fitscope.verdicts.figures import figure
from fitscope.verdicts.means import Means, means_of_step
from fitscope.verdicts.of_sizes import of_sizes
from fitscope.verdicts.single_step import single_step
from fitscope.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from jaxtyping import Float


def diagnose(history: History) -> Verdict:
    """Judge one history.

    Args:
        history: the curves of one run. Row losses, where kept, make the rise a paired test;
            otherwise the noise is estimated from the curve. A missing training curve is
            allowed.

    Returns:
        The verdict; "too few" where fewer than three epochs were validated.

    Raises:
        UserError: lengths that differ, epochs that do not rise, or no finite validation value.

    Example:
        >>> epochs = np.arange(60)
        >>> falls, rises = np.exp(-epochs / 10), 0.01 * np.maximum(epochs - 25, 0)
        >>> verdict = diagnose(History("run", "loss", epochs, falls, 0.4 + falls + rises))
        >>> verdict.label, 20 <= verdict.best_epoch <= 30
        ('overfit', True)
    """
    return diagnose_measured(history)[0]


def diagnose_measured(
    history: History, means: Means | None = None
) -> tuple[Verdict, Findings | None]:
    """The verdict, and what was measured on the way: None of a single epoch.

    Args:
        history: the curves of one run.
        means: what can be tried on the model; told by what its curve counts if left out.

    Raises:
        UserError: as of `diagnose`.
    """
    means = means_of_step(history.step) if means is None else means
    if history.step == SIZE and history.train is not None:
        verdict, found = diagnose_measured(replace(history, train=None), means)
        return of_sizes(verdict, history), found
    if len(history.epochs) == 1:
        if history.step == SINGLE:
            return single_step(history, means), None
        return _too_few(history, np.asarray(history.validation, np.float64)), None
    taken = curve(history)
    whole_cycles = unfinished_cycle(taken.validation, taken.train)
    if whole_cycles is not None and history.step in TIMES:
        return _of_whole_cycles(history, int(taken.epochs[whole_cycles]), means)
    found = measured(history, taken)
    if taken.evaluations < FEWEST_EVALUATIONS and not taken.diverged:
        return _too_few(history, taken.sign * taken.validation[: taken.evaluations]), found
    return _judged(history, found, means), found


def _of_whole_cycles(
    history: History, begins: int, means: Means
) -> tuple[Verdict, Findings | None]:
    """The verdict on a run up to the last warm restart, whose cycle was not finished."""
    before = history.until(int(np.searchsorted(history.epochs, begins)))
    verdict, found = diagnose_measured(before, means)
    told = (
        f"{verdict.explanation} From {history.step} {begins} on both curves stand higher, as after "
        "the warm restarts before: that cycle was not finished, and is not counted."
    )
    return replace(verdict, epochs=len(history.epochs), explanation=told), found


def _judged(history: History, found: Findings, means: Means) -> Verdict:
    judged = label(found)
    ran_away = judged.diverged and _error(found) > found.learnt.fall
    if ran_away:
        found = _as_logged(found)
    in_time = history.step in TIMES
    begin, interval = None, None
    epochs = found.curve.epochs
    if judged.label == "overfit":
        at, first, last = onset(found.low)
        at = max(at, found.low.at)
        begin = int(epochs[at])
        interval = int(epochs[min(first, at)]), int(epochs[max(last, at)])
    return Verdict(
        source=history.source,
        label=judged.label,
        confidence=judged.confidence,
        best_epoch=int(epochs[found.low.at]),
        onset_epoch=begin,
        epochs=len(history.epochs),
        evidence=_evidence(history, found, interval, ran_away),
        explanation=explain(found, judged, begin, history),
        advice=advice_for(found, judged, begin, history.step, means),
        cost=Cost(training_on=_training_on(found, history.step)) if in_time else None,
    )


def _training_on(f: Findings, step: str) -> Price:
    """What the end of the run costs against its best epoch.

    Its chance speaks of rows nobody has seen where losses of single rows are known, otherwise of
    these rows.
    """
    rise = f.rise
    chance = rise.probability if rise.elsewhere is None else rise.elsewhere
    return Price(rise.value, rise.error_elsewhere, chance, f"its best {step}")


def _too_few(history: History, values: Float[np.ndarray, " few"]) -> Verdict:
    """The verdict on a run that was hardly validated; these are its finite values."""
    if not np.isfinite(values).all():
        raise UserError(f"{history.source}: no finite validation value of {history.metric}")
    best = float(values.max() if history.higher_is_better else values.min())
    epochs = np.asarray(history.epochs)
    best_epoch = int(epochs[int(np.argmax(np.asarray(history.validation) == best))])
    count = f"{len(values)} {history.step}{'' if len(values) == 1 else 's'}"
    return Verdict(
        source=history.source,
        label="too few",
        confidence=SUREST,
        best_epoch=best_epoch,
        onset_epoch=None,
        epochs=len(history.epochs),
        evidence=Evidence(
            metric=history.metric,
            words=history.words,
            higher_is_better=history.higher_is_better,
            step=history.step,
            best=best,
            best_corrected=best,
            last=float(values[-1]),
            wasted_epochs=int(epochs[-1]) - best_epoch,
        ),
        explanation=(
            f"{count} with a validation {history.called} (at best {figure(best)}): "
            f"too few for a verdict, which needs {FEWEST_EVALUATIONS} at the least."
        ),
        advice=(f"Validate at more {history.step}s: a handful of values has no shape.",),
    )


def _error(f: Findings) -> float:
    """Standard error of the best score, over epochs and rows."""
    return float(np.hypot(f.low.error, f.score_error or 0.0))


def _as_logged(f: Findings) -> Findings:
    """The same with the lowest value as it was logged for the lowest point.

    Where a curve has run away its noise is no measure of the epochs before, nor a trend under it.
    """
    at = int(f.curve.validation.argmin())
    least = float(f.curve.validation[at])
    return replace(f, low=replace(f.low, at=at, value=least, corrected=least))


def _evidence(
    history: History, f: Findings, interval: tuple[int, int] | None, ran_away: bool
) -> Evidence:
    sign = f.curve.sign
    size = abs(f.low.corrected)
    last = int(np.asarray(history.epochs)[-1])
    raw = sign * float(f.curve.validation.min())
    train_slope, train_slope_error = f.train_slope or (None, None)
    return Evidence(
        metric=history.metric,
        words=history.words,
        higher_is_better=history.higher_is_better,
        step=history.step,
        best=raw,
        best_corrected=sign * f.low.corrected,
        best_corrected_error=None if ran_away else _error(f),
        onset_interval=interval,
        rise=f.rise.value,
        rise_error=f.rise.error_elsewhere,
        rise_relative=f.rise.value / size if size > 0 else None,
        rise_probability=f.rise.probability,
        rise_probability_elsewhere=f.rise.elsewhere,
        rise_test=f.rise.test,
        needed=f.needed,
        learnt=f.learnt.fall,
        learnt_from=f.learnt.source,
        last=sign * float(f.validation.values[-1]),
        gap=f.gap[0],
        gap_error=f.gap[1],
        train_slope=None if train_slope is None else sign * train_slope,
        train_slope_error=train_slope_error,
        validation_slope=sign * f.slope[0],
        validation_slope_error=f.slope[1],
        noise=f.validation.noise.typical(),
        wasted_epochs=last - int(f.curve.epochs[f.low.at]),
        as_good=tuple(
            (int(f.curve.epochs[first]), int(f.curve.epochs[final]))
            for first, final in (() if ran_away else as_good(f.validation, f.low))
        ),
        reference=None if f.reference is None else sign * f.reference,
        reference_kind=f.reference_kind,
    )
