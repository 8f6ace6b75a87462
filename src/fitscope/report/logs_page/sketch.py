"""A run's curves as a small drawing that needs no script."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitscope.history import History
from fitscope.report.frame import whole
from fitscope.report.polyline import HEIGHT, POINTS, WIDTH, polyline
from fitscope.report.series import compact
from fitscope.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Sketch:
    """Polylines within a frame, y downwards.

    Attributes:
        validation: points of the validation curve.
        train: points of the training curve; empty without one.
        best: where the best epoch stands.
        onset: where overfitting begins, or None.
    """

    validation: str
    train: str
    best: float
    onset: float | None
    width: int = WIDTH
    height: int = HEIGHT


def sketch(verdict: Verdict, alone: bool = False) -> Sketch | None:
    """The drawing; None where nothing is to be drawn.

    Args:
        verdict: with its history.
        alone: whether the validation curve fills the frame, as in a table.
    """
    history = verdict.history
    if history is None:
        return None
    drawn = (history.validation,) if alone else (history.train, history.validation)
    curves = [curve for curve in drawn if curve is not None]
    shown = whole(curves, falling=not history.higher_is_better)
    if shown is None:
        return None
    first, last = float(history.epochs[0]), float(history.epochs[-1])

    def across(epoch: int) -> float:
        return (epoch - first) / max(last - first, 1.0) * WIDTH

    return Sketch(
        validation=_points(history, history.validation, shown),
        train="" if history.train is None else _points(history, history.train, shown),
        best=across(verdict.best_epoch),
        onset=None if verdict.onset_shown is None else across(verdict.onset_shown),
    )


def _points(history: History, values: np.ndarray, shown: tuple[float, float]) -> str:
    at, means = compact(history.epochs, values, POINTS)
    return polyline(at / (POINTS - 1), means, shown)
