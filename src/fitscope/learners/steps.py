"""`Steps`: what a run leaves behind, gathered from its outputs after each step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun, Watching
from fitscope.learners.chances import Chances
from fitscope.learners.kept_rows import KeptRows

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped

    from fitscope.data.split import Split
    from fitscope.task import Task

TOLD_EVERY = 0.25
"""Seconds between two looks at the world outside."""


class MeanMetrics(NamedTuple):
    """What a library says itself of the training rows after a step, in the place of their outputs.

    Attributes:
        loss: mean of the rows' losses, as the task defines them.
        score: mean of their scores.
    """

    loss: float
    score: float


class Steps:
    """Metrics and row losses of a run that hands over its outputs step by step.

    Args:
        split: the rows.
        repeat: number of the run.
        watching: told of new steps.

    Attributes:
        best: number of the best step so far.
    """

    def __init__(self, split: Split, repeat: int, watching: Watching) -> None:
        self.best = 0
        self._split, self._repeat, self._watching = split, repeat, watching
        self._kept = KeptRows(len(split.y_validation))
        self._metrics: list[np.ndarray] = []
        self._told = 0
        self._began = self._looked = time.perf_counter()

    def __len__(self) -> int:
        return len(self._metrics)

    def add(
        self,
        train: Shaped[np.ndarray, "train ..."] | Chances | MeanMetrics,
        validation: Shaped[np.ndarray, "validation ..."] | Chances,
    ) -> bool:
        """Take the outputs after one more step; see `fitscope.task.Task`.

        Args:
            train: outputs for the training rows, or probabilities, or their means.
            validation: outputs for the validation rows, or probabilities.

        Returns:
            Whether it is the best step so far.

        Raises:
            Interrupted: the one who waits has asked for it.
        """
        task, split = self._split.task, self._split
        if not isinstance(train, MeanMetrics):
            train = _means(*_of_rows(train, split.y_train, task), split.train_weights)
        losses, scores = _of_rows(validation, split.y_validation, task)
        found = _means(losses, scores, split.validation_weights)
        number = len(self._metrics)
        self._metrics.append(np.array([train.loss, *train, found.loss, *found], np.float32))
        better = not number or self._metrics[number][4] < self._metrics[self.best][4]
        if better:
            self.best = number
        hits = scores[None] > 0 if task.kind == "multiclass" else None
        self._kept.add(number, losses[None].astype(np.float32), self.best, hits)
        if time.perf_counter() - self._looked > TOLD_EVERY:
            self._tell()
            if self._watching.interrupted():
                raise Interrupted
        return better

    def run(
        self, best: Any, last: Any, learning_rate: float = 0.0, stopped: str = "max epochs"
    ) -> TrainedRun:
        """The finished run.

        Args:
            best: fitted state at the best step.
            last: fitted state at the last one.
            learning_rate: the same at each step.
            stopped: why it ended.
        """
        self._tell()
        metrics, rows = np.stack(self._metrics), self._kept.kept()
        return TrainedRun(
            repeat=self._repeat,
            metrics=metrics,
            best_epoch=self.best,
            best=best,
            last=last,
            fit={"best": metrics[self.best, :3], "last": metrics[-1, :3]},
            row_epochs=rows.epochs,
            row_losses=rows.losses,
            row_scores=rows.scores,
            stopped=stopped,
            seconds=time.perf_counter() - self._began,
            learning_rate=np.full(len(metrics), learning_rate, np.float32),
        )

    def _tell(self) -> None:
        self._looked = time.perf_counter()
        if self._told == len(self):
            return
        new, best = np.stack(self._metrics[self._told :]), self._metrics[self.best]
        seconds = self._looked - self._began
        self._watching.on_progress(
            NewEpochs(self._repeat, self._told, new, self.best, best, seconds)
        )
        self._told = len(self)


def _of_rows(
    outputs: Shaped[np.ndarray, "rows ..."] | Chances, y: Shaped[np.ndarray, " rows"], task: Task
) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
    """Losses and scores of rows."""
    if isinstance(outputs, Chances):
        return outputs.row_losses(y), outputs.row_scores(y)
    return task.row_losses(outputs, y), task.row_scores(outputs, y)


def _means(
    losses: Float[np.ndarray, " rows"],
    scores: Float[np.ndarray, " rows"],
    weights: Float[np.ndarray, " rows"] | None,
) -> MeanMetrics:
    if weights is None:  # np.average looks at more than it needs here, after every step
        return MeanMetrics(float(losses.mean()), float(scores.mean()))
    return MeanMetrics(*(float(np.average(one, weights=weights)) for one in (losses, scores)))
