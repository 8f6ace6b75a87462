"""A sweep as lines: one rule for page and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.examination.width_runs import ERROR
from fitscope.report.series import binned, mean_curve

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy
    from fitscope.study.sweep import Sweep

POINTS = 60
"""Of a line along epochs, evenly spread over their logarithms."""


@dataclass(frozen=True)
class EpochLine:
    """A validation measure of a network along its epochs, the mean over its runs.

    Attributes:
        model: its name.
        trained: numbers of epochs trained, rising.
        values: the measure there.
    """

    model: str
    trained: tuple[float, ...]
    values: tuple[float, ...]


def told_networks(sweep: Sweep) -> list[str]:
    """The networks whose epochs are drawn: where loss is lowest, where it peaks, where it is low
    again, and the widest; whatever else is told of, and narrow ones first.

    Args:
        sweep: what was seen.
    """
    by_units = {width.units: width.model for width in sweep.widths}
    turn = next((one for one in sweep.turns if one.along == "width"), None)
    places = () if turn is None else (turn.first, turn.peak, turn.second)
    wanted = {by_units[units] for units in places}
    wanted |= {one.model for one in sweep.turns if one.model is not None}
    wanted |= {name for name in (sweep.fits, sweep.widths[-1].model) if name is not None}
    return [width.model for width in sweep.widths if width.model in wanted]


def epoch_lines(stored: StoredStudy, sweep: Sweep, measure: str) -> list[EpochLine]:
    """The lines of the networks that are told of.

    Args:
        stored: the examination.
        sweep: what was seen.
        measure: which one.
    """
    task = stored.document.task
    metric = task.score if measure == ERROR else task.metric(measure)
    lines = []
    for name in told_networks(sweep):
        values = mean_curve(stored.histories, name, metric.validation, 0).mean
        edges = np.unique(np.geomspace(1, len(values) + 1, POINTS + 1).astype(int)) - 1
        at, levels = binned(np.arange(len(values)) + 1.0, edges), binned(values, edges)
        if measure == ERROR:
            levels = 1.0 - levels
        lines.append(EpochLine(name, tuple(at.tolist()), tuple(levels.tolist())))
    return lines
