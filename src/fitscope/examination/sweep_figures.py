"""The figures of a sweep: measures against width, and along epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from fitscope.examination.lines import NORMAL, metric_words
from fitscope.examination.sweep_lines import EpochLine, epoch_lines
from fitscope.report.look import COLOURS, MUTED, PAPER, PLAIN
from fitscope.report.planned import Planned

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fitscope.study.folder import StoredStudy
    from fitscope.study.sweep import Sweep


def sweep_figures(stored: StoredStudy, sweep: Sweep) -> list[Planned]:
    """One of each measure against width, and one along epochs.

    Args:
        stored: the examination.
        sweep: what was seen.
    """
    task = stored.document.task
    planned = [
        Planned(
            f"sweep-width-{measure}",
            f"{_title(metric_words(task, measure))} against width",
            "Full: validation rows at the last epoch with 95 % intervals. Dashed: at the best "
            "epochs. Open: training rows at the last epoch. Dotted: the narrowest network that "
            "fits its training rows.",
            lambda ax, measure=measure: draw_widths(
                ax, sweep, measure, metric_words(task, measure)
            ),
            section="sweep",
        )
        for measure in sweep.measures
    ]
    first = sweep.measures[0]
    words = metric_words(task, first)
    epochs = Planned(
        "sweep-epochs",
        f"Validation {words} along epochs, without early stopping",
        "Means over runs.",
        lambda ax: draw_epochs(ax, epoch_lines(stored, sweep, first), words),
        section="sweep",
    )
    return [*planned, epochs]


def draw_widths(ax: Axes, sweep: Sweep, measure: str, words: str) -> None:
    """A measure against units, on training and on validation rows.

    Args:
        ax: empty axes.
        sweep: what was seen.
        measure: which one.
        words: what it is called.
    """
    units = [width.units for width in sweep.widths]
    train = [_known(width.train[measure]) for width in sweep.widths]
    last, errors = np.array([[*map(_known, width.last[measure])] for width in sweep.widths]).T
    best = [_known(width.best[measure][0]) for width in sweep.widths]
    fits = next((width.units for width in sweep.widths if width.model == sweep.fits), None)
    if fits is not None:
        ax.axvline(fits, color=MUTED, linewidth=1, linestyle=":", zorder=0)
    ax.plot(units, train, "o-", color=MUTED, markerfacecolor=PAPER, markersize=5, linewidth=1.2)
    ax.plot(units, best, "--", color=PLAIN, linewidth=1.4)
    ax.errorbar(
        units, last, NORMAL * np.nan_to_num(errors), fmt="o-", color=PLAIN, markersize=5, capsize=3
    )
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator([one for one in units if one & (one - 1) == 0]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set_xlabel("Units (log scale)")
    ax.set_ylabel(_title(words))


def draw_epochs(ax: Axes, lines: list[EpochLine], words: str) -> None:
    """A measure along the epochs of some networks.

    Args:
        ax: empty axes.
        lines: one a network.
        words: what the measure is called.
    """
    for line, colour in zip(lines, COLOURS, strict=False):
        ax.plot(line.trained, line.values, color=colour, linewidth=1.6, label=line.model)
    shown = [value for line in lines for value in line.values[1:]]
    low, high = min(shown), max(shown)
    edge = 0.06 * (high - low or abs(high) or 1.0)
    ax.set_ylim(low - edge, high + edge)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set_xlabel("Epochs trained (log scale)")
    ax.set_ylabel(f"Validation {words}")
    ax.legend(fontsize="small")


def _title(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _known(value: float | None) -> float:
    return np.nan if value is None else value
