"""How far a study is: every run's state, folded from its events, and a bound on the time left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from fitscope.learners.base import Size
from fitscope.report.words import duration, step_of
from fitscope.stopping.evidence import EvidenceStopping
from fitscope.study.events import Event, RunFailed, RunFinished, RunGivenUp, RunProgress, StudyGrown
from fitscope.task import BINARY

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument

Key = tuple[str, int]


@dataclass(frozen=True)
class RunState:
    """What is known of a run.

    Attributes:
        model: its model.
        repeat: its repeat, from 0.
        size: how large the model is.
        planned: whether it follows the plan's epochs and patience; a boosting round does not.
        phase: whether it waits, trains or is done.
        epochs: epochs trained.
        score: validation loss of the last epoch.
        best: validation loss at the best epoch.
        best_epoch: best epoch by the monitored metric, from 0.
        seconds: training time.
        stopped: why it ended, once it has.
    """

    model: str
    repeat: int
    size: Size
    planned: bool = True
    phase: Literal["waiting", "training", "finished"] = "waiting"
    epochs: int = 0
    score: float = math.nan
    best: float = math.nan
    best_epoch: int = 0
    seconds: float = 0.0
    stopped: str = ""

    @property
    def since_best(self) -> int:
        """Epochs since the best one."""
        return max(self.epochs - 1 - self.best_epoch, 0)


@dataclass(frozen=True)
class Progress:
    """A study at one moment.

    Attributes:
        runs: (model, repeat) to state, in the study's order.
        max_epochs: where every run ends at the latest.
        patience: epochs without improvement after which a run ends, or None.
        sooner: a run may end before its patience does.
        loss: name of the validation loss.
        step: what an epoch is called.
    """

    runs: Mapping[Key, RunState]
    max_epochs: int
    patience: int | None
    sooner: bool = False
    loss: str = BINARY.loss.validation
    step: str = "epoch"

    @classmethod
    def at_start(cls, document: StudyDocument) -> Progress:
        """Nothing has been trained yet."""
        plan = document.training_plan
        return cls(
            {
                (entry.name, repeat): RunState(
                    entry.name, repeat, entry.size, planned=entry.learner.planned
                )
                for entry in document.entries
                for repeat in document.runs_of(entry)
            },
            plan.max_epochs,
            None if plan.stopping is None else plan.stopping.patience,
            isinstance(plan.stopping, EvidenceStopping),
            document.task.loss.validation,
            step_of(document),
        )

    def after(self, event: Event) -> Progress:
        """The study once `event` has happened."""
        if isinstance(event, StudyGrown):
            grown = Progress.at_start(event.document)
            return replace(grown, runs={**grown.runs, **self._still(grown)})
        key = (event.model, event.repeat)
        run = self.runs[key]
        if isinstance(event, RunFinished):
            changed = replace(
                run,
                phase="finished",
                epochs=event.epochs,
                best=event.best.get(self.loss, math.nan),
                best_epoch=event.best_epoch,
                seconds=event.seconds,
                stopped=event.stopped,
            )
        elif isinstance(event, RunProgress):
            changed = replace(
                run,
                phase="training",
                epochs=event.epochs,
                score=event.metrics[self.loss][-1] if event.metrics[self.loss] else run.score,
                best=event.best.get(self.loss, math.nan),
                best_epoch=event.best_epoch,
                seconds=event.seconds,
            )
        elif isinstance(event, RunFailed):
            changed = replace(run, phase="finished", stopped="failed")
        elif isinstance(event, RunGivenUp):
            changed = replace(run, phase="waiting")
        else:
            changed = replace(run, phase="training", epochs=event.epoch)
        return replace(self, runs={**self.runs, key: changed})

    def _still(self, grown: Progress) -> dict[Key, RunState]:
        """The runs that are known and still belong to the study."""
        return {key: run for key, run in self.runs.items() if key in grown.runs}

    def count(self, phase: str) -> int:
        """Number of runs in that phase."""
        return sum(run.phase == phase for run in self.runs.values())

    @property
    def failed(self) -> int:
        """Number of runs whose process died."""
        return sum(run.stopped == "failed" for run in self.runs.values())

    def seconds_left(self) -> float | None:
        """The least time that the study still needs, or None before anything is measured.

        A run goes on for at least what is left of its patience, however well it does; of one that
        follows no plan nothing is known. A model that has not been timed yet costs as much an
        epoch as the timed ones of its kind around it in size (interpolated on logarithmic axes); a
        larger one than any costs at least as much as the largest, a smaller one in proportion to
        its size. Runs go on side by side as they do now.
        """
        speeds = self._epoch_seconds()
        if not speeds:
            return None
        left = [
            self._epochs_left(run) * _epoch_cost(run.size, speeds)
            for run in self.runs.values()
            if run.phase != "finished"
        ]
        return max(sum(left) / max(self.count("training"), 1), max(left, default=0.0))

    def _epochs_left(self, run: RunState) -> int:
        if not run.planned:
            return 0
        most = max(self.max_epochs - run.epochs, 0)
        if self.patience is None:
            return most
        waited = run.since_best if run.epochs else -1
        return min(most, max(self.patience - waited, 0))

    def _epoch_seconds(self) -> dict[Size, float]:
        """Size to mean seconds an epoch, of all models that have been timed."""
        epochs: dict[Size, int] = {}
        seconds: dict[Size, float] = {}
        for run in self.runs.values():
            if run.epochs and run.seconds > 0:
                epochs[run.size] = epochs.get(run.size, 0) + run.epochs
                seconds[run.size] = seconds.get(run.size, 0.0) + run.seconds
        return {size: seconds[size] / epochs[size] for size in epochs}


def told(progress: Progress, elapsed: float) -> str:
    """How far the study is, in one line: runs finished, time passed, time left at least.

    Args:
        progress: the study.
        elapsed: seconds since it began.
    """
    total, done = len(progress.runs), progress.count("finished")
    left, failed = progress.seconds_left(), progress.failed
    words = [f"{done - failed} of {total} runs finished", duration(elapsed)]
    words[1:1] = [f"{failed} failed"] if failed else []
    if done < total and left:
        bound = "about" if progress.patience is None or progress.sooner else "at least"
        words.append(f"{bound} {duration(left)} left")
    return " · ".join(words)


def _epoch_cost(size: Size, speeds: Mapping[Size, float]) -> float:
    alike = sorted((one.count, cost) for one, cost in speeds.items() if one.unit == size.unit)
    if not alike:
        return 0.0
    counts, costs = (np.array(column, float) for column in zip(*alike, strict=True))
    if size.count < counts[0]:
        return float(costs[0] * size.count / counts[0])
    return float(np.exp(np.interp(np.log(size.count), np.log(counts), np.log(costs))))
