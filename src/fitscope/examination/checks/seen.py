"""What the checks look at: columns and parts of a table, and some of its rows encoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Float32, Int, UInt64

from fitscope.data.columns import Column
from fitscope.data.equal_rows import row_blocks
from fitscope.data.prepared import Prepared
from fitscope.task import Task

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 10_000
"""So many rows of each part are encoded. A leak or a drift that matters shows in them; twice as
many take twice the time."""

MOST_VALUES = 4_000_000
"""And no more values than that in each part: tables with thousands of columns take fewer rows."""

FEWEST_ROWS = 500


@dataclass(frozen=True, eq=False)
class Part:
    """Rows of one part, at most `MOST_ROWS` of them.

    Attributes:
        x: encoded features.
        y: numbers of classes, or values.
    """

    x: Float32[np.ndarray, "rows features"]
    y: Float[np.ndarray, " rows"]


@dataclass(frozen=True, eq=False)
class Seen:
    """What checks look at. With several folds, training and validation rows are the first fold's.

    Attributes:
        frame: every row with the columns that are used or were left out as text, and the group;
            rows of a test file come last.
        y: the target of these rows.
        columns: what each column is.
        task: what is to be learnt.
        train: numbers of the training rows.
        validation: numbers of the validation rows.
        test: numbers of the test rows.
        validated: rows that validate in any fold.
        validation_drawn: validation rows were drawn at random, not taken in some order.
        test_drawn: test rows were.
        train_part: training rows, encoded.
        validation_part: validation rows, encoded.
        test_part: test rows, encoded.
        column_of: the column of each encoded feature.
    """

    frame: pl.DataFrame
    y: Float[np.ndarray, " rows"]
    columns: tuple[Column, ...]
    task: Task
    train: Int[np.ndarray, " train"]
    validation: Int[np.ndarray, " validation"]
    test: Int[np.ndarray, " test"]
    validated: int
    validation_drawn: bool
    test_drawn: bool
    train_part: Part
    validation_part: Part
    test_part: Part
    column_of: tuple[str, ...]

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that models see."""
        return tuple(column for column in self.columns if column.used)

    @cached_property
    def blocks(self) -> UInt64[np.ndarray, "rows blocks"]:
        """Hashes of the used columns of every row: see `equal_rows.row_blocks`."""
        used = self.used
        return row_blocks(
            self.frame.select(column.name for column in used), [column.distinct for column in used]
        )

    @property
    def labelled(self) -> tuple[str, ...]:
        """Names of the classes; none for a regression."""
        return self.task.labels or (("0", "1") if self.task.kind == "binary" else ())

    @property
    def known(self) -> Int[np.ndarray, " known"]:
        """Numbers of the rows that are not kept for the test."""
        return np.sort(np.concatenate([self.train, self.validation]))


def look(prepared: Prepared) -> Seen:
    """Gather what the checks look at.

    Args:
        prepared: a table made ready for training.
    """
    parts, encoding = prepared.parts[0], prepared.encodings[0]
    frame, y, test = prepared.table.frame, prepared.y, parts.test
    names = [column.name for column in prepared.columns if _is_of_use(column)]
    frame = frame.select(names)
    if prepared.test is not None:
        test = np.arange(len(y), len(y) + len(prepared.y_test))
        frame = _appended(frame, prepared.test.frame)
        y = np.concatenate([y, prepared.y_test])
    ordered = any(column.kind == "order" for column in prepared.columns)
    most = max(FEWEST_ROWS, min(MOST_ROWS, MOST_VALUES // max(len(encoding.names), 1)))

    def part(rows: np.ndarray, stream: int) -> Part:
        some = _some(rows, most, stream)
        return Part(encoding.transform(frame[some]), y[some])

    return Seen(
        frame=frame,
        y=y,
        columns=prepared.columns,
        task=prepared.task,
        train=parts.train,
        validation=parts.validation,
        test=test,
        validated=sum(len(fold.validation) for fold in prepared.parts),
        validation_drawn=not ordered and _mixed(parts.train, parts.validation),
        test_drawn=not ordered and prepared.test is None and _mixed(parts.train, parts.test),
        train_part=part(parts.train, 0),
        validation_part=part(parts.validation, 1),
        test_part=part(test, 2),
        column_of=encoding.column_of,
    )


def _is_of_use(column: Column) -> bool:
    return column.used or column.kind in ("text", "group")


def _appended(frame: pl.DataFrame, test: pl.DataFrame) -> pl.DataFrame:
    """The rows of a test file below, columns that it lacks empty."""
    import polars as pl

    there = [name for name in frame.columns if name in test.columns]
    return pl.concat([frame, test.select(there)], how="diagonal_relaxed")


def _mixed(train: np.ndarray, other: np.ndarray) -> bool:
    """Rows of two parts stand among each other, as rows that were drawn at random do."""
    if len(train) == 0 or len(other) == 0:
        return True
    return bool(train.min() < other.max() and other.min() < train.max())


def _some(rows: np.ndarray, most: int, stream: int) -> np.ndarray:
    """At most so many rows, always the same ones, in their order."""
    if len(rows) <= most:
        return rows
    random = np.random.default_rng(np.random.SeedSequence([0, stream]))
    return np.sort(random.choice(rows, most, replace=False))
