"""Runs of a model averaged into one, and what its outputs mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fitscope.task import Task

if TYPE_CHECKING:
    from jaxtyping import Float, Int, Shaped


def averaged(
    outputs: Shaped[np.ndarray, "members rows ..."], task: Task
) -> Float[np.ndarray, "rows ..."]:
    """Outputs of an average of several members.

    Probabilities are averaged, not logits: the loss of the average is then no higher than the
    members' average loss (Jensen). The average comes back as log-odds or as log-probabilities,
    which are logits; numbers are averaged as they are.

    Args:
        outputs: one set a member; see `fitscope.task.Task`.
        task: what was learnt.

    Example:
        >>> from fitscope.task import BINARY, MULTICLASS, REGRESSION
        >>> averaged(np.array([[1.0], [3.0]]), REGRESSION)
        array([2.])
        >>> averaged(np.log([[0.5 / 0.5], [0.9 / 0.1]]), BINARY).round(4)  # log(0.7 / 0.3)
        array([0.8473])
        >>> np.exp(averaged(np.log([[[0.2, 0.8]], [[0.6, 0.4]]]), MULTICLASS)).round(4)
        array([[0.4, 0.6]])
    """
    outputs = np.asarray(outputs, np.float64)
    if task.kind == "regression" or len(outputs) == 1:
        return outputs.mean(axis=0)
    if task.kind == "binary":
        second, first = -np.logaddexp(0.0, -outputs), -np.logaddexp(0.0, outputs)
        return np.logaddexp.reduce(second, axis=0) - np.logaddexp.reduce(first, axis=0)
    logs = outputs - np.logaddexp.reduce(outputs, axis=-1, keepdims=True)
    return np.logaddexp.reduce(logs, axis=0) - np.log(len(outputs))


def predicted(
    parts: Sequence[Shaped[np.ndarray, "members rows ..."]], temperature: float, task: Task
) -> Float[np.ndarray, "rows ..."]:
    """Outputs of a model in use, or of several averaged.

    Each model counts the same, however many runs it has.

    Args:
        parts: of each model the outputs of its runs.
        temperature: what the average's logits are divided by.
        task: what was learnt.

    Example:
        >>> from fitscope.task import REGRESSION
        >>> predicted([np.array([[1.0], [3.0]]), np.array([[6.0]])], 1.0, REGRESSION)
        array([4.])
    """
    found = [averaged(members, task) for members in parts]
    return (averaged(np.stack(found), task) if len(found) > 1 else found[0]) / temperature


def probabilities(
    outputs: Float[np.ndarray, "rows ..."], task: Task
) -> Float[np.ndarray, "rows labels"]:
    """Probability of each label.

    Args:
        outputs: of a model in use; see `fitscope.task.Task`.
        task: of two or more labels.

    Example:
        >>> from fitscope.task import BINARY
        >>> probabilities(np.array([0.0, -800.0]), BINARY).tolist()
        [[0.5, 0.5], [1.0, 0.0]]
    """
    if task.kind == "binary":
        logs = np.stack([-np.logaddexp(0.0, outputs), -np.logaddexp(0.0, -outputs)], axis=1)
        return np.exp(logs)
    return np.exp(outputs - np.logaddexp.reduce(outputs, axis=1, keepdims=True))


def likeliest(outputs: Float[np.ndarray, "rows ..."], task: Task) -> Int[np.ndarray, " rows"]:
    """Number of the label that is predicted.

    Args:
        outputs: of a model in use; see `fitscope.task.Task`.
        task: of two or more labels.
    """
    if task.kind == "binary":
        return (outputs > 0).astype(int)
    return np.argmax(outputs, axis=1)
