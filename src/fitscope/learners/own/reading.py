"""What a network's outputs mean, and how they become the outputs of a task."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float64, Shaped

from fitscope.errors import UserError
from fitscope.task import Task

Reading = Literal["logits", "probabilities", "log probabilities", "values"]
"""What a network gives: logits (of two labels the log-odds of the second one), probabilities, their
logarithms, or the values of a regression."""
LEAST = 1e-7
"""The probability that stands for anything smaller: Keras' `epsilon`, beyond which float32 has no
numbers below 1 any more."""


def columns(task: Task) -> tuple[int, ...]:
    """How many outputs a network may have for a task.

    Example:
        >>> from fitscope.task import BINARY, MULTICLASS
        >>> columns(BINARY), columns(MULTICLASS.of(["a", "b", "c"]))
        ((1, 2), (3,))
    """
    return (1, 2) if task.kind == "binary" else (task.outputs,)


def misshapen(found: str, task: Task) -> UserError:
    """What to tell of a network with other outputs than a task needs.

    Args:
        found: what it gives, in words.
        task: what is to be learnt.

    Example:
        >>> from fitscope.task import BINARY
        >>> print(misshapen("several outputs", BINARY))
        it gives several outputs; a binary task needs 1 or 2 numbers a row
    """
    wanted = " or ".join(str(one) for one in columns(task))
    numbers = "number" if wanted == "1" else "numbers"
    return UserError(f"it gives {found}; a {task.kind} task needs {wanted} {numbers} a row")


def as_outputs(
    raw: Shaped[np.ndarray, "rows ..."], reading: Reading, task: Task
) -> Float64[np.ndarray, "rows ..."]:
    """Outputs as `Task` has them.

    Args:
        raw: what the network gives, one or several numbers a row.
        reading: what they are.
        task: what was learnt.

    Example:
        >>> from fitscope.task import BINARY
        >>> as_outputs(np.array([[0.5], [0.0]]), "probabilities", BINARY).round(2).tolist()
        [0.0, -16.12]
        >>> as_outputs(np.array([[1.0, 3.0]]), "logits", BINARY).tolist()
        [2.0]
    """
    values = np.asarray(raw, np.float64).reshape(len(raw), -1)
    if reading == "probabilities":
        if values.shape[1] == 1:
            chance = np.clip(values, LEAST, 1 - LEAST)
            values = np.log(chance) - np.log1p(-chance)
        else:
            values = np.log(np.clip(values, LEAST, 1.0))
    if task.kind == "binary" and values.shape[1] == 2:
        return values[:, 1] - values[:, 0]
    return values if task.kind == "multiclass" else values[:, 0]
