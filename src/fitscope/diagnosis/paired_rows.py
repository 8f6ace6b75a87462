"""The rise row by row: what the choice of validation rows can do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.history import RowLosses

if TYPE_CHECKING:
    from jaxtyping import Float, Int

FEWEST = 3  # kept epochs in a window, where that many were kept
SAME = 0.02  # by this share the mean of the rows may differ from the logged curve


def _near(epochs: Int[np.ndarray, " kept"], first: float, last: float) -> Int[np.ndarray, " few"]:
    inside = np.flatnonzero((epochs >= first) & (epochs <= last))
    if len(inside) >= FEWEST:
        return inside
    middle = (first + last) / 2
    return np.sort(np.argsort(np.abs(epochs - middle), kind="stable")[:FEWEST])


def rows_error(rows: RowLosses, low: tuple[float, float], end: tuple[float, float]) -> float | None:
    """Standard error over validation rows of the mean loss at the end minus that at the minimum.

    Each row is compared with itself, so that easy and hard rows cancel: the error is that of
    the mean of the per-row differences.

    Args:
        rows: losses row by row at some epochs.
        low: first and last epoch of the window around the minimum.
        end: first and last epoch of the window at the end.

    Returns:
        The standard error, or None with fewer than two rows or two kept epochs.

    Example:
        >>> kept = RowLosses(np.array([0, 9]), np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 5.0]]))
        >>> round(rows_error(kept, (0, 0), (9, 9)), 3)
        0.577
    """
    epochs = np.asarray(rows.epochs)
    if rows.losses.shape[1] < 2 or len(epochs) < 2:
        return None
    at_end, at_low = _near(epochs, *end), _near(epochs, *low)
    if len(epochs) < 2 * FEWEST:
        at_end, at_low = at_end[-1:], at_low[:1]
    at_low = np.setdiff1d(at_low, at_end)
    if not len(at_low):
        return 0.0
    losses = rows.losses
    difference = losses[at_end].mean(axis=0, dtype=np.float64) - losses[at_low].mean(
        axis=0, dtype=np.float64
    )
    return float(difference.std(ddof=1) / np.sqrt(len(difference)))


def score_error(rows: RowLosses, epoch: float) -> float | None:
    """Standard error of the mean loss over the validation rows, near one epoch; None of one row."""
    if rows.losses.shape[1] < 2:
        return None
    losses = rows.losses[int(np.argmin(np.abs(np.asarray(rows.epochs) - epoch)))]
    return float(losses.std(ddof=1, dtype=np.float64) / np.sqrt(len(losses)))


def belongs(
    rows: RowLosses, epochs: Int[np.ndarray, " n"], validation: Float[np.ndarray, " n"]
) -> bool:
    """Whether the means of the rows are the validation curve (and not, say, another metric)."""
    shared, mine, theirs = np.intersect1d(rows.epochs, epochs, return_indices=True)
    if not len(shared):
        return False
    means = rows.losses[mine].mean(axis=1, dtype=np.float64)
    logged = validation[theirs]
    known = np.isfinite(means) & np.isfinite(logged)
    return bool(known.any() and np.allclose(means[known], logged[known], rtol=SAME, atol=0.0))
