"""What a network learns by a task: the loss and the score of each row, compiled.

`Task.row_losses` and `Task.row_scores` say the same in NumPy. These are in float32, and binary
and regression outputs come as one value a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Shaped

from fitscope.data.target import training_scale
from fitscope.learners.mlp.description import Params
from fitscope.task import Task

if TYPE_CHECKING:
    from fitscope.data.split import Split

RowFunction = Callable[[Any, Any], jax.Array]
"""Of outputs and targets, row by row."""


@dataclass(frozen=True)
class Objective:
    """A task as a network trains on it.

    A regression's targets are scaled to mean 0 and standard deviation 1, so that learning rates
    and initial weights suit them; metrics and losses are told in the targets' own units.
    Compiled functions take these units as an argument: objectives of one task are equal whatever
    their scale, so that what is compiled for one fold serves the others.

    Attributes:
        task: what is learnt.
        mean: mean of a regression's training targets.
        deviation: their standard deviation.
    """

    task: Task
    mean: float = field(default=0.0, compare=False)
    deviation: float = field(default=1.0, compare=False)

    @classmethod
    def of(cls, split: Split) -> Objective:
        """The objective on these rows.

        Raises:
            UserError: a regression whose training targets are all the same.
        """
        if split.task.kind == "regression":
            return cls(split.task, *training_scale(split.y_train))
        return cls(split.task)

    @property
    def losses(self) -> RowFunction:
        """Function of outputs and targets: the loss of each row."""
        return {
            "binary": binary_crossentropies,
            "multiclass": crossentropies,
            "regression": lambda outputs, y: jnp.square(outputs - y),
        }[self.task.kind]

    @property
    def scores(self) -> RowFunction:
        """Function of outputs and targets: hits, or absolute errors."""
        return {
            "binary": lambda outputs, y: (outputs > 0) == (y > 0.5),
            "multiclass": lambda outputs, y: outputs.argmax(axis=-1) == y.astype(jnp.int32),
            "regression": lambda outputs, y: jnp.abs(outputs - y),
        }[self.task.kind]

    def scaled(self, y: Shaped[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """Targets as the network sees them, in float32."""
        if self.task.kind != "regression":
            return y
        return ((np.asarray(y, np.float64) - self.mean) / self.deviation).astype(np.float32)

    @property
    def units(self) -> Float[np.ndarray, " 3"]:
        """What a unit of loss with penalties, loss and score is in the targets' units."""
        square = self.deviation**2
        return np.array([square, square, self.deviation], np.float32)

    def in_own_units(
        self, metrics: Float[Array, " 3"], units: Float[Array, " 3"]
    ) -> Float[Array, " 3"]:
        """Loss with penalties, loss and score, told in the targets' units."""
        return metrics * units if self.task.kind == "regression" else metrics

    def losses_in_own_units(
        self, losses: Float[Array, " rows"], units: Float[Array, " 3"]
    ) -> Float[Array, " rows"]:
        """Row losses, told in the targets' units."""
        return losses * units[1] if self.task.kind == "regression" else losses

    def unscaled(self, params: Params, layer: str) -> Params:
        """Weights whose last layer gives values in the targets' units."""
        if self.task.kind != "regression":
            return params
        kernel, bias = (np.asarray(params[layer][name], np.float64) for name in ("kernel", "bias"))
        last = {"kernel": kernel * self.deviation, "bias": bias * self.deviation + self.mean}
        return {**params, layer: {name: x.astype(np.float32) for name, x in last.items()}}


def binary_crossentropies(
    logits: Float[Array | np.ndarray, " rows"], labels: Float[Array | np.ndarray, " rows"]
) -> Float[Array, " rows"]:
    """Binary cross-entropy of each row, from logits, as Keras computes it without overflow."""
    return jnp.maximum(logits, 0) - logits * labels + jnp.log1p(jnp.exp(-jnp.abs(logits)))


def crossentropies(
    logits: Float[Array | np.ndarray, "rows labels"], labels: Float[Array | np.ndarray, " rows"]
) -> Float[Array, " rows"]:
    """Cross-entropy of each row, from a logit a class and the number of the class."""
    picked = jnp.take_along_axis(logits, labels.astype(jnp.int32)[:, None], axis=-1)[:, 0]
    return jax.nn.logsumexp(logits, axis=-1) - picked
