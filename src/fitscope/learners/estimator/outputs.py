"""What an estimator predicts, as outputs: log-odds, logits or numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from fitscope.errors import UserError
from fitscope.names import shown

if TYPE_CHECKING:
    from fitscope.task import Task

OFF_ONE = 1e-3
"""How far the probabilities of a row may be from 1 together: what rounding of float32 leaves."""


def outputs_of(estimator: Any, x: Any, task: Task, certain: float) -> Float[np.ndarray, "rows ..."]:
    """Outputs of a fitted estimator for rows; see `fitscope.task.Task`.

    Of a classifier probabilities are taken where it gives some; else its decision values as they
    are, as log-odds; else its labels, each as certain as can be.

    Args:
        estimator: fitted.
        x: rows as it takes them.
        task: what was learnt.
        certain: the probability that stands for exactly 0.

    Raises:
        UserError: predictions that are none.
    """
    if task.kind == "regression":
        return numbers(estimator.predict(x), estimator, len(x))
    if hasattr(estimator, "predict_proba"):
        return of_probabilities(estimator.predict_proba(x), estimator, task, certain)
    if hasattr(estimator, "decision_function"):
        return of_decisions(estimator.decision_function(x), estimator, task)
    hard = np.eye(max(len(task.labels), 2))[_labels(estimator.predict(x), estimator, task)]
    return _logits(np.maximum(hard, certain), task)


def _labels(found: Any, estimator: Any, task: Task) -> np.ndarray:
    """Numbers of classes.

    Raises:
        UserError: not one of the numbers that it was given for each row.
    """
    values = np.asarray(found).ravel()
    count = max(len(task.labels), 2)
    known = np.isin(values, np.arange(count))
    if not known.all():
        row = int(np.argmin(known))
        raise UserError(
            f"{_name(estimator)} predicts {shown(str(values[row]))!r} for row {row + 1}; its "
            f"targets are whole numbers from 0 to {count - 1}, and it must predict such"
        )
    return values.astype(int)


def numbers(found: Any, estimator: Any, rows: int) -> Float[np.ndarray, " rows"]:
    """Predictions of a regression.

    Raises:
        UserError: not one finite number a row.
    """
    values = np.asarray(found, np.float64)
    if values.shape == (rows, 1):
        values = values[:, 0]
    if values.shape != (rows,):
        raise UserError(
            f"{_name(estimator)} predicts an array of shape {values.shape} for {rows:,} rows; it "
            "must give one number a row"
        )
    return _finite(values, estimator, "predictions")


def of_probabilities(
    found: Any, estimator: Any, task: Task, certain: float
) -> Float[np.ndarray, "rows ..."]:
    """Outputs that stand for probabilities of the estimator's classes.

    An exact 0 says that something can never be, which no number of rows shows and which would make
    the loss infinite; `certain` stands for it. Every other probability is taken as it is.

    Args:
        found: one column a class, in the order of the estimator's `classes_`.
        estimator: fitted.
        task: what was learnt.
        certain: the probability that stands for exactly 0.

    Raises:
        UserError: values that are no probabilities.

    Example:
        >>> from sklearn.dummy import DummyClassifier
        >>> from fitscope.task import BINARY
        >>> fitted = DummyClassifier().fit([[0], [0]], [0, 1])
        >>> of_probabilities([[0.25, 0.75], [1.0, 0.0]], fitted, BINARY, 0.01).round(3)
        array([ 1.099, -4.605])
    """
    count = max(len(task.labels), 2)
    values = np.asarray(found, np.float64)
    classes = np.asarray(getattr(estimator, "classes_", np.arange(count))).astype(int)
    if values.ndim != 2 or values.shape[1] != len(classes):
        raise UserError(
            f"{_name(estimator)}: predict_proba gives an array of shape {values.shape}; it must "
            f"have one column for each of {len(classes)} classes"
        )
    _finite(values, estimator, "probabilities")
    total = values.sum(axis=1)
    wrong = (np.abs(total - 1) > OFF_ONE) | (values.min(axis=1) < 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise UserError(
            f"{_name(estimator)}: predict_proba gives {np.round(values[row], 4).tolist()} for row "
            f"{row + 1}, which are no probabilities; they must be at least 0 and sum to 1"
        )
    every = np.zeros((len(values), count))
    every[:, classes] = values
    return _logits(np.where(every > 0, every, certain), task)


def of_decisions(found: Any, estimator: Any, task: Task) -> Float[np.ndarray, "rows ..."]:
    """Decision values taken as log-odds or logits.

    Raises:
        UserError: values that are none.
    """
    values = _finite(np.asarray(found, np.float64), estimator, "decision values")
    if task.kind == "multiclass":
        classes = np.asarray(estimator.classes_).astype(int)
        if values.ndim != 2 or values.shape[1] != len(classes):
            raise UserError(
                f"{_name(estimator)}: decision_function gives an array of shape {values.shape}; it "
                f"must have one column for each of {len(classes)} classes"
            )
        every = np.full((len(values), len(task.labels)), values.min() - np.log(len(values) + 2))
        every[:, classes] = values
        return every
    return values.reshape(len(values), -1)[:, -1]


def _logits(chances: np.ndarray, task: Task) -> Float[np.ndarray, "rows ..."]:
    logs = np.log(chances)
    if task.kind == "binary":
        return logs[:, 1] - logs[:, 0]
    return logs


def _finite(values: np.ndarray, estimator: Any, what: str) -> np.ndarray:
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise UserError(
            f"{_name(estimator)}: its {what} are NaN or infinite, first at row {row + 1}; see what "
            "it does with such a row"
        )
    return values


def _name(estimator: Any) -> str:
    return type(estimator).__name__
