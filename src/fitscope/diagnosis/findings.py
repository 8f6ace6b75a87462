"""`Findings`: everything that was measured on a history, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from fitscope.diagnosis.curve import Curve
from fitscope.diagnosis.learnt import Learnt
from fitscope.diagnosis.lowest import Lowest
from fitscope.diagnosis.rise import Rise
from fitscope.diagnosis.trend import Trend


@dataclass(frozen=True, eq=False)
class Findings:
    """What was measured; values are losses (lower is better) unless said otherwise.

    Attributes:
        metric: name of the metric.
        curve: the measurements.
        validation: trend of the validation curve.
        train: trend of the training curve, or None.
        low: the lowest point of the validation trend.
        learnt: what there was to learn: the scale of what matters.
        rise: how far the trend ends above its lowest point.
        needed: the smallest rise that matters.
        train_rise: how far the training trend ends above its value at that point; None without.
        train_rise_error: its standard error.
        train_order: the chance that a short training curve rises as steadily in random order.
        train_fall: how far the training trend fell from its start to its lowest point, or None.
        train_lost: how far it ends above its lowest point, or None.
        train_error: standard error of either.
        fell: how far the validation trend fell from its own start to its lowest point.
        scatter: standard deviation of the second half around the trend, spikes and all.
        slope: slope of the validation curve at the end, per epoch, and its standard error.
        falls: the chance that the end of a short run falls as steadily in random order.
        train_slope: the same of the training curve, or None.
        gap: validation minus training at the end and its standard error, or None.
        fitted: lowest loss on the training rows, or None.
        score_error: standard error of a validation score over the validation rows, or None.
        reference: loss that a constant predictor reaches, or None.
        reference_kind: what the reference is, in words.
        possible: the most that can be gained over the reference.
    """

    metric: str
    curve: Curve
    validation: Trend
    train: Trend | None
    low: Lowest
    learnt: Learnt
    rise: Rise
    needed: float
    train_rise: float | None
    train_rise_error: float
    train_order: float
    train_fall: float | None
    train_lost: float | None
    train_error: float
    fell: float
    scatter: float
    slope: tuple[float, float]
    falls: float
    train_slope: tuple[float, float] | None
    gap: tuple[float | None, float | None]
    fitted: float | None
    score_error: float | None
    reference: float | None
    reference_kind: str | None
    possible: float

    @property
    def rise_matters(self) -> bool:
        """Whether the rise is as large as it must be, however sure it is."""
        return self.rise.value > 0 and self.rise.value >= self.needed
