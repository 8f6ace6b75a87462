"""A running study in a notebook: one output that changes in place and stays readable."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fitscope.report.console.progress import Progress, RunState, told
from fitscope.report.notices import notices
from fitscope.report.presentation import palette_of
from fitscope.report.templates import render
from fitscope.study.events import Event, RunFinished, StudyGrown

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument

EVERY = 0.5  # seconds between two changes: more would only fill the notebook's connection


class NotebookView:
    """An observer that keeps one output of a cell up to date while it is entered.

    IPython's own display is used and no widget, so that a saved notebook shows it without
    further software. Once the study is complete, one line remains.

    Args:
        document: the study.
        clock: seconds.
    """

    def __init__(
        self, document: StudyDocument, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.progress = Progress.at_start(document)
        self.palette = palette_of(document)
        self.notices = notices(document)
        self.clock = clock
        self.start = clock()
        self.drawn = self.start
        self.output: Any = None

    def __call__(self, event: Event) -> None:
        """Take the event into account, and show it if the last change is a while ago."""
        self.progress = self.progress.after(event)
        if isinstance(event, StudyGrown):
            self.palette = palette_of(event.document)
        if isinstance(event, RunFinished) or self.clock() - self.drawn >= EVERY:
            self._draw()

    def __enter__(self) -> NotebookView:
        from IPython.display import display  # there is one wherever a notebook runs

        self.output = display(self._shown(), raw=True, display_id=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._draw()

    def _draw(self) -> None:
        self.drawn = self.clock()
        self.output.update(self._shown(), raw=True)

    def _shown(self) -> dict[str, str]:
        elapsed = self.clock() - self.start
        text = told(self.progress, elapsed)
        total, done = len(self.progress.runs), self.progress.count("finished")
        html = render(
            "fitscope.report.notebook/progress.html.j2",
            lines=self._lines() if done < total else [],
            palette=self.palette,
            done=done,
            total=total,
            step=self.progress.step,
            said=[text, *self.notices],
        )
        return {"text/plain": "\n".join([text, *self.notices]), "text/html": html}

    def _lines(self) -> list[tuple[RunState, str]]:
        """One line a model: of its runs the one that trains, else the last one finished."""
        by_model: dict[str, list[RunState]] = {}
        for run in self.progress.runs.values():
            by_model.setdefault(run.model, []).append(run)
        lines = []
        for runs in by_model.values():
            begun = [run for run in runs if run.phase != "waiting"]
            training = [run for run in begun if run.phase == "training"]
            finished = sum(run.phase == "finished" for run in runs)
            lines.append(((training or begun or runs)[-1], f"{finished} of {len(runs)}"))
        return lines
