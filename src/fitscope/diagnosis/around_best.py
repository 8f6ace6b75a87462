"""Scores of a run row by row around its best epoch: what comparisons are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.findings import Findings
from fitscope.history import History
from fitscope.task import Task


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


def around_best(history: History, found: Findings, task: Task) -> AroundBest | None:
    """Loss and score of each validation row around the best epoch.

    The single best epoch was picked because it is low, and its rows with it. So rows are
    averaged over the epochs kept of them in the window around the trend's minimum, and then
    shifted together to the mean that the whole window of the curve has, for the loss with the
    optimism of the search for a minimum taken out.

    Args:
        history: the task's loss of a run, with `rows`, and its score among `scores`.
        found: what was measured on it.
        task: what was learnt.

    Returns:
        The rows' losses and, where they are known, their scores; None without usable row losses.
    """
    kept = history.rows
    if kept is None:
        return None
    finite = np.isfinite(kept.losses).all(axis=1)
    epochs, losses = np.asarray(kept.epochs)[finite], kept.losses[finite]
    if not len(epochs):
        return None
    one, low = found.curve, found.low
    half = int(found.validation.half[low.at])
    first = one.epochs[max(low.at - half, 0)]
    last = one.epochs[min(low.at + half, len(one) - 1)]
    inside = (epochs >= first) & (epochs <= last)
    if not inside.any():
        inside = np.arange(len(epochs)) == np.argmin(np.abs(epochs - one.epochs[low.at]))
    near = losses[inside].astype(np.float64)
    rows = {task.loss.validation: _shifted(near.mean(axis=0), low.corrected)}
    errors = {task.loss.validation: low.error}
    if kept.scores is None:
        scores = task.scores_of_losses(near)
    else:
        scores = kept.scores[finite][inside].astype(np.float64)
    if scores is not None:
        level, error = _level(history, task, float(first), float(last))
        rows[task.score.validation] = _shifted(scores.mean(axis=0), level)
        errors[task.score.validation] = error
    return AroundBest(rows, errors)


def _shifted(rows: Float[np.ndarray, " rows"], level: float | None) -> Float[np.ndarray, " rows"]:
    return rows if level is None else rows + (level - rows.mean())


def _level(history: History, task: Task, first: float, last: float) -> tuple[float | None, float]:
    """Mean of the score's curve in the window, and its standard error over the epochs."""
    if task.score.name not in history.scores:
        return None, 0.0
    curve = np.asarray(history.scores[task.score.name], np.float64)
    seen = curve[(history.epochs >= first) & (history.epochs <= last) & np.isfinite(curve)]
    if not len(seen):
        return None, 0.0
    error = float(np.std(seen, ddof=1)) / len(seen) ** 0.5 if len(seen) > 1 else 0.0
    return float(np.mean(seen)), error
