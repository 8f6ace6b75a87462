"""The live view of a running study on a terminal."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fitscope.report.console.progress import Progress, RunState, told
from fitscope.report.console.text import marked
from fitscope.report.notices import notices
from fitscope.report.presentation import palette_of
from fitscope.report.words import duration, estimate, number
from fitscope.study.events import StudyGrown

if TYPE_CHECKING:
    from rich.console import Console

    from fitscope.study.document import StudyDocument
    from fitscope.study.events import Event

Line = list[Text | str | RenderableType]
COLUMNS = 9
NARROW = 6  # columns that a terminal of 60 columns has room for
MEDIUM = 7
FRAME = 4  # lines that are not runs: headings, a blank one, progress, time


class LiveView:
    """An observer that redraws one table while it is entered.

    Args:
        document: the study.
        console: a terminal.
        clock: seconds, for the time that has passed.
    """

    def __init__(
        self,
        document: StudyDocument,
        console: Console,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.progress = Progress.at_start(document)
        self.palette = palette_of(document)
        self.notices = notices(document)
        self.console = console
        self.clock = clock
        self.start = clock()
        self.lock = threading.Lock()
        self.live = Live(
            console=console,
            get_renderable=self.draw,
            refresh_per_second=4,
            transient=True,
            vertical_overflow="crop",
        )

    def __call__(self, event: Event) -> None:
        """Take the event into account at the next redrawing."""
        with self.lock:
            self.progress = self.progress.after(event)
            if isinstance(event, StudyGrown):
                self.palette = palette_of(event.document)

    def __enter__(self) -> LiveView:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def draw(self) -> RenderableType:
        """The view at this moment, for the console's present size."""
        width, height = self.console.size
        return view(
            self.progress, self.clock() - self.start, width, height, self.palette, self.notices
        )


def view(
    progress: Progress,
    elapsed: float,
    width: int,
    height: int,
    palette: Mapping[str, str],
    said: Sequence[str] = (),
) -> RenderableType:
    """The live view: as much detail as fits.

    Args:
        progress: the study.
        elapsed: seconds since the view was opened.
        width: columns of the terminal.
        height: lines of the terminal.
        palette: colour a model.
        said: notices below the table.

    Returns:
        Something for Rich to print, at most `height` lines high.
    """
    columns = NARROW if width < 76 else MEDIUM if width < 96 else COLUMNS
    table = Table(box=None, pad_edge=False, padding=(0, 2 if width >= 76 else 1, 0, 0))
    for column, heading in enumerate(_headings(progress.step)[:columns]):
        table.add_column(
            Text(heading, style="dim"),
            justify="right" if column else "left",
            no_wrap=True,
            max_width=None if column else max(12, width // 5),
            overflow="ellipsis",
        )
    for line in _fitting(progress, palette, max(height - FRAME - len(said), 3)):
        table.add_row(*line[:columns])
    below = [Text(text, style="dim", no_wrap=True, overflow="ellipsis") for text in said]
    return Group(table, Text(), _overall(progress, elapsed, width), *below)


def _headings(step: str) -> tuple[str, ...]:
    steps = f"{step.capitalize()}s"
    return "Model", "Run", steps, "Val now", "Best", f"at {step}", "Patience", f"{steps}/s", "Time"


def _overall(progress: Progress, elapsed: float, width: int) -> RenderableType:
    total, done = len(progress.runs), progress.count("finished")
    lines = Table.grid()
    lines.add_row(
        ProgressBar(total=total, completed=done, width=min(width, 60), complete_style="cyan")
    )
    lines.add_row(Text(told(progress, elapsed), no_wrap=True, overflow="ellipsis"))
    return lines


def _fitting(progress: Progress, palette: Mapping[str, str], room: int) -> list[Line]:
    """The lines of the most detailed account that fits into `room` lines."""
    accounts = (_every_run, _finished_by_model, _all_by_model)
    lines: list[Line] = []
    for account in accounts:
        lines = account(progress, palette)
        if len(lines) <= room:
            return lines
    hidden = len(lines) - room + 1
    return [*lines[: room - 1], _blank(f"… {hidden} more")]


def _every_run(progress: Progress, palette: Mapping[str, str]) -> list[Line]:
    return [_run(run, progress, palette) for run in progress.runs.values()]


def _finished_by_model(progress: Progress, palette: Mapping[str, str]) -> list[Line]:
    lines: list[Line] = []
    for runs in _by_model(progress).values():
        finished = [run for run in runs if run.phase == "finished"]
        if finished:
            lines.append(_several(finished, palette))
        lines += [_run(run, progress, palette) for run in runs if run.phase == "training"]
    return [*lines, *_waiting(progress)]


def _all_by_model(progress: Progress, palette: Mapping[str, str]) -> list[Line]:
    """Those that train come first, since they are the ones that change."""
    lines: list[Line] = []
    for phase in ("training", "finished"):
        for runs in _by_model(progress).values():
            chosen = [run for run in runs if run.phase == phase]
            if chosen:
                lines.append(_several(chosen, palette))
    return [*lines, *_waiting(progress)]


def _by_model(progress: Progress) -> dict[str, list[RunState]]:
    found: dict[str, list[RunState]] = {}
    for run in progress.runs.values():
        found.setdefault(run.model, []).append(run)
    return found


def _run(run: RunState, progress: Progress, palette: Mapping[str, str]) -> Line:
    started, training = run.epochs > 0, run.phase == "training"
    repeats = sum(other.model == run.model for other in progress.runs.values())
    waiting = progress.patience is not None and run.planned and training and started
    return [
        marked(run.model, palette, dim=run.phase == "waiting"),
        f"{run.repeat + 1}/{repeats}",
        f"{run.epochs:,}" if started else "",
        _now(run),
        Text(_score(run.best), style="bold") if started else "",
        f"{run.best_epoch:,}" if math.isfinite(run.best) else "",
        f"{run.since_best}/{progress.patience}" if waiting else "",
        f"{run.epochs / run.seconds:,.3g}" if run.seconds > 0 else "",
        duration(run.seconds) if started else "",
    ]


def _several(runs: Sequence[RunState], palette: Mapping[str, str]) -> Line:
    """Several runs of a model in one line: their means, and the error of the mean score."""
    best = np.array([run.best for run in runs])
    best = best[np.isfinite(best)]
    error = float(best.std(ddof=1) / np.sqrt(best.size)) if best.size > 1 else None
    epochs, seconds = sum(run.epochs for run in runs), sum(run.seconds for run in runs)
    diverged = sum(run.stopped == "diverged" for run in runs)
    phase = "training" if runs[0].phase == "training" else "done"
    return [
        marked(runs[0].model, palette),
        f"×{len(runs)}",
        f"{epochs / len(runs):,.0f}",
        Text(f"{diverged} diverged", style="red") if diverged else Text(phase, style="dim"),
        Text(estimate(float(best.mean()), error) if best.size else "", style="bold"),
        f"{np.mean([run.best_epoch for run in runs]):,.0f}" if best.size else "",
        "",
        f"{epochs / seconds:,.3g}" if seconds > 0 else "",
        duration(seconds),
    ]


def _waiting(progress: Progress) -> list[Line]:
    count = progress.count("waiting")
    return [_blank(f"{count} waiting")] if count else []


def _blank(text: str) -> Line:
    return [Text(text, style="dim"), *[""] * (COLUMNS - 1)]


def _now(run: RunState) -> Text:
    if run.stopped in ("diverged", "failed"):
        return Text(run.stopped, style="red")
    if run.phase == "training":
        return Text(_score(run.score)) if run.epochs else Text("starting", style="dim")
    reached = run.stopped == "max epochs"
    return Text("max epochs" if reached else run.phase.replace("finished", "done"), style="dim")


def _score(value: float) -> str:
    return number(value)
