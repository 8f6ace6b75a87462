"""`Chances`: probabilities that a library keeps up to date while it trains, in place of outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from fitscope.task import Task


@dataclass(frozen=True, eq=False)
class Chances:
    """Probabilities of rows, taken as they are: nothing is checked.

    Attributes:
        values: for two labels that of the second one, for several one column a label.
        task: what is learnt.

    Example:
        >>> from fitscope.task import BINARY
        >>> found = Chances(np.array([0.5, 1.0]), BINARY)
        >>> y = np.array([1.0, 0.0])
        >>> found.row_losses(y).round(2).tolist(), found.row_scores(y).tolist()
        ([0.69, 36.74], [0.0, 0.0])
        >>> bool(np.allclose(BINARY.row_losses(found.outputs(), y), found.row_losses(y)))
        True
    """

    values: Float[np.ndarray, "rows ..."]
    task: Task

    def row_losses(self, y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """The loss of each row, cross-entropy in nats; a probability of 0 or 1 is taken to be as
        near to it as its type can tell."""
        near = np.finfo(self.values.dtype)
        if self.task.kind == "binary":
            # after every step of a library: few passes, in place
            chance = self.values - (1.0 - y)
            np.abs(chance, out=chance)
            if chance.min() < near.tiny:
                np.maximum(chance, np.where(y > 0.5, near.tiny, near.epsneg), out=chance)
            return np.negative(np.log(chance, out=chance), out=chance)
        chance = self.values[np.arange(len(y)), y.astype(int)].astype(np.float64)
        return -np.log(np.maximum(chance, near.tiny))

    def row_scores(self, y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """The score of each row: 1 for a hit."""
        if self.task.kind == "binary":
            return ((self.values > 0.5) == (y > 0.5)).astype(np.float64)
        return (self.values.argmax(axis=1) == y).astype(np.float64)

    def outputs(self) -> Float[np.ndarray, "rows ..."]:
        """The same as log-odds or logits."""
        near = np.finfo(self.values.dtype)
        values = self.values.astype(np.float64)
        if self.task.kind == "binary":
            values = np.clip(values, near.tiny, 1 - near.epsneg)
            return np.log(values / (1 - values))
        return np.log(np.maximum(values, near.tiny))
