"""The two figures that need no training: feature values and the learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import StrMethodFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fitscope.learners.mlp.schedules import Schedule
    from fitscope.study.document import Histogram


def feature_histogram(ax: Axes, histogram: Histogram, colour: str) -> None:
    """Counts of all feature values taken together."""
    ax.stairs(histogram.counts, histogram.edges, fill=True, color=colour)
    ax.set_xlim(histogram.edges[0], histogram.edges[-1])
    ax.set_ylim(bottom=0)
    ax.set_xlabel("Feature value")
    ax.set_ylabel("Values in a bin")
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def learning_rate(ax: Axes, schedule: Schedule, epochs: int, longest: int, colour: str) -> None:
    """Learning rate over `epochs` epochs, and where the longest run of the study ended."""
    at = np.linspace(0.0, epochs, 501)
    rates = np.array([float(schedule.at(epoch)) for epoch in at])
    ax.plot(at, rates, color=colour, linewidth=1.8)
    ax.set_xlim(0, epochs)
    ax.set_ylim(0, 1.06 * rates.max())
    ax.set_xlabel("Epoch")
    ax.set_ylabel("Learning rate")
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if 0 < longest < epochs:
        ax.axvline(longest, color="0.5", linewidth=1, linestyle=":")
        late = longest > epochs / 2
        ax.annotate(
            f"longest run: {longest:,} epochs",
            (longest, rates.max()),
            xytext=(-6 if late else 6, -5),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
            fontsize="small",
        )
