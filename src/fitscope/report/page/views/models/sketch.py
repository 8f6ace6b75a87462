"""A model's curves as a small drawing that needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from fitscope.report.frame import frame
from fitscope.report.polyline import POINTS, WIDTH, polyline
from fitscope.report.series import mean_curve, places

if TYPE_CHECKING:
    import polars as pl

    from fitscope.task import Metric

SMOOTHING = 40  # a run's length over the standard deviation of its smoothing


@dataclass(frozen=True)
class Sketch:
    """Polylines within WIDTH and HEIGHT, y downwards.

    Attributes:
        train: points of the training curve.
        validation: points of the validation curve.
        epochs: length of the longest run; it spans the whole width.
    """

    train: str
    validation: str
    epochs: int

    def x(self, epoch: float) -> float:
        """Where an epoch stands."""
        return epoch / max(self.epochs - 1, 1) * WIDTH


def sketches(histories: pl.DataFrame, models: Sequence[str], metric: Metric) -> dict[str, Sketch]:
    """A sketch for each model that has an epoch, all with the same range of losses.

    Args:
        histories: a study's histories.
        models: names.
        metric: what is drawn.
    """
    curves = {}
    for name, own in histories.partition_by("model", as_dict=True).items():
        if name[0] in models:
            std = min(10.0, own["epoch"].len() / own["repeat"].n_unique() / SMOOTHING)
            curves[name[0]] = [
                mean_curve(own, str(name[0]), column, std).mean
                for column in (metric.name, metric.validation)
            ]
    shown = frame(
        [pair[1] for pair in curves.values()],
        [pair[0] for pair in curves.values()],
        not metric.higher_is_better,
    )
    if shown is None:
        return {}
    return {
        name: Sketch(_points(train, shown), _points(validation, shown), len(train))
        for name, (train, validation) in curves.items()
    }


def _points(values: Float[np.ndarray, " epochs"], shown: tuple[float, float]) -> str:
    kept = places(len(values), POINTS)
    kept = kept[np.isfinite(values[kept])]
    return polyline(kept / max(len(values) - 1, 1), values[kept], shown)
