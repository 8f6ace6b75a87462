"""Scores of a run row by row around its best epoch: what comparisons are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.findings import Findings
from fitscope.history import History, RowLosses
from fitscope.task import Task

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class AroundBest:
    """Scores of one run around its best epoch.

    Attributes:
        rows: metric to one score a validation row.
        errors: metric to the standard error that the rows' common level has because epochs
            scatter; 0 where nothing is known of it.
    """

    rows: dict[str, Float[np.ndarray, " rows"]]
    errors: dict[str, float]


def around_best(
    history: History,
    task: Task,
    found: Findings,
    score: Float[np.ndarray, " n"] | None = None,
) -> AroundBest | None:
    """The task's loss and score of each validation row around the best epoch.

    The single best epoch was picked because it is low, and its rows with it. So rows are
    averaged over the epochs kept of them in the window around the trend's minimum, and then
    shifted together: the losses to the corrected minimum of the curve, the scores to the mean
    that the whole window of their curve has.

    Args:
        history: the task's loss, epoch by epoch, with `rows`.
        task: what is learnt; it names the metrics and tells the rows' scores from their losses
            where they were not kept.
        found: what `measure` has found on this very history.
        score: the task's score on the validation rows, one value an epoch of `history`; without
            it the level of the scores is that of the kept rows.

    Returns:
        The losses, and the scores where rows have any; None without usable row losses.

    Example:
        >>> from fitscope.diagnosis.measure import measure
        >>> from fitscope.task import REGRESSION
        >>> at, each = np.arange(40), np.array([0.5, 1.5])
        >>> losses = np.exp(-at / 5)[:, None] + each
        >>> run = History("run", "mean_squared_error", at, None, losses.mean(axis=1),
        ...     rows=RowLosses(at, losses))
        >>> rows = around_best(run, REGRESSION, measure(run)).rows
        >>> list(rows), float(np.diff(rows["val_mean_squared_error"])[0])
        (['val_mean_squared_error', 'val_mean_absolute_error'], 1.0)
    """
    kept = None if history.rows is None else _finite(history.rows)
    if kept is None:
        return None
    one, at = found.curve, found.low.at
    half = int(found.validation.half[at])
    first = one.epochs[max(at - half, 0)]
    last = one.epochs[min(at + half, len(one) - 1)]
    inside = (kept.epochs >= first) & (kept.epochs <= last)
    if not inside.any():
        inside = np.arange(len(kept.epochs)) == np.argmin(np.abs(kept.epochs - one.epochs[at]))
    near = kept.losses[inside].astype(np.float64)
    loss, other = task.loss.validation, task.score.validation
    rows = {loss: _moved(near.mean(axis=0), one.sign * found.low.corrected)}
    errors = {loss: found.low.error}

    scores = task.scores_of_losses(near) if kept.scores is None else kept.scores[inside]
    if scores is None:
        return AroundBest(rows, errors)
    rows[other], errors[other] = np.asarray(scores, np.float64).mean(axis=0), 0.0
    if score is not None:
        window = (history.epochs >= first) & (history.epochs <= last) & np.isfinite(score)
        values = score[window]
        if len(values):
            rows[other] = _moved(rows[other], float(values.mean()))
        if len(values) > 1:
            errors[other] = float(np.std(values, ddof=1)) / len(values) ** 0.5
    return AroundBest(rows, errors)


def at_only_epoch(history: History, task: Task) -> AroundBest | None:
    """Scores of the rows of a run of one epoch: it was not picked, so nothing is corrected.

    Args:
        history: of one epoch.
        task: what is learnt.

    Returns:
        The losses, and the scores where rows have any; None without usable row losses.
    """
    kept = None if history.rows is None else _finite(history.rows)
    if kept is None:
        return None
    losses = kept.losses[-1].astype(np.float64)
    rows = {task.loss.validation: losses}
    scores = task.scores_of_losses(losses) if kept.scores is None else kept.scores[-1]
    if scores is not None:
        rows[task.score.validation] = np.asarray(scores, np.float64)
    return AroundBest(rows, dict.fromkeys(rows, 0.0))


def _finite(rows: RowLosses) -> RowLosses | None:
    """The epochs of which every row is known; None if there are none."""
    whole = np.isfinite(rows.losses).all(axis=1)
    if rows.scores is not None:
        whole &= np.isfinite(rows.scores).all(axis=1)
    if not whole.any() or not rows.losses.shape[1]:
        return None
    scores = None if rows.scores is None else np.asarray(rows.scores)[whole]
    return RowLosses(np.asarray(rows.epochs)[whole], np.asarray(rows.losses)[whole], scores)


def _moved(rows: Float[np.ndarray, " rows"], level: float) -> Float[np.ndarray, " rows"]:
    """The rows with this mean."""
    return rows + (level - rows.mean())
