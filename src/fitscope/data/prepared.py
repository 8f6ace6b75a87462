"""A table made ready for training: looked at, cut into parts, encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Float32

from fitscope.data.columns import Column, known, look_at
from fitscope.data.encoding import Encoding
from fitscope.data.parts import Parts, cut
from fitscope.data.split import Split
from fitscope.data.table import Table, read_table
from fitscope.data.target import as_targets
from fitscope.task import Task


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table made ready for training.

    Attributes:
        table: the rows that have a target.
        target: name of the target column.
        columns: what each column is.
        task: with the names of the classes where they have some.
        y: the target of every row: numbers of classes, float32, or values, float64.
        parts: rows of each part, one a fold.
        encodings: learnt on the training rows of each fold.
        test: rows of a fixed test file; None where the test rows are rows of the table.
        y_test: the target of the test rows.
        notes: what a person should know, a sentence each.
    """

    table: Table
    target: str
    columns: tuple[Column, ...]
    task: Task
    y: Float[np.ndarray, " rows"]
    parts: tuple[Parts, ...]
    encodings: tuple[Encoding, ...]
    test: Table | None
    y_test: Float[np.ndarray, " test"]
    notes: tuple[str, ...]

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Encoded training and validation rows, one split a fold."""
        made = []
        for parts, encoding in zip(self.parts, self.encodings, strict=True):
            made.append(
                Split(
                    encoding.transform(self.table.frame[parts.train]),
                    self.y[parts.train],
                    encoding.transform(self.table.frame[parts.validation]),
                    self.y[parts.validation],
                    encoding.names,
                    self.table.source,
                    checked=True,
                    task=self.task,
                )
            )
        return tuple(made)

    def encode_test(self, fold: int = 0) -> Float32[np.ndarray, "test features"]:
        """The test rows, as the models of a fold take them."""
        frame = self.table.frame[self.parts[0].test] if self.test is None else self.test.frame
        return self.encodings[fold].transform(frame)


def prepare(
    given: Any,
    target: str | None = None,
    *,
    task: Task | str = "auto",
    drop: Sequence[str] = (),
    group: str | None = None,
    order_by: str | None = None,
    test: Any = 0.2,
    folds: int | Literal["auto"] = "auto",
    seed: int = 0,
) -> Prepared:
    """Read a table, look at its columns, cut it into parts and learn the encodings.

    Args:
        given: see `fitscope.data.table.read_table`.
        target: the column to be predicted; may be left out for a pair of arrays.
        task: "auto", "binary", "multiclass", "regression" or a task.
        drop: columns that are left out.
        group: rows of one value of this column stay in one part.
        order_by: the column that says which rows are later.
        test: share of the rows that test, or a table of its own.
        folds: how many validation parts; "auto" takes one where rows are plenty.
        seed: of the parts.

    Raises:
        UserError: anything in the table that a person has to mend.
    """
    table = read_table(given, target)
    target = target or "target"
    known(target, table.frame.columns)
    notes = list(table.notes)
    missing = table.frame[target].is_null().to_numpy()
    if missing.any():
        table = table.take(np.flatnonzero(~missing))
        notes.append(f"{int(missing.sum()):,} rows have no {target} and are left out")
    columns = look_at(table.frame, target, drop, group, order_by)
    found, numbers = as_targets({"train": table.frame[target].to_numpy()}, task)
    y = numbers["train"]
    share, test_table = (test, None) if isinstance(test, int | float) else (0.0, read_table(test))
    parts = cut(
        len(y),
        labels=None if found.kind == "regression" else y,
        groups=None if group is None else table.frame[group].to_numpy(),
        order=None if order_by is None else table.frame[order_by].to_numpy(),
        test=share,
        folds=folds,
        seed=seed,
    )
    encodings = tuple(Encoding.fit(table.frame[one.train], columns) for one in parts)
    if test_table is None:
        y_test = y[parts[0].test]
    else:
        y_test = as_targets(
            {"train": table.frame[target].to_numpy(), "test": test_table.frame[target].to_numpy()},
            found,
        )[1]["test"]
    return Prepared(
        table, target, columns, found, y, parts, encodings, test_table, y_test, tuple(notes)
    )
