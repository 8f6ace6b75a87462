"""Training and validation curves of several models on Matplotlib axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from fitscope.errors import UserError
from fitscope.report.frame import frame
from fitscope.report.legend import legend
from fitscope.report.look import colours as default_colours
from fitscope.report.marks import BEST, ONSET, Mark, draw_mark
from fitscope.report.series import MeanCurve, mean_curve, places
from fitscope.task import BINARY, VALIDATION, Metric, Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEARNING_RATE = "learning_rate"
RATE = Metric(LEARNING_RATE, "learning rate", "Learning rate")
POINTS = 600  # of a drawn line; an SVG of every epoch would be megabytes
ALL_POINTS = 3_000  # of all lines together, since so would one of many models
FEWEST = 40  # of a line, however many there are
LOG_START = 5  # earlier epochs would fill half of a log axis


def plot_histories(
    histories: pl.DataFrame,
    models: Sequence[str] | None = None,
    task: Task = BINARY,
    metric: str | None = None,
    smoothing_std: float = 10,
    log_epochs: bool = False,
    ylim: tuple[float, float] | None = None,
    ax: Axes | None = None,
    colours: Mapping[str, str] | None = None,
    raw: bool = False,
    legend_above: bool = False,
    marks: Mapping[str, Mark] | None = None,
    step: str = "epoch",
    reference: float | None = None,
) -> Axes:
    """Draw a metric over epochs: training solid, validation dashed, one colour a model.

    With several runs a model the line is the mean of the runs still training at that epoch,
    and the band is plus and minus one standard error of that mean, where two runs or more
    remain.

    Args:
        histories: a study's histories, one row an epoch of a run.
        models: which models, in which order; all of them if None.
        task: what was learnt; it knows the metrics' titles and directions.
        metric: one of the task's, "loss" with penalties, or "learning_rate"; the task's loss if
            None.
        smoothing_std: standard deviation of the Gaussian smoothing in epochs; 0 for none.
        log_epochs: logarithmic epoch axis, from epoch 5; runs of up to ten epochs keep the
            linear one.
        ylim: lowest and highest value shown; chosen from the curves if None.
        ax: axes to draw on; a new pyplot figure if None.
        colours: colour a model; those of `fitscope.report.look` if None.
        raw: draw the curves before smoothing, too, faintly.
        legend_above: put the legend above the axes instead of into them.
        marks: best epoch and onset of overfitting a model, drawn on its validation curve; none
            if None.
        step: what an epoch of these histories is called.
        reference: validation loss of the best constant prediction, drawn as a thin line where it
            lies within the range.

    Returns:
        The axes.

    Raises:
        UserError: an unknown model or metric, or a negative smoothing.
    """
    known = histories["model"].unique(maintain_order=True).to_list()
    models = known if models is None else list(models)
    for name in models:
        if name not in known:
            raise UserError(f"plot: no model {name!r} here; choose from {', '.join(known)}")
    metric = task.loss.name if metric is None else metric
    known_metrics = [*task.metrics, LEARNING_RATE]
    if metric not in known_metrics or metric not in histories.columns:
        choice = ", ".join(name for name in known_metrics if name in histories.columns)
        raise UserError(f"plot: unknown metric {metric!r}; choose from {choice}")
    told = RATE if metric == LEARNING_RATE else task.metric(metric)
    colours = default_colours(known) if colours is None else colours
    validation = f"{VALIDATION}{metric}"
    validation = validation if validation in histories.columns else None
    training = {name: mean_curve(histories, name, metric, smoothing_std) for name in models}
    checked = {
        name: mean_curve(histories, name, validation, smoothing_std)
        for name in models
        if validation
    }
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=(7.6, 4.6), layout="constrained")
    points = max(min(POINTS, ALL_POINTS // max(len(training) + len(checked), 1)), FEWEST)
    for name in models:
        _draw(ax, training[name], colours[name], "-", raw, points)
        if validation:
            _draw(ax, checked[name], colours[name], "--", raw, points)
    marked = {name: mark for name, mark in (marks or {}).items() if name in checked}
    for name, mark in marked.items():
        draw_mark(ax, mark, checked[name].mean, colours[name])
    _epoch_axis(ax, max((len(one.mean) for one in training.values()), default=1), log_epochs, step)
    leading = [one.mean for one in (checked or training).values()]
    if ylim is None:
        others = [one.mean for one in training.values()] if validation else []
        ylim = frame(leading, others, falling=not told.higher_is_better)
    if ylim is not None:
        ax.set_ylim(*ylim)
    ax.set_ylabel(told.title)
    if reference is not None and metric == task.loss.name:
        _draw_reference(ax, reference)
    legend(
        ax,
        {name: colours[name] for name in models},
        validation is not None,
        above=legend_above,
        shapes={} if legend_above else _shapes(list(marked.values()), step),
    )
    return ax


def _draw(ax: Axes, one: MeanCurve, colour: str, style: str, raw: bool, points: int) -> None:
    if raw:
        for run in one.runs:
            ax.plot(np.arange(len(run)), run, style, color=colour, linewidth=0.6, alpha=0.25)
    at = places(len(one.mean), points, early=True)
    mean, error = one.mean[at], one.error[at]
    band = np.isfinite(error)
    if band.any():
        ax.fill_between(
            at, mean - error, mean + error, where=band, color=colour, alpha=0.18, linewidth=0
        )
    dot = "o" if np.isfinite(mean).sum() == 1 else None  # a line of one point is invisible
    ax.plot(at, mean, style, color=colour, linewidth=1.6, marker=dot)


def _draw_reference(ax: Axes, value: float) -> None:
    """A thin line where the best constant prediction stands, if the range holds it."""
    low, high = ax.get_ylim()
    if not low <= value <= high:
        return
    ax.axhline(value, color="0.5", linewidth=1, linestyle=":")
    ax.annotate(
        "constant prediction",
        (1, value),
        xycoords=("axes fraction", "data"),
        xytext=(-3, 3),
        textcoords="offset points",
        ha="right",
        fontsize="x-small",
        color="0.45",
    )


def _shapes(marked: Sequence[Mark], step: str) -> dict[str, str]:
    shapes = {f"best {step}": BEST} if marked else {}
    return shapes | (
        {"overfits from here": ONSET} if any(mark.onset is not None for mark in marked) else {}
    )


def _epoch_axis(ax: Axes, epochs: int, log: bool, step: str) -> None:
    last = max(epochs - 1, 1)
    if not log or last < 2 * LOG_START:
        ax.set_xlim(0, last)
        ax.set_xlabel(step.capitalize())
        ax.xaxis.set_major_formatter(FuncFormatter(_plain))
        return
    ax.set_xscale("log")
    ax.set_xlim(LOG_START, last)
    ax.set_xlabel(f"{step.capitalize()} (log scale)")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(FuncFormatter(_plain))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _plain(epoch: float, _: int | None = None) -> str:
    return f"{epoch:,.0f}" if float(epoch).is_integer() else ""
