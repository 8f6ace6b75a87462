"""What is to be learnt from a target column: the task, and numbers for its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from fitscope.data.recognise import amounts
from fitscope.data.refusals import as_floats, refuse_extremes, refuse_strays
from fitscope.data.table import Table
from fitscope.data.target import FEW, as_targets, as_task
from fitscope.errors import UserError
from fitscope.names import listed, shown
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task

if TYPE_CHECKING:
    import polars as pl

LIKELY_CLASSES = 10
"""Whole numbers that count from 0 or 1 to at most this are taken for classes, if none is rare."""
RARE_CLASS = 0.01
"""Share of the rows below which a number is rare: the thin end of counts, not a class."""


def aim(
    table: Table, target: str, task: Task | str
) -> tuple[Task, Float[np.ndarray, " rows"], tuple[str, ...]]:
    """The task that a column sets.

    Args:
        table: rows, all of which have a target.
        target: name of the column.
        task: "auto", a kind of task, or a task.

    Returns:
        The task, with names of classes where they have some; the target of each row, as
        `fitscope.data.target.as_targets` gives it; a sentence where something was assumed.

    Raises:
        UserError: a target from which nothing can be learnt.

    Example:
        >>> from fitscope.data.table import read_table
        >>> stars = read_table({"stars": [1, 2, 3, 2] * 20})
        >>> found, y, said = aim(stars, "stars", "auto")
        >>> found.labels, said
        (('1', '2', '3'), ("the target stars holds the numbers 1 to 3: taken for 3 classes; say \
--task regression (task='regression') if they are amounts",))
    """
    import polars as pl

    known = as_task(task)
    values = _of(known, table.frame[target])
    name = shown(target)
    if values.dtype.is_temporal():
        raise UserError(f"the target {name!r} is a date; give a number or classes to predict")
    if values.dtype.is_nested() or values.dtype in (pl.Object, pl.Binary):
        raise UserError(
            f"the target {name!r} holds lists, records or bytes; give numbers or classes"
        )
    distinct = values.n_unique()
    if distinct == 1:
        raise UserError(
            f"the target {name!r} is {shown(str(values[0]))!r} in every row; nothing can be learnt"
        )
    if values.dtype == pl.String:
        refuse_strays(values, table)
        if distinct > max(table.frame.height / 2, FEW):
            raise UserError(
                f"the target {name!r} holds {distinct:,} different texts in {table.frame.height:,} "
                f"rows, such as {shown(values[0])!r}; give classes, each in several rows"
            )
    elif values.dtype.is_numeric():
        refuse_extremes(values, table)
    said: tuple[str, ...] = ()
    if known is None and values.dtype.is_numeric():
        known, said = _assumed(values, name)
    if values.dtype == pl.String:  # each text once: millions of them are slow
        texts = values.unique().sort()
        found, y = as_targets({"train": texts.to_numpy()}, known or "auto")
        numbers = values.replace_strict(texts, pl.Series(y["train"]), return_dtype=pl.Float32)
        return found, numbers.to_numpy(), said
    found, y = as_targets({"train": _array(values)}, known or "auto")
    return found, y["train"], said


def targets_like(
    table: Table, target: str, task: Task, learnt: pl.Series, rows: str = "the table"
) -> Float[np.ndarray, " rows"]:
    """The target of rows of another table, whose task is known.

    Args:
        table: rows, all of which have a target.
        target: name of the column.
        task: what `aim` found.
        learnt: the target of the rows that it was found on.
        rows: what these are called.

    Raises:
        UserError: a value that the rows learnt from do not have, or none of its kind.
    """
    import polars as pl

    values, learnt = _of(task, table.frame[target]), _of(task, learnt)
    kinds = [(one.dtype.is_numeric(), one.dtype == pl.Boolean) for one in (values, learnt)]
    if kinds[0] != kinds[1]:
        raise UserError(
            f"the target {shown(target)!r} holds {values.dtype} in {table.source}, "
            f"{learnt.dtype} in the table; give one kind"
        )
    if values.dtype.is_numeric():
        refuse_extremes(values, table)
    if task.kind != "regression":
        unseen = values.unique().sort().to_list()
        unseen = [value for value in unseen if value not in set(learnt.unique().to_list())]
        if unseen:
            raise UserError(
                f"{table.source} holds the {shown(target)} {listed([str(one) for one in unseen])}, "
                f"which no row of {rows} has; leave these rows out"
            )
    both = {"train": _array(learnt), "test": _array(values)}
    return as_targets(both, task.kind)[1]["test"]


def _of(task: Task | None, values: pl.Series) -> pl.Series:
    """A target as it is, or the amounts that a regression takes codes of digits for."""
    return amounts(values) if task is not None and task.kind == "regression" else values


def _assumed(values: pl.Series, name: str) -> tuple[Task | None, tuple[str, ...]]:
    """What numbers are likelier to be, in words where that is not plain."""
    counts = values.value_counts(sort=False, name="rows")
    numbers = np.sort(counts[values.name].cast(float).to_numpy())
    whole = bool((numbers == np.round(numbers)).all())
    if set(numbers) == {0.0, 1.0} or len(numbers) > FEW or not whole:
        return None, ()
    span = f"the target {name} holds the numbers {numbers[0]:g} to {numbers[-1]:g}"
    if len(numbers) == 2:
        return BINARY, ()
    counted = numbers[0] in (0, 1) and numbers[-1] - numbers[0] == len(numbers) - 1
    common = counts["rows"].to_numpy().min() >= RARE_CLASS * len(values)
    if counted and common and len(numbers) <= LIKELY_CLASSES:
        return MULTICLASS, (
            f"{span}: taken for {len(numbers)} classes; say --task regression "
            "(task='regression') if they are amounts",
        )
    return REGRESSION, (
        f"{span}, {len(numbers)} different ones: taken for amounts; say --task multiclass "
        "(task='multiclass') if they are classes",
    )


def _array(values: pl.Series) -> np.ndarray:
    if values.dtype.is_numeric() and not values.dtype.is_integer():
        return as_floats(values)
    return values.to_numpy()
