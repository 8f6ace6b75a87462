"""What is gathered of one run while it trains: its metrics, its rows' losses, what evidence says.

Whoever runs the epochs hands them over; whether a rule on evidence has seen enough, and what a run
leaves in the end, follows from what was gathered alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Float32

from fitscope.data.split import Split
from fitscope.diagnosis.by_weight import by_weight
from fitscope.history import RowLosses
from fitscope.learners.base import NewEpochs, TrainedRun
from fitscope.learners.kept_rows import KeptRows
from fitscope.learners.patience import StoppingState
from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import (
    EvidenceStopping,
    Sighting,
    moments,
    saved,
    sighting,
)
from fitscope.task import Task


class Gathered:
    """One run so far.

    Args:
        split: the rows.
        repeat: number of the run.

    Attributes:
        task: what is learnt.
        rows: keeps the losses of validation rows.
        constant: validation loss of a constant prediction, where one is any good.
        weights: what each validation row counts; None where all count alike.
    """

    def __init__(self, split: Split, repeat: int) -> None:
        self.task = split.task
        self.repeat = repeat
        self.rows = KeptRows(len(split.y_validation))
        self.constant = split.constant_loss
        self.weights = split.validation_weights
        self.metrics: list[np.ndarray] = []

    @property
    def epochs(self) -> int:
        """Epochs so far."""
        return sum(map(len, self.metrics))

    def all_metrics(self) -> Float32[np.ndarray, "epochs 6"]:
        """The metrics of each epoch, in the order of `Task.monitors`."""
        self.metrics = [np.concatenate(self.metrics)] if self.metrics else []
        empty = np.empty((0, len(self.task.monitors)), np.float32)
        return self.metrics[0] if self.metrics else empty

    def add(
        self,
        metrics: Float32[np.ndarray, "epochs 6"],
        losses: Float32[np.ndarray, "epochs rows"],
        scores: Bool[np.ndarray, "epochs rows"] | None,
        best: int,
    ) -> None:
        """Take new epochs; `best` is the best one with them, scores are as `KeptRows` has them."""
        self.rows.add(self.epochs, losses, best, scores)
        self.metrics.append(np.array(metrics))

    def sighting(self, rule: EvidenceStopping) -> Sighting:
        """What the rule sees in the run so far, if it looks after so many epochs."""
        if self.epochs != next(epochs for epochs in moments() if epochs >= self.epochs):
            return Sighting(None)
        unit = _unit(self.task, rule.monitor, self.constant)
        columns = dict(zip(self.task.monitors, self.all_metrics().T / unit, strict=True))
        train = columns.get(self.task.metric(rule.monitor).name)
        kept = reference = None
        if rule.monitor == self.task.loss.validation:  # whose means the row losses have
            epochs, losses, _ = self.rows.kept()
            kept = RowLosses(epochs, by_weight(losses / unit, self.weights))
            reference = None if self.constant is None else self.constant / float(unit)
        return sighting(rule, columns[rule.monitor], train, kept, reference)

    def reason(self, rule: EvidenceStopping, best_epoch: int) -> dict[str, Any]:
        """Why the rule ended the run; see `TrainedRun`."""
        seen = self.sighting(rule)
        return {
            **asdict(seen),
            "reason": seen.reason or "patience",
            "epochs_saved": saved(self.epochs, best_epoch, rule.patience),
        }

    def finished(
        self,
        rule: EarlyStopping | EvidenceStopping | None,
        watch: StoppingState,
        finite: bool,
        *,
        best: Any,
        last: Any,
        fit: Mapping[str, Float[np.ndarray, " 3"]],
        seconds: float,
        learning_rate: Float32[np.ndarray, " epochs"],
    ) -> TrainedRun:
        """The finished run.

        Args:
            rule: the plan's.
            watch: where the rule stands.
            finite: whether the training loss always was.
            best: fitted state at the best epoch.
            last: at the last one.
            fit: training metrics of both with regularization off.
            seconds: training time.
            learning_rate: after each epoch.
        """
        stopped = "early stopping" if bool(watch.stop) else "max epochs"
        if not finite:
            stopped = "diverged"
        best_epoch, rows = int(watch.best_epoch), self.rows.kept()
        reason = None
        if stopped == "early stopping" and isinstance(rule, EvidenceStopping):
            reason = self.reason(rule, best_epoch)
        return TrainedRun(
            repeat=self.repeat,
            metrics=self.all_metrics(),
            best_epoch=best_epoch,
            best=best,
            last=last,
            fit=fit,
            row_epochs=rows.epochs,
            row_losses=rows.losses,
            row_scores=rows.scores,
            stopped=stopped,
            seconds=seconds,
            learning_rate=learning_rate,
            reason=reason,
        )

    def progress(self, new: int, best: int, seconds: float) -> NewEpochs:
        """The last `new` epochs, as whoever watches is told of them."""
        everything = self.all_metrics()
        first = len(everything) - new
        return NewEpochs(self.repeat, first, everything[first:], best, everything[best], seconds)


def _unit(task: Task, monitor: str, constant: float | None) -> np.float32:
    """What `EvidenceStopping.worth` counts in: a regression's constant prediction, else 1."""
    if task.kind != "regression" or not constant:
        return np.float32(1)
    squared = task.metric(monitor).name != task.score.name
    return np.float32(constant if squared else math.sqrt(constant))
