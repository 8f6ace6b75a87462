"""A training curve judged by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.curve import curve
from fitscope.diagnosis.label import Judgement, label
from fitscope.diagnosis.measure import measured
from fitscope.diagnosis.rules import FEWEST_TO_DENY
from fitscope.errors import UserError
from fitscope.history import History

if TYPE_CHECKING:
    from jaxtyping import Float

    Floats = Float[np.ndarray, " n"]

POINTS = 400  # that a long training curve is averaged to


def judged_alone(values: Floats) -> Judgement | None:
    """The training curve judged as if it were one of validation; None where it is too short.

    A rise is then no overfitting: training came apart.
    """
    shown = averaged(values)
    if len(shown) < FEWEST_TO_DENY:
        return None
    history = History("training", "loss", np.arange(len(shown)), None, shown)
    try:
        return label(measured(history, curve(history)))
    except UserError:
        return None


def averaged(values: Floats, points: int = POINTS) -> Floats:
    """Means of neighbours where a curve is longer than that; an end in no numbers stays one.

    Example:
        >>> averaged(np.arange(6.0), 3).tolist()
        [0.5, 2.5, 4.5]
    """
    if len(values) <= points:
        return values
    edges = np.linspace(0, len(values), points + 1).astype(int)
    return np.add.reduceat(values, edges[:-1]) / np.diff(edges)
