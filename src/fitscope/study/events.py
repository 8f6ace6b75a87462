"""What a running study tells whoever watches it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.task import LOSS

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import RunResult


@dataclass(frozen=True)
class RunStarted:
    """A run begins, or goes on at `epoch` after an interruption.

    Attributes:
        where: name of the machine, where there are several.
    """

    model: str
    repeat: int
    epoch: int
    where: str = ""


@dataclass(frozen=True)
class RunProgress:
    """New epochs of a run.

    Attributes:
        epoch: number of the first of the new epochs, from 0.
        metrics: one value an epoch for each metric of the history (Keras' names).
        best_epoch: best epoch so far by the monitored metric, from 0.
        best: the metrics at the best epoch.
        seconds: training time of the run so far.
    """

    model: str
    repeat: int
    epoch: int
    metrics: Mapping[str, Sequence[float]]
    best_epoch: int
    best: Mapping[str, float]
    seconds: float

    @property
    def epochs(self) -> int:
        """Epochs trained so far."""
        return self.epoch + len(self.metrics[LOSS.name])


@dataclass(frozen=True)
class RunFinished:
    """A run is complete and stored.

    Attributes:
        epochs: epochs trained.
        stopped: "early stopping", "max epochs" or "diverged".
        stored: True if the run had been finished by an earlier, interrupted study.
    """

    model: str
    repeat: int
    epochs: int
    best_epoch: int
    best: Mapping[str, float]
    stopped: str
    seconds: float
    stored: bool = False

    @classmethod
    def of(cls, run: RunResult, stored: bool = False) -> RunFinished:
        """What is told of a finished run; a metric that it lacks is NaN."""
        return cls(
            run.model,
            run.repeat,
            run.epochs,
            run.best_epoch,
            {name: math.nan if value is None else value for name, value in run.best.items()},
            run.stopped,
            run.seconds,
            stored,
        )


@dataclass(frozen=True)
class RunGivenUp:
    """Time did not suffice for a run; if it is asked for again, it goes on from its checkpoint."""

    model: str
    repeat: int


@dataclass(frozen=True)
class RunFailed:
    """The process of a run died, or its memory did not suffice; the study goes on without it."""

    model: str
    repeat: int
    reason: str


@dataclass(frozen=True)
class RunLost:
    """The machine of a run was lost, or its process there; it goes on elsewhere.

    Attributes:
        where: name of the machine.
    """

    model: str
    repeat: int
    where: str
    reason: str


@dataclass(frozen=True)
class StudyGrown:
    """The study has further models, or further runs of some.

    Attributes:
        document: study.json as it is now.
    """

    document: StudyDocument


RunEvent = RunStarted | RunProgress | RunFinished | RunGivenUp | RunFailed | RunLost
Event = RunEvent | StudyGrown
Observer = Callable[[Event], None]
