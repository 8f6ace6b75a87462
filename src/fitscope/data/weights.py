"""What each row counts, as it is given, looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from fitscope.data.columns import known
from fitscope.data.recognise import amounts
from fitscope.data.refusals import as_floats
from fitscope.errors import UserError
from fitscope.names import shown

if TYPE_CHECKING:
    from fitscope.data.table import Table


def row_weights(
    train: Any, validation: Any, y: Mapping[str, np.ndarray]
) -> dict[str, Float[np.ndarray, " rows"] | None]:
    """Weights of both parts, or of neither.

    Args:
        train: of the training rows, or None.
        validation: of the validation rows, or None.
        y: the targets of "train" and "validation".

    Raises:
        UserError: one of both, other shapes, or weights that are not above 0.

    Example:
        >>> y = {"train": np.zeros(2), "validation": np.zeros(1)}
        >>> row_weights([1, 2], [0.5], y)["train"]
        array([1., 2.])
        >>> row_weights([1, 0], [0.5], y)
        Traceback (most recent call last):
        fitscope.errors.UserError: train_weights of row 1 is 0; weights are above 0, leave out rows
        that do not count
    """
    if (train is None) != (validation is None):
        raise UserError("give train_weights and validation_weights, or neither of them")
    found: dict[str, Any] = {"train": train, "validation": validation}
    if train is None:
        return found
    return {part: _looked_at(given, len(y[part]), part) for part, given in found.items()}


def _looked_at(given: Any, rows: int, part: str) -> Float[np.ndarray, " rows"]:
    name = f"{part}_weights"
    try:
        weights = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise UserError(f"{name} must be numbers, one a row") from None
    if weights.shape != (rows,):
        raise UserError(f"{name} has shape {weights.shape}, but there are {rows:,} {part} rows")
    wrong = ~((weights > 0) & np.isfinite(weights))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise UserError(
            f"{name} of row {row} is {weights[row]:g}; weights are above 0, leave out rows that do "
            "not count"
        )
    return weights


def column_weights(table: Table, name: str) -> Float[np.ndarray, " rows"]:
    """What each row of a table counts: numbers from 0.

    Args:
        table: the rows.
        name: the column that says so.

    Raises:
        UserError: a value that is missing or none of these; the message names its line.
    """
    import polars as pl

    values = amounts(table.frame[name])
    if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        raise UserError(f"column {shown(name)!r} says what rows count, and holds no numbers")
    weights = as_floats(values)
    wrong = ~((weights >= 0) & np.isfinite(weights))
    if wrong.any():
        row = int(np.argmax(wrong))
        what = "no value" if np.isnan(weights[row]) else f"{weights[row]:g}"
        raise UserError(
            f"column {shown(name)!r}, {table.place(row)}: {what}; it says what a row counts, a "
            "number from 0"
        )
    if not weights.any():
        raise UserError(f"column {shown(name)!r} is 0 in every row; some must count")
    return weights


def rows_that_count(
    table: Table, name: str | None, notes: list[str]
) -> tuple[Table, Float[np.ndarray, " rows"] | None]:
    """The rows of a table that count, and what each of them does.

    Args:
        table: the rows.
        name: the column that says so; None where all count alike.
        notes: what a person should know; grows by a sentence where rows are left out.

    Raises:
        UserError: see `column_weights`.
    """
    if name is None:
        return table, None
    known(name, table.frame.columns)
    weights = column_weights(table, name)
    count = weights > 0
    if not count.all():
        rows = f"{(~count).sum():,} of {len(count):,} rows"
        notes.append(f"the weight {shown(name)} is 0 in {rows}: left out")
    return table.take(np.flatnonzero(count)), weights[count]


def effective_rows(weights: Float[np.ndarray, " rows"]) -> float:
    """How many rows of equal weight tell as much (Kish, Survey Sampling, 1965, section 11.7).

    Args:
        weights: what each row counts.

    Example:
        >>> effective_rows(np.array([1.0, 1.0, 0.0])), effective_rows(np.array([3.0, 1.0]))
        (2.0, 1.6)
    """
    return float(weights.sum() ** 2 / np.square(weights).sum())
