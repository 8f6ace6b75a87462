"""A log as a `History`: one value an epoch, both curves at the same epochs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError
from fitscope.history import History
from fitscope.logs.after_fit import within_fit
from fitscope.logs.direction import higher_is_better as is_higher_better
from fitscope.logs.fold_deviations import fold_spread
from fitscope.logs.interleaved import interleaved
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning, shown_metric, written_metric
from fitscope.logs.pair import Pair, choose_pair
from fitscope.logs.rate import last_drop

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    Floats = Float[np.ndarray, " n"]

WHOLE = 0.05  # how far from a whole number the epoch of an evaluation at its end may be
LARGEST = 2.0**53  # whole numbers beyond it are not all of them floats
OFTEN = 1.5  # values an epoch from which on they count as several, not as doubled by a mishap


@dataclass(frozen=True, eq=False)
class Reading:
    """A history and how it was found.

    Attributes:
        history: the curves.
        log: what they were taken from, sums of losses among its curves.
        train: name of the training curve in the log, or None.
        validation: name of the validation curve in the log.
        why: what made it the one to judge.
        notes: what was mended or assumed, a plain sentence each.
        others: names of other validation curves that could have been meant.
        mixed: several programs, or several sets of rows, were logged under the validation name.
    """

    history: History
    log: Log
    train: str | None
    validation: str
    why: str
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    mixed: bool = False


def reading(
    log: Log,
    train: str | None = None,
    validation: str | None = None,
    higher_is_better: bool | None = None,
) -> Reading:
    """The history of a log of one run.

    Rows out of order are sorted. Where a run was resumed and epochs come twice, the later ones
    count. Training values logged by step are averaged over the steps since the evaluation before.

    Args:
        log: the curves.
        train: name of the training curve, found by name if left out.
        validation: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.

    Raises:
        UserError: the pair cannot be found, nobody knows which way it is better, the lengths do
            not fit, or there is no epoch.
    """
    pair = choose_pair(log, train, validation, higher_is_better)
    pair = replace(pair, log=_by_rows(pair))
    log = pair.log
    notes = [*log.notes, *pair.notes]
    measured = log.curves[pair.validation]
    if pair.train is not None and (fitted := within_fit(measured, log.curves[pair.train])):
        notes.append("values that were logged after the fit are left out")
        measured = fitted
    unit, at = _axis(measured)
    if len(at) and not np.all(np.abs(at) < LARGEST):
        raise UserError(
            f"{log.source}: the {unit}s of {pair.validation} are beyond all counting "
            f"({float(np.abs(at).max()):.3g}); number them from 0 or 1"
        )
    mixed = interleaved(at, measured.values)
    chosen, mended = _in_order(at)
    at, values = at[chosen], measured.values[chosen]
    notes += [note.replace("{unit}", unit) for note in mended]
    if not len(at):
        raise UserError(f"{log.source}: no {unit} of {pair.validation}; log one at the least")
    # fractions of epochs, as large models are evaluated at, tell which values came before each
    where = measured.epochs[chosen] if unit == "evaluation" and measured.epochs is not None else at
    trained = None if pair.train is None else _trained(log, pair, unit, where, notes)
    if unit == "step" and not np.all(np.diff(at) == 1):
        notes.append("epochs are counted in steps")
    if unit == "evaluation":
        notes.append("epochs are counted in evaluations, from 0")
    spread, assumed = fold_spread(log, pair.validation, chosen) or (None, None)
    notes += [assumed] if assumed is not None else []
    history = History(
        source=log.source,
        metric=pair.metric,
        epochs=at.astype(np.int64),
        train=trained,
        validation=values,
        higher_is_better=pair.higher_is_better,
        scores=_scores(log, pair, measured, chosen),
        step="step" if unit == "step" else log.step,
        words=written_metric(pair.validation),
        rate_fell=last_drop(log, unit),
        folds=spread,
    )
    told = tuple(notes)
    return Reading(history, log, pair.train, pair.validation, pair.why, told, pair.others, mixed)


def _by_rows(pair: Pair) -> Log:
    """The log, with rows for epochs where validation has gaps and nothing numbers the epochs."""
    curves = pair.log.curves
    counted = any(one.epochs is not None or one.steps is not None for one in curves.values())
    if pair.train is None or counted:
        return pair.log
    trained, measured = curves[pair.train].rows, curves[pair.validation].rows
    if trained is None or measured is None or len(trained) == len(measured):
        return pair.log
    if not np.isin(measured, trained).all():
        return pair.log
    return replace(pair.log, curves={n: replace(c, epochs=c.rows) for n, c in curves.items()})


def _scores(log: Log, pair: Pair, measured: Logged, chosen: np.ndarray) -> dict[str, Floats]:
    """Accuracies and the like of the same rows, measured at the same time as the pair."""
    ours = meaning(pair.validation)
    found: dict[str, Floats] = {}
    for name, curve in log.curves.items():
        theirs = meaning(name)
        same_rows = theirs.part == ours.part and theirs.metric != ours.metric
        score = is_higher_better(theirs.metric) and not theirs.by_step
        if same_rows and score and curve.beside(measured):
            found[shown_metric(name)] = curve.values[chosen]
    return found


def _axis(curve: Logged) -> tuple[str, Floats]:
    """What the values are counted in, and where they stand."""
    if curve.epochs is not None:
        whole = np.round(curve.epochs)
        several = len(whole) >= OFTEN * len(np.unique(whole))
        if np.all(np.abs(curve.epochs - whole) <= WHOLE) and not (
            several and curve.steps is not None
        ):
            return "epoch", whole
    if curve.steps is not None:
        return "step", np.round(curve.steps)
    if curve.epochs is not None and len(np.unique(curve.epochs)) > 1:
        return "evaluation", np.arange(float(len(curve.values)))
    return "epoch", np.arange(float(len(curve.values)))


def _positions(curve: Logged, unit: str) -> Floats | None:
    if unit == "epoch" and curve.epochs is not None:
        # an epoch's own steps, and its end as the next whole number, belong to it
        whole = np.round(curve.epochs)
        close = np.abs(curve.epochs - whole) <= WHOLE
        return np.where(close, whole, np.ceil(curve.epochs))
    if unit == "step" and curve.steps is not None:
        return np.round(curve.steps)
    return curve.epochs if unit == "evaluation" else None


def _in_order(at: Floats) -> tuple[np.ndarray, list[str]]:
    """Which values count, by rising position, and what was mended."""
    order = np.argsort(at, kind="stable")
    if len(np.unique(at)) == len(at):
        unsorted = bool(np.any(np.diff(at) < 0))
        return order, ["rows were out of order: sorted by {unit}"] if unsorted else []
    back = np.flatnonzero(np.diff(at) <= 0) + 1  # where an earlier position comes again
    _, first, where = np.unique(at, return_index=True, return_inverse=True)
    if np.all(first[where[back]] < back):
        kept: list[int] = []
        for row, position in enumerate(at):
            while kept and at[kept[-1]] >= position:  # resumed: what came after this is void
                kept.pop()
            kept.append(row)
        rows = np.array(kept)
    else:
        last = {position: row for row, position in enumerate(at)}
        rows = np.array([last[position] for position in sorted(last)])
    lost = len(at) - len(rows)
    return rows, [f"{lost} {'value' if lost == 1 else 'values'} came twice: the later ones count"]


def _trained(log: Log, pair: Pair, unit: str, at: Floats, notes: list[str]) -> Floats:
    """The training curve at the validation positions."""
    assert pair.train is not None
    curve = log.curves[pair.train]
    positions = _positions(curve, unit)
    if positions is None:
        ours, theirs = len(curve.values), len(log.curves[pair.validation].values)
        if ours != theirs:
            raise UserError(
                f"{log.source}: unequal lengths: {pair.train} has {ours:,} values and "
                f"{pair.validation} {theirs:,}; give a table with an epoch column"
            )
        measured = log.curves[pair.validation]
        positions = _axis(measured)[1] if unit != "evaluation" else measured.epochs
        positions = at if positions is None else positions
    positions, values, several = _by_position(positions, curve, unit)
    if several:
        notes.append(f"{pair.train} is logged several times an epoch: its mean counts")
    if unit == "epoch" or np.array_equal(positions, at):
        found = np.isin(at, positions)
        trained = np.full(len(at), np.nan)
        trained[found] = values[np.searchsorted(positions, at[found])]
    else:
        trained, found = _window_means(positions, values, at)
        notes.append(f"{pair.train} is averaged over the steps since the evaluation before")
    if not found.all():
        trained[~found] = np.interp(at[~found], positions, values)
        count = int((~found).sum())
        notes.append(
            f"{pair.train} is missing at {count:,} of {len(at):,} evaluations: interpolated"
        )
    return trained


def _by_position(positions: Floats, curve: Logged, unit: str) -> tuple[Floats, Floats, bool]:
    """One value a position: the mean where an epoch has many, the last where one came twice."""
    unique, where, counts = np.unique(positions, return_inverse=True, return_counts=True)
    if unit == "epoch" and len(positions) >= OFTEN * len(unique) and not _steps_back(positions):
        return unique, np.bincount(where, weights=curve.values) / counts, True
    rows, _ = _in_order(positions)
    return positions[rows], curve.values[rows], False


def _steps_back(positions: Floats) -> bool:
    return bool(np.any(np.diff(positions) < 0))


def _window_means(
    positions: Floats, values: Floats, at: Floats
) -> tuple[Floats, Bool[np.ndarray, " n"]]:
    """Means of `values` over (previous, this] of `at`, and where there were any."""
    window = np.searchsorted(at, positions, side="left")
    inside = window < len(at)
    counts = np.bincount(window[inside], minlength=len(at))
    with np.errstate(invalid="ignore"):
        sums = np.bincount(window[inside], weights=values[inside], minlength=len(at))
        return sums / np.maximum(counts, 1), counts > 0
