"""Rows that were logged after the fit, as by Lightning's `trainer.validate`: not an epoch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitscope.logs.log import Logged

AT_ONCE = 1.0
"""Steps after the evaluation before: more were trained, though it may be too few to be logged."""


def within_fit(measured: Logged, train: Logged) -> Logged | None:
    """The validation curve without what came after the fit; None where nothing did.

    That is a last value of an epoch in which nothing was trained, although something was in each
    epoch before, and at most one step after the value before.

    Args:
        measured: the validation curve.
        train: the training curve.

    Example:
        >>> epochs, steps = np.array([0.0, 1, 2, 3]), np.array([99.0, 199, 299, 300])
        >>> measured = Logged(np.ones(4), epochs, steps)
        >>> len(within_fit(measured, Logged(np.ones(3), epochs[:3], steps[:3])).values)
        3
    """
    if measured.epochs is None or measured.steps is None or train.epochs is None:
        return None
    epochs, steps = measured.epochs, measured.steps
    if len(epochs) < 3 or epochs[-1] <= np.max(train.epochs, initial=-np.inf):
        return None
    if not np.isin(epochs[:-1], train.epochs).all():
        return None
    if steps[-1] - steps[-2] > AT_ONCE:
        return None
    rows = None if measured.rows is None else measured.rows[:-1]
    return replace(
        measured, values=measured.values[:-1], epochs=epochs[:-1], steps=steps[:-1], rows=rows
    )
