"""Which figures a study gets, and writing them as PNG and SVG."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fitscope.files import replacing
from fitscope.names import slugs
from fitscope.report.charts import feature_histogram, learning_rate
from fitscope.report.legend import room_above
from fitscope.report.look import FIGURE, MUTED, PAPER, PLAIN, WARNING
from fitscope.report.marks import marks, said
from fitscope.report.notices import notices
from fitscope.report.planned import AXES_HEIGHT, Planned
from fitscope.report.plot import plot_histories
from fitscope.report.presentation import Range, palette_of, presentation_of
from fitscope.report.series import mean_curve, usual_smoothing
from fitscope.report.words import joined, planned_models, shown, step_of

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

WIDTH, LINE = 7.6, 0.18  # inches
LEFT = 0.012
DOTS = 150  # an inch
UNSAID = ("Creator", "Date", "Format", "Type")  # metadata that would differ from day to day


def draw_figures(stored: StoredStudy) -> list[Path]:
    """Draw a study's figures into its folder, each as a PNG and an SVG file.

    Args:
        stored: the study.

    Returns:
        The files written, in the order of the page.
    """
    files = []
    for planned in plan_figures(stored):
        with matplotlib.rc_context(FIGURE), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            files += save(_figure(planned, stored), stored.folder.figures / planned.name)
    return files


def save(figure: Figure, name: Path) -> list[Path]:
    """Lay a figure out and write it.

    Args:
        figure: a figure that has not been laid out.
        name: the files' path without an ending.

    Returns:
        The PNG and the SVG file.
    """
    _lay_out(figure)
    files = [name.with_name(f"{name.name}.{ending}") for ending in ("png", "svg")]
    for file, metadata in zip(files, (None, dict.fromkeys(UNSAID)), strict=True):
        with replacing(file) as part:
            figure.savefig(part, format=file.suffix[1:], metadata=metadata)
    return files


def _lay_out(figure: Figure) -> None:
    """Find where everything goes once: Matplotlib would find it again for each file."""
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.execute(figure)
    figure.set_layout_engine(None)


def plan_figures(stored: StoredStudy) -> list[Planned]:
    """The figures of a study: its rows, its schedule, its models group by group, then those that
    its presentation adds."""
    schedule = [_schedule(stored)] if planned_models(stored.document) else []
    further = presentation_of(stored.document.kind).figures
    planned = [_histogram(stored), *schedule, *_of_groups(stored)]
    planned += further(stored) if further else []
    names = slugs(one.name for one in planned)
    return [replace(one, name=name) for one, name in zip(planned, names, strict=True)]


def _histogram(stored: StoredStudy) -> Planned:
    histogram = stored.document.histogram
    return Planned(
        "feature-histogram",
        f"Values of all {len(stored.document.data.feature_names):,} features, "
        f"first {histogram.rows:,} validation rows",
        f"{sum(histogram.counts):,} values in {len(histogram.counts):,} bins.",
        lambda ax: feature_histogram(ax, histogram, PLAIN),
        section="rows",
    )


def _schedule(stored: StoredStudy) -> Planned:
    schedule = stored.document.training_plan.schedule
    planned = planned_models(stored.document)
    longest = max((run.epochs for run in stored.results.runs if run.model in planned), default=1)
    epochs = max(longest, presentation_of(stored.document.kind).schedule_epochs)
    return Planned(
        "learning-rate",
        "Learning rate against epoch",
        f"{schedule.at(0):.3g} at the start, {schedule.at(longest):.3g} at the end of the "
        "longest run.",
        lambda ax: learning_rate(ax, schedule, epochs, longest, PLAIN),
        section="training",
    )


def _of_groups(stored: StoredStudy) -> Iterator[Planned]:
    presentation = presentation_of(stored.document.kind)
    trained = set(stored.histories["model"].unique())
    for group, entries in stored.document.groups().items():
        names = [entry.name for entry in entries if entry.name in trained]
        how = presentation.group(group)
        if how.first_alone and len(names) > 1:
            yield replace(_curves(stored, f"{group}-{names[0]}", names[:1]), section=None)
        if how.one_by_one and len(names) > 1:
            for count in range(2, len(names) + 1):
                planned = _curves(stored, f"{group}-{names[count - 1]}", names[:count])
                yield planned if count == len(names) else replace(planned, section=None)
        elif names:
            yield _curves(stored, group, names, how.log_epochs and len(names) > 1)


def _curves(stored: StoredStudy, name: str, models: list[str], log_epochs: bool = False) -> Planned:
    document = stored.document
    palette = palette_of(document)
    std = usual_smoothing(stored.histories["epoch"].n_unique())
    loss, step = document.task.loss, step_of(document)
    usual = presentation_of(document.kind).ranges.get(loss.name)
    caption = [
        "Solid: training rows, dashed: validation rows, smoothed with a Gaussian of standard "
        f"deviation {std} {step}{'s' * (std > 1)}."
    ]
    if document.most_runs > 1:
        caption.append(
            f"Lines are means over the runs still training at that {step}, of {document.most_runs} "
            "started; bands are ±1 standard error of that mean, where two runs or more remain."
        )
    marked = {model: mark for model, mark in marks(stored.results).items() if model in models}
    if marked:
        caption.append(said(list(marked.values()), document.most_runs, step))
    return Planned(
        name,
        f"{loss.title} of {_listed(models)}",
        " ".join(caption),
        lambda ax: plot_histories(
            stored.histories,
            models,
            document.task,
            smoothing_std=std,
            log_epochs=log_epochs,
            ylim=usual if usual and _fits(usual, stored, models, std) else None,
            ax=ax,
            colours=palette,
            legend_above=True,
            marks=marked,
            step=step,
            reference=None if usual else document.data.constant,
        ),
        height=AXES_HEIGHT + room_above(models),
    )


def _fits(usual: Range, stored: StoredStudy, models: list[str], std: int) -> bool:
    """Whether the usual range holds every model's lowest point; other rows may lie elsewhere."""
    low, high = usual
    validation = stored.document.task.loss.validation
    means = [mean_curve(stored.histories, name, validation, std).mean for name in models]
    return all(low < np.nanmin(mean, initial=np.inf) < high for mean in means)


def _listed(models: list[str]) -> str:
    names = [shown(name) for name in models]
    if len(names) > 1 and (len(names) > 5 or sum(map(len, names)) > 44):
        return f"{len(names)} models"
    return joined(names)


def _figure(planned: Planned, stored: StoredStudy) -> Figure:
    warned = [line for one in notices(stored.document) for line in textwrap.wrap(one, 118)]
    lines = [*textwrap.wrap(planned.caption, 118), *warned]
    foot = LINE * (len(lines) + 0.5)
    height = planned.height + foot
    figure = Figure(figsize=(WIDTH, height), dpi=DOTS, facecolor=PAPER)
    figure.set_layout_engine("constrained", rect=(0, foot / height, 1, 1 - foot / height))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot(facecolor="none")
    planned.draw(ax)
    title = figure.suptitle(planned.title, x=LEFT, ha="left", fontsize=12, fontweight="bold")
    title.set_parse_math(False)
    for number, line in enumerate(lines):
        colour = WARNING if line in warned else MUTED
        figure.text(LEFT, (foot - (number + 1) * LINE) / height, line, fontsize=8.5, color=colour)
    return figure
