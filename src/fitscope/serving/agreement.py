"""How far an exported model agrees with the one that it was made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Shaped

from fitscope.errors import UserError

if TYPE_CHECKING:
    from fitscope.data.table import Table
    from fitscope.serving.served import Served

CLOSE = 1e-5
"""Probabilities may differ by so much, numbers by so much of their size: float32 rounds sums of
many terms to about a tenth of it."""


@dataclass(frozen=True)
class Agreement:
    """What was found on some rows.

    Attributes:
        rows: how many were compared.
        difference: the largest difference of a probability, or of a number relative to the
            largest one.
    """

    rows: int
    difference: float

    def __str__(self) -> str:
        return f"same predictions on {self.rows:,} rows, to {self.difference:.1g}"


def agreement(
    served: Served,
    tables: Iterable[Table],
    other: Callable[[Table], tuple[Shaped[np.ndarray, " rows"], Float[np.ndarray, "rows labels"]]],
) -> Agreement:
    """Hold another form of a model against the model.

    Args:
        served: the model.
        tables: rows to compare on.
        other: predictions and probabilities (of numbers: the numbers, twice) of the other form.

    Raises:
        UserError: they differ, so that nothing should be written.
    """
    rows, difference = 0, 0.0
    for table in tables:
        outputs = served.outputs(table)
        labels, shares = other(table)
        if served.task.kind == "regression":
            expected = outputs
            off = np.abs(np.ravel(shares) - expected) / max(float(np.abs(expected).max()), 1e-300)
        else:
            expected = served.probabilities(outputs)
            off = np.abs(shares - expected).max(axis=1)
            two = np.sort(expected, axis=1)[:, -2:]
            tied = two[:, 1] - two[:, 0] < 2 * CLOSE
            wrong = (np.asarray(labels) != served.labelled(outputs)) & ~tied
            off = np.where(wrong, 1.0, off)
        rows, difference = rows + len(off), max(difference, float(off.max()))
    if not difference <= CLOSE:
        raise UserError(
            f"the exported model would predict otherwise, by {difference:.2g} on {rows:,} rows, so "
            "it is not written; use fitscope predict, and please report it"
        )
    return Agreement(rows, difference)
