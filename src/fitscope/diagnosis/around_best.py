"""Scores of a run row by row around its best epoch: what comparisons are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.curve import curve
from fitscope.diagnosis.lowest import lowest
from fitscope.diagnosis.trend import trend
from fitscope.history import History

COIN = np.log(2.0)
"""Cross-entropy of an undecided prediction: a row is classified correctly below it."""


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


def around_best(history: History, accuracy: Float[np.ndarray, " n"]) -> AroundBest | None:
    """Cross-entropy and accuracy of each validation row around the best epoch.

    The single best epoch was picked because it is low, and its rows with it. So rows are
    averaged over the epochs kept of them in the window around the trend's minimum, and then
    shifted together to the mean that the whole window of the curve has, for the cross-entropy
    with the optimism of the search for a minimum taken out.

    Args:
        history: a run's cross-entropy with `rows`.
        accuracy: validation accuracy, one value an epoch of `history`.

    Returns:
        The scores of the cross-entropy and the accuracy, or None without usable row losses.

    Raises:
        UserError: a history that holds no curve.
    """
    kept = history.rows
    if kept is None:
        return None
    finite = np.isfinite(kept.losses).all(axis=1)
    epochs, losses = np.asarray(kept.epochs)[finite], kept.losses[finite]
    if not len(epochs):
        return None
    one = curve(history)
    path = trend(one.validation)
    low = lowest(path)
    half = int(path.half[low.at])
    first = one.epochs[max(low.at - half, 0)]
    last = one.epochs[min(low.at + half, len(one) - 1)]
    inside = (epochs >= first) & (epochs <= last)
    if not inside.any():
        inside = np.arange(len(epochs)) == np.argmin(np.abs(epochs - one.epochs[low.at]))
    near = losses[inside].astype(np.float64)
    found = {"val_binary_crossentropy": near.mean(axis=0), "val_accuracy": (near < COIN).mean(0)}
    window = (history.epochs >= first) & (history.epochs <= last) & np.isfinite(accuracy)
    hits = accuracy[window]
    levels = (low.corrected, float(np.mean(hits)) if len(hits) else None)
    for (name, rows), level in zip(found.items(), levels, strict=True):
        if level is not None:
            found[name] = rows + (level - rows.mean())
    scatter = float(np.std(hits, ddof=1)) / len(hits) ** 0.5 if len(hits) > 1 else 0.0
    return AroundBest(found, dict(zip(found, (low.error, scatter), strict=True)))
