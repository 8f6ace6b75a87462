"""The figures of an answer: ladder, remedies and learning curve."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from fitscope.examination.continuation import continuation, predicted
from fitscope.examination.frames import bought_frame, ladder_frame
from fitscope.examination.lines import (
    NORMAL,
    Bought,
    RungLine,
    answer_of,
    bought,
    ladder,
    lost_words,
    take_words,
    taken_loss,
    told,
)
from fitscope.examination.sweep_figures import sweep_figures
from fitscope.report.look import LOOKS, MUTED, PAPER, PLAIN
from fitscope.report.planned import Planned
from fitscope.report.words import number, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fitscope.study.answer import MoreData
    from fitscope.study.folder import StoredStudy

LINE, ENDS = 0.3, 0.7  # inches: a row, and what stands above and below all of them
NAME = 26  # signs of a name in a line
TOLD = {"helps": LOOKS["good"].light[0], "does harm": LOOKS["overfit"].light[0]}


def answer_figures(stored: StoredStudy) -> list[Planned]:
    """The figures of an examination; none before there is an answer.

    Args:
        stored: the examination.
    """
    if stored.results.answer is None:
        return []
    answer, task = answer_of(stored), stored.document.task
    words = lost_words(task, answer.metric)
    lines, groups = ladder(stored), bought(answer)
    taken = taken_loss(task, answer, lines)
    planned = [_ladder(lines, taken, take_words(answer), task.loss.words)] if lines else []
    planned += [_bought(group, groups, words) for group in groups]
    more = answer.more_data
    planned += [_more_data(more, words)] if more and more.sizes else []
    return [*planned, *sweep_figures(stored, answer.sweep)] if answer.sweep else planned


def _ladder(lines: Sequence[RungLine], taken: float | None, take: str, words: str) -> Planned:
    dotted = "" if taken is None else f" Dotted: {take}."
    return Planned(
        "ladder-losses",
        f"Training and validation {words} of each rung",
        "Open: training rows. Full: validation rows with 95 % intervals, in the verdict's colour."
        + dotted,
        lambda ax: draw_ladder(ax, lines, taken, words),
        section="ladder",
        height=ENDS + LINE * len(lines),
    )


def _bought(group: Bought, groups: Sequence[Bought], words: str) -> Planned:
    return Planned(
        f"bought-{group.over}",
        f"What remedies on {shown(group.over)} bought",
        f"How much validation {words} each change took away, row by row on the same rows. 95 % "
        "intervals, corrected for how many were tried; open where nothing can be told.",
        lambda ax: draw_bought(ax, group, bought_frame(groups), words),
        section="remedies",
        height=ENDS + LINE * len(group.remedies),
    )


def _more_data(found: MoreData, words: str) -> Planned:
    ahead = continuation(found)
    caption = "Full: measured, 95 % intervals."
    caption += (
        " Dashed: where a power law with a floor leads, with its 90 % band; open: predicted."
        if ahead
        else " Where the curve leads is not predictable."
    )
    return Planned(
        "more-data",
        f"Validation {words} of {shown(found.model)} against training rows",
        caption,
        lambda ax: draw_more_data(ax, found, words),
        section="more_data",
    )


def draw_ladder(ax: Axes, lines: Sequence[RungLine], taken: float | None, words: str) -> None:
    """A row a rung: training and validation loss, the gap between them, the verdict beside them.

    Args:
        ax: empty axes.
        lines: the rungs, plainest first.
        taken: validation loss of the model to take; None without one.
        words: what the metric is called.
    """
    low, high = ladder_frame(lines, taken)
    for at, line in enumerate(lines):
        rung, look = line.rung, line.badge.look
        colour = look.light[0] if line.badge.strong else MUTED
        if rung.validation is None:
            continue
        if rung.train is not None:
            ax.plot([rung.train, rung.validation], [at, at], color=MUTED, alpha=0.25, linewidth=5)
            ax.plot(rung.train, at, "o", color=MUTED, markerfacecolor=PAPER, markersize=7)
        if line.interval:
            ax.plot(line.interval, [at, at], color=colour, linewidth=1.8)
        ax.plot(rung.validation, at, "o", color=colour, markersize=7)
        if rung.validation > high:
            _at_edge(ax, at, high, rung.validation)
        if line.judged:
            ax.annotate(
                look.word,
                (1, at),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize="small",
                color=colour,
                annotation_clip=False,
            )
    if taken is not None:
        ax.axvline(taken, color=PLAIN, linewidth=1.2, linestyle=":", zorder=0)
    _rows(ax, [shown(line.rung.model, 60) for line in lines])
    ax.set_xlim(low, high)
    ax.set_xlabel(f"{words[:1].upper()}{words[1:]}")


def draw_bought(ax: Axes, group: Bought, frame: tuple[float, float], words: str) -> None:
    """A row a remedy: how much loss it took away, and the interval of that, around zero.

    Args:
        ax: empty axes.
        group: what was tried on one model.
        frame: the range that all groups share.
        words: what the metric is called.
    """
    ax.axvline(0, color=MUTED, linewidth=1.2)
    for at, remedy in enumerate(group.remedies):
        said = told(remedy.interval)
        colour = TOLD.get(said, MUTED)
        ax.plot(remedy.interval, [at, at], color=colour, linewidth=1.8)
        face = PAPER if said == "not told apart" else colour
        ax.plot(remedy.difference, at, "o", color=colour, markerfacecolor=face, markersize=7)
    _rows(ax, [shown(remedy.remedy, 60) for remedy in group.remedies])
    ax.set_xlim(*frame)
    ax.set_xlabel(f"← more {words}, less →")


def draw_more_data(ax: Axes, found: MoreData, words: str) -> None:
    """Loss against training rows, and where that leads.

    Args:
        ax: empty axes.
        found: a learning curve.
        words: what the metric is called.
    """
    losses = np.array([mean for mean, _ in found.losses])
    errors = NORMAL * np.array([error or 0.0 for _, error in found.losses])
    rows: list[float] = [*found.sizes]
    ahead = continuation(found)
    if ahead is not None:
        ax.fill_between(ahead.rows, ahead.low, ahead.high, color=PLAIN, alpha=0.15, linewidth=0)
        ax.plot(ahead.rows, ahead.losses, "--", color=PLAIN, linewidth=1.6)
        for times, gain in predicted(found):
            rows.append(found.sizes[-1] * times)
            level = losses[-1] - gain.gain
            ax.plot(rows[-1], level, "o", color=PLAIN, markerfacecolor=PAPER, markersize=7)
        ax.axvline(found.sizes[-1], color=MUTED, linewidth=1, linestyle=":", zorder=0)
    ax.errorbar(found.sizes, losses, errors, fmt="o-", color=PLAIN, markersize=6, capsize=3)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(_apart(rows)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("Training rows (log scale)")
    ax.set_ylabel(f"Validation {words}")


def _apart(rows: Sequence[float]) -> list[float]:
    """Those of the numbers of rows whose labels do not touch, the largest first."""
    least = 0.11 * np.log(max(rows) / min(rows))
    kept: list[float] = []
    for row in sorted(rows, reverse=True):
        if not kept or np.log(kept[-1] / row) > least:
            kept.append(row)
    return kept


def _at_edge(ax: Axes, at: int, edge: float, value: float) -> None:
    """Write a value that lies beyond the axes."""
    ax.annotate(
        f"{number(value)} →",
        (edge, at),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize="small",
        color=MUTED,
    )


def _rows(ax: Axes, names: Sequence[str]) -> None:
    """Names at the left, the first one on top; dollar signs are no mathematics."""
    ax.set_yticks(range(len(names)), ["\n".join(textwrap.wrap(name, NAME)) for name in names])
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
        label.set_fontsize("small")
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(False, axis="y")
