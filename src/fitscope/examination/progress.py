"""How an examination goes, on a terminal and where output is piped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fitscope.examination.duration import told
from fitscope.names import shown
from fitscope.report.precision import precision_note
from fitscope.report.words import number
from fitscope.study.events import (
    RunFailed,
    RunFinished,
    RunLost,
    RunProgress,
    RunStarted,
    StudyGrown,
)

if TYPE_CHECKING:
    from rich.console import Console

    from fitscope.study.document import StudyDocument
    from fitscope.study.events import Event, Observer, RunEvent


class Progress:
    """Tells what is done now, what has come out, and how much time is left at most.

    One live line on a terminal; elsewhere a line for each stage and each finished run. With folds
    the runs of a round, one on each, are told together.

    Args:
        console: where to.
        budget: seconds that the examination may take.
    """

    def __init__(self, console: Console, budget: float) -> None:
        self.console = console
        self.budget = budget
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.now = "reading the table"
        self.finished = 0
        self.running: dict[tuple[str, int], str] = {}  # where, in the order in which they began
        self.best: tuple[float, str] | None = None
        self.rounds: dict[tuple[str, int], list[RunFinished]] = {}  # that are not told yet
        self.live = console.is_terminal and not console.is_dumb_terminal

    def stage(self, text: str) -> None:
        """What is done from now on."""
        self._tell_rounds()
        self.now = text
        if not self.live:
            self._print(f"{self._elapsed()} {text}")

    @contextmanager
    def watch(self, document: StudyDocument) -> Iterator[Observer]:
        """An observer of a study; the live line is there while the context lasts."""
        self.document = document
        note = precision_note(document)
        if note is not None:
            self._print(note)
        if not self.live:
            yield self._told
            self._tell_rounds()
            return
        from rich.live import Live

        with Live(
            get_renderable=self._line, console=self.console, refresh_per_second=4, transient=True
        ):
            yield self._told

    def _told(self, event: Event) -> None:
        with self.lock:
            if isinstance(event, StudyGrown):
                self.document = event.document
            elif isinstance(event, RunStarted | RunProgress):
                where = event.where if isinstance(event, RunStarted) else ""
                self.running.setdefault((event.model, event.repeat), where)
            else:
                self.running.pop((event.model, event.repeat), None)
                if isinstance(event, RunFinished):
                    self._done(event)
                elif isinstance(event, RunFailed):
                    self._say_of(event, f"failed: {event.reason}")
                elif isinstance(event, RunLost):
                    lost = f"lost on {event.where}, goes on elsewhere"
                    self._say_of(event, f"{lost}: {event.reason}")

    def _done(self, event: RunFinished) -> None:
        self.finished += 1
        folds = self.document.data.folds
        place = event.model, event.repeat // folds
        runs = self.rounds.setdefault(place, [])
        runs.append(event)
        if len(runs) == folds:
            self._tell_round(self.rounds.pop(place))

    def _tell_rounds(self) -> None:
        """Tell those that have fewer runs than there are folds, as where one failed."""
        with self.lock:
            while self.rounds:
                self._tell_round(self.rounds.pop(next(iter(self.rounds))))

    def _tell_round(self, runs: list[RunFinished]) -> None:
        model, loss = runs[0].model, self.document.task.loss
        entry = self.document.entry(model)
        least, most = min(run.epochs for run in runs), max(run.epochs for run in runs)
        steps = f"{most:,} {entry.learner.step}{'s' * (most != 1)}"
        steps = steps if least == most else f"{least:,} to {steps}"
        said = f"{steps}, {sum(run.seconds for run in runs):.1f} s"
        said = said if len(runs) == 1 else f"mean of {len(runs)} folds, {said}"
        values = [run.best.get(loss.validation) for run in runs]
        known = [value for value in values if value is not None]
        if known and not entry.is_refit:  # a refit has learnt from these rows
            value = sum(known) / len(known)
            if len(runs) == self.document.data.folds and (not self.best or value < self.best[0]):
                self.best = value, model
            said = f"{loss.words} {number(value)}, {said}"
        if not all(run.stored for run in runs):
            self._say_of(runs[-1], said)

    def _say_of(self, event: RunEvent, text: str) -> None:
        """A line on a run, where no live line has its place."""
        if not self.live:
            self._print(f"{self._elapsed()}   {shown(event.model, 100)}: {text}")

    def _line(self) -> str:
        from rich.markup import escape

        with self.lock:
            left = max(self.budget - (time.monotonic() - self.began), 0.0)
            parts = [f"[bold]{escape(self.now)}[/]", f"{self.finished} runs"]
            if self.running:
                parts.append(f"training {escape(self._now_training())}")
            if self.best is not None:
                parts.append(f"lowest {number(self.best[0])}, {escape(shown(self.best[1], 32))}")
            parts.append(f"at most {told(left)} left")
            return " · ".join(parts)

    def _now_training(self) -> str:
        machines = set(self.running.values())
        if len(machines) > 1:
            return f"{len(self.running)} runs on {len(machines)} machines"
        return ", ".join(shown(model, 32) for model, _ in self.running)

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self.began:6.1f} s"

    def _print(self, text: str) -> None:
        print(text, file=self.console.file, flush=True)
