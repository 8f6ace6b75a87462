"""Plain progress: a dot an epoch, all metrics every 100 epochs."""

from __future__ import annotations

import sys
import threading
from typing import IO, TYPE_CHECKING

from fitscope.report.console.text import put
from fitscope.report.words import duration, number, shown
from fitscope.study.events import (
    Event,
    RunEvent,
    RunFailed,
    RunFinished,
    RunGivenUp,
    RunProgress,
    RunStarted,
    StudyGrown,
)
from fitscope.task import LOSS

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument

EVERY = 100  # epochs between two lines of metrics, as in `tfdocs.EpochDots`
Key = tuple[str, int]


class EpochDots:
    """Prints what happens in a study, one run after the other, in the study's order.

    Where several runs go on at the same time, one of them holds the console; what the others
    have to say is kept until it is their turn.

    Args:
        document: the study.
        stream: where to; standard output if None.
    """

    def __init__(self, document: StudyDocument, stream: IO[str] | None = None) -> None:
        self.document = document
        self.stream = sys.stdout if stream is None else stream
        self.order = _order(document)
        self.kept: dict[Key, list[str]] = {}
        self.finished: set[Key] = set()
        self.holder: Key | None = None
        self.lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Print the event, or keep it until its run's turn comes."""
        if isinstance(event, StudyGrown):
            self.document, self.order = event.document, _order(event.document)
            return
        key = (event.model, event.repeat)
        with self.lock:
            self.kept.setdefault(key, []).append(self._text(event))
            if isinstance(event, RunFinished | RunGivenUp | RunFailed):
                self.finished.add(key)
            elif isinstance(event, RunStarted):  # once more, after it was given up
                self.finished.discard(key)
            # A run that has only just started does not take the console yet: of runs that
            # start together the first in the study's order shall have it.
            if self.holder is None and not isinstance(event, RunStarted):
                self._next_holder()
            if key == self.holder:
                self._print(key)
            if self.holder in self.finished:
                self._next_holder()

    def __enter__(self) -> EpochDots:
        return self

    def __exit__(self, *_: object) -> None:
        """After an interruption, print what finished runs still had to say."""
        with self.lock:
            if self.holder is not None and self.holder not in self.finished:
                put(self.stream, "\n")
            for key in self.order:
                if key in self.finished and key in self.kept:
                    self._print(key)

    def _next_holder(self) -> None:
        self.holder = None
        for key in self.order:
            if key in self.kept:
                self._print(key)
                if key not in self.finished:
                    self.holder = key
                    return

    def _print(self, key: Key) -> None:
        put(self.stream, "".join(self.kept.pop(key, [])))

    def _text(self, event: RunEvent) -> str:
        if isinstance(event, RunStarted):
            return self._heading(event)
        if isinstance(event, RunProgress):
            return dots(event, self._step(event))
        if isinstance(event, RunGivenUp):
            return f"\n{self._name(event)}\ngiven up: time did not suffice\n"
        if isinstance(event, RunFailed):
            return f"\n{self._name(event)}\nfailed: {event.reason}\n"
        return self._closing(event)

    def _name(self, event: RunEvent) -> str:
        name = f'Model: "{shown(event.model, 60)}"'
        runs = len(self.document.runs_of(self.document.entry(event.model)))
        return f"{name}, repeat {event.repeat + 1} of {runs}" if runs > 1 else name

    def _heading(self, event: RunStarted) -> str:
        text = f"\n{self._name(event)}\n"
        if event.epoch:
            return f"{text}goes on at {self._step(event)} {event.epoch:,}\n"
        if event.repeat == 0:
            text += f"{self.document.entry(event.model).size}\n"
        return text

    def _step(self, event: RunEvent) -> str:
        return self.document.entry(event.model).learner.step

    def _closing(self, event: RunFinished) -> str:
        task, step = self.document.task, self._step(event)
        scores = [
            f"{name} {number(event.best[name])}"
            for name in (task.loss.validation, task.score.validation)
            if name in event.best
        ]
        told = (
            f"{event.epochs:,} {step}{'s' * (event.epochs != 1)} in {duration(event.seconds)}, "
            f"ended by {event.stopped}; "
            f"best {step} {event.best_epoch:,}: {', '.join(scores)}"
        )
        if event.stored:
            return f"\n{self._name(event)}\nfinished earlier: {told}\n"
        return f"\n{told}\n"


def _order(document: StudyDocument) -> list[Key]:
    """All runs of a study, in its order."""
    return [(entry.name, run) for entry in document.entries for run in document.runs_of(entry)]


def dots(event: RunProgress, step: str = "epoch") -> str:
    """A dot an epoch, after a line with all metrics at every hundredth, as `tfdocs.EpochDots`.

    Example:
        >>> progress = RunProgress("Tiny", 0, 100, {"loss": [0.5, 0.4]}, 1, {}, 0.1)
        >>> print(dots(progress))
        <BLANKLINE>
        Epoch: 100, loss:0.5000,
        ..
    """
    text = []
    metrics = sorted(name for name in event.metrics if name != "learning_rate")
    for row in range(len(event.metrics[LOSS.name])):
        epoch = event.epoch + row
        if epoch % EVERY == 0:
            values = "".join(f"{name}:{_value(event.metrics[name][row])},  " for name in metrics)
            text.append(f"\n{step.capitalize()}: {epoch:d}, {values}\n")
        text.append(".")
    return "".join(text)


def _value(value: float) -> str:
    """Four decimals, as `tfdocs` prints them, while they are readable."""
    return f"{value:0.4f}" if abs(value) < 1e4 else number(value)
