"""What is to be learnt: one of two labels, one of several, or a number. Metrics and their words.

The one home of metric names, of a row's loss, and of the constant predictor. Names are Keras'.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fitscope.errors import UserError

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped

Kind = Literal["binary", "multiclass", "regression"]
VALIDATION = "val_"
COIN = math.log(2.0)
"""Cross-entropy of an undecided binary prediction: a row is classified correctly below it."""


@dataclass(frozen=True)
class Metric:
    """A metric of a task.

    Attributes:
        name: Keras' name, without a prefix for the rows it is measured on.
        words: what sentences call it, such as "cross-entropy".
        title: what an axis or a heading calls it, such as "Binary cross-entropy".
        higher_is_better: True for accuracies.

    Example:
        >>> BINARY.loss.validation, BINARY.score.higher_is_better
        ('val_binary_crossentropy', True)
    """

    name: str
    words: str
    title: str
    higher_is_better: bool = False

    @property
    def validation(self) -> str:
        """The name on validation rows, as Keras writes it."""
        return f"{VALIDATION}{self.name}"


LOSS = Metric("loss", "loss with penalties", "Loss with penalties")
"""What the optimizer sees: the task's loss and what the model adds to it."""

ACCURACY = Metric("accuracy", "accuracy", "Accuracy", higher_is_better=True)


@dataclass(frozen=True)
class Task:
    """What is to be learnt.

    Predictions come as *outputs*: for two labels the log-odds of the second one, for several a
    logit a label, for a number the number.

    Attributes:
        kind: "binary", "multiclass" or "regression".
        loss: the metric that verdicts are drawn on, the mean of the rows' losses; no penalties.
        score: a second metric, the mean of the rows' scores.
        labels: the classes in the order of their numbers; none for a regression.
        truths: whether these are false and true, so that predictions are such, too, and no texts.

    Example:
        >>> BINARY.monitors[3:]
        ('val_loss', 'val_binary_crossentropy', 'val_accuracy')
        >>> MULTICLASS.of(["cat", "dog", "owl"]).outputs, REGRESSION.outputs
        (3, 1)
    """

    kind: Kind
    loss: Metric
    score: Metric
    labels: tuple[str, ...] = ()
    truths: bool = False

    def of(self, labels: Sequence[str]) -> Task:
        """The task with these classes."""
        return replace(self, labels=tuple(labels), truths=False)

    def of_truths(self) -> Task:
        """The task whose classes are false and true."""
        return replace(self, labels=("false", "true"), truths=True)

    @property
    def classes(self) -> Shaped[np.ndarray, " labels"]:
        """What is predicted, in the order of the numbers: truths, texts, or 0 and 1.

        Example:
            >>> BINARY.classes.tolist(), BINARY.of_truths().classes.tolist()
            ([0, 1], [False, True])
        """
        return np.array([False, True] if self.truths else self.labels or (0, 1))

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"kind": self.kind, "labels": list(self.labels), "truths": self.truths}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Task:
        """What `as_dict` gave."""
        task = TASKS[stored["kind"]].of(stored["labels"])
        return replace(task, truths=stored.get("truths", False))

    @property
    def metrics(self) -> tuple[str, str, str]:
        """Names of the training metrics of an epoch, in the order in which they are stored."""
        return LOSS.name, self.loss.name, self.score.name

    @property
    def monitors(self) -> tuple[str, ...]:
        """The same, then those of the validation rows: what a stopping rule can look at."""
        return (*self.metrics, *(f"{VALIDATION}{name}" for name in self.metrics))

    @property
    def outputs(self) -> int:
        """Numbers that a model gives for a row."""
        return len(self.labels) if self.kind == "multiclass" else 1

    def metric(self, name: str) -> Metric:
        """The metric of that name, with or without `val_`.

        Raises:
            UserError: the task has none of that name.
        """
        for one in (LOSS, self.loss, self.score):
            if name.removeprefix(VALIDATION) == one.name:
                return one
        raise UserError(
            f"unknown metric {name!r} of a {self.kind} task; choose from {', '.join(self.metrics)}"
        )

    def row_losses(
        self, outputs: Shaped[np.ndarray, "rows ..."], y: Shaped[np.ndarray, " rows"]
    ) -> Float[np.ndarray, " rows"]:
        """The loss of each row: cross-entropy in nats, or squared error.

        Args:
            outputs: predictions; see the class.
            y: number of the label, or the number itself.

        Example:
            >>> REGRESSION.row_losses(np.array([1.0, 3.0]), np.array([1.0, 1.0])).tolist()
            [0.0, 4.0]
        """
        outputs = np.asarray(outputs, np.float64)
        if self.kind == "regression":
            return (outputs - y) ** 2
        if self.kind == "binary":
            wrong = outputs * (1.0 - 2.0 * y)  # towards the other label
            # log(1 + exp(wrong)), by functions that are six times as fast as logaddexp
            return np.maximum(wrong, 0.0) + np.log1p(np.exp(-np.abs(wrong)))
        highest = outputs.max(axis=1, keepdims=True)
        total = np.log(np.exp(outputs - highest).sum(axis=1)) + highest[:, 0]
        return total - outputs[np.arange(len(y)), np.asarray(y).astype(int)]

    def row_scores(
        self, outputs: Shaped[np.ndarray, "rows ..."], y: Shaped[np.ndarray, " rows"]
    ) -> Float[np.ndarray, " rows"]:
        """The score of each row: 1 for a hit and 0 otherwise, or the absolute error.

        Example:
            >>> BINARY.row_scores(np.array([0.3, -2.0]), np.array([1.0, 1.0])).tolist()
            [1.0, 0.0]
        """
        if self.kind == "regression":
            return np.abs(np.asarray(outputs, np.float64) - y)
        if self.kind == "binary":
            return ((np.asarray(outputs) > 0) == (np.asarray(y) > 0.5)).astype(np.float64)
        return (np.argmax(outputs, axis=1) == y).astype(np.float64)

    def scores_of_losses(
        self, losses: Float[np.ndarray, "*any"]
    ) -> Float[np.ndarray, "*any"] | None:
        """The rows' scores as far as their losses tell them; None where they do not.

        With several labels a row may be a hit at any loss below the logarithm of their number.

        Example:
            >>> BINARY.scores_of_losses(np.array([0.1, 0.9])).tolist()
            [1.0, 0.0]
        """
        if self.kind == "binary":
            return (losses < COIN).astype(np.float64)
        if self.kind == "regression":
            return np.sqrt(losses)
        return None

    def shares(
        self,
        y: Shaped[np.ndarray, " rows"],
        weights: Float[np.ndarray, " rows"] | None = None,
    ) -> Float[np.ndarray, " labels"]:
        """The share that each label has of the rows.

        Args:
            y: number of the label of each row.
            weights: what each row counts; all alike if left out.

        Example:
            >>> BINARY.shares(np.array([0.0, 1.0]), np.array([3.0, 1.0])).tolist()
            [0.75, 0.25]
        """
        counts = np.bincount(np.asarray(y).astype(int), weights, max(len(self.labels), 2))
        return counts / counts.sum()

    def constant_loss(
        self,
        y_train: Shaped[np.ndarray, " train"],
        y_validation: Shaped[np.ndarray, " validation"],
        train_weights: Float[np.ndarray, " train"] | None = None,
        validation_weights: Float[np.ndarray, " validation"] | None = None,
    ) -> float | None:
        """Validation loss of the best constant prediction that the training rows allow.

        That is the share of each label, or the mean. None where a label stands on validation rows
        and on no training row: no constant is then any good.

        Args:
            y_train: targets of the training rows.
            y_validation: targets of the validation rows.
            train_weights: what each training row counts; all alike if left out.
            validation_weights: what each validation row counts; all alike if left out.

        Example:
            >>> round(BINARY.constant_loss(np.array([0.0, 1.0]), np.array([1.0, 1.0])), 4)
            0.6931
        """
        if self.kind == "regression":
            mean = np.average(np.asarray(y_train, np.float64), weights=train_weights)
            squares = (np.asarray(y_validation, np.float64) - mean) ** 2
            return float(np.average(squares, weights=validation_weights))
        before = self.shares(y_train, train_weights)
        after = self.shares(y_validation, validation_weights)
        if ((before == 0) & (after > 0)).any():
            return None
        seen = after > 0
        return float(-np.sum(after[seen] * np.log(before[seen])))


BINARY = Task(
    "binary", Metric("binary_crossentropy", "cross-entropy", "Binary cross-entropy"), ACCURACY
)
MULTICLASS = Task(
    "multiclass",
    Metric("sparse_categorical_crossentropy", "cross-entropy", "Cross-entropy"),
    ACCURACY,
)
REGRESSION = Task(
    "regression",
    Metric("mean_squared_error", "squared error", "Mean squared error"),
    Metric("mean_absolute_error", "absolute error", "Mean absolute error"),
)
TASKS = {task.kind: task for task in (BINARY, MULTICLASS, REGRESSION)}
