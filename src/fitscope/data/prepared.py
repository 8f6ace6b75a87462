"""A table made ready for training: looked at, cut into parts, encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float, Int

from fitscope.data.aim import aim, targets_like
from fitscope.data.columns import Column, known, look_at
from fitscope.data.encoding import Encoding
from fitscope.data.inputs import typed
from fitscope.data.parts import Parts, cut
from fitscope.data.raw import Raw
from fitscope.data.recognise import amounts, dates, usual_form
from fitscope.data.split import Split
from fitscope.data.table import Table, read_table
from fitscope.data.weights import effective_rows, rows_that_count
from fitscope.errors import UserError
from fitscope.names import listed, shown
from fitscope.task import Task

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table made ready for training.

    Attributes:
        table: the rows that have a target.
        target: name of the target column.
        columns: what each column is, in the table's order.
        task: what is to be learnt, with names of classes where they have some.
        y: the target of every row: numbers of classes, float32, or values, float64.
        parts: numbers of the rows of each part, one a fold.
        encodings: learnt on the training rows of each fold.
        test: rows of a fixed test file; None where test rows are rows of the table.
        y_test: the target of the test rows, which may be none.
        notes: what a person should know about all this, a sentence each.
        group: name of the column whose rows belong together; None where each stands for itself.
        raw: where models take the columns as they are, how; None where they take them encoded.
        weights: what every row counts; None where all count alike.
        test_weights: what every test row counts, likewise.
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
    group: str | None = None
    raw: Raw | None = None
    weights: Float[np.ndarray, " rows"] | None = None
    test_weights: Float[np.ndarray, " test"] | None = None

    @property
    def taken(self) -> tuple[Encoding | Raw, ...]:
        """What makes rows ready for models, one a fold."""
        return self.encodings if self.raw is None else (self.raw,) * len(self.parts)

    @cached_property
    def groups(self) -> tuple[Int[np.ndarray, " validation"], ...]:
        """Number of the group of each validation row, fold by fold; empty without groups."""
        if self.group is None:
            return ()
        whole = _whole(self.table, self.group)
        return tuple(whole[one.validation] for one in self.parts)

    @cached_property
    def test_groups(self) -> Int[np.ndarray, " test"] | None:
        """Number of the group of each test row; None where each row stands for itself."""
        return None if self.group is None else _whole(self.test_rows, self.group)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Encoded training and validation rows with their targets, one split a fold."""
        return tuple(
            Split(
                encoding.transform_rows(self.table, parts.train),
                self.y[parts.train],
                encoding.transform_rows(self.table, parts.validation),
                self.y[parts.validation],
                encoding.names,
                self.table.source,
                checked=True,
                task=self.task,
                raw=self.raw,
                train_weights=None if self.weights is None else self.weights[parts.train],
                validation_weights=None if self.weights is None else self.weights[parts.validation],
            )
            for parts, encoding in zip(self.parts, self.taken, strict=True)
        )

    @property
    def test_rows(self) -> Table:
        """The test rows as a table."""
        return self.table.take(self.parts[0].test) if self.test is None else self.test

    def encode_test(self, fold: int = 0) -> Any:
        """The test rows, as the models of a fold take them: encoded, or a frame of columns."""
        return self.taken[fold].transform(self.test_rows)


def prepare(
    given: Any,
    target: str | None = None,
    *,
    task: Task | str = "auto",
    drop: Sequence[str] = (),
    group: str | None = None,
    order_by: str | None = None,
    weights: str | None = None,
    test: Any = 0.2,
    folds: int | Literal["auto"] = "auto",
    shuffle: bool = True,
    seed: int = 0,
) -> Prepared:
    """Read a table, look at its columns, cut it into parts and learn their encodings.

    Args:
        given: see `fitscope.data.table.read_table`.
        target: the column to be predicted; may be left out for a pair of arrays.
        task: "auto", "binary", "multiclass", "regression" or a task.
        drop: columns that are left out.
        group: rows of one value of this column stay in one part.
        order_by: the column that says which rows are later: these validate, the latest test.
        weights: the column that says what each row counts; rows of weight 0 are left out.
        test: share of the rows that test, 0 for none, or a table of its own.
        folds: how many validation parts; "auto" takes one where rows are plenty, else five.
        shuffle: False takes the rows as they stand: the first train, the last test.
        seed: other numbers, other parts.

    Raises:
        UserError: anything in the table that a person has to mend.

    Example:
        >>> rows = {"x": list(range(100)), "y": ["no", "yes"] * 50}
        >>> ready = prepare(rows, "y")
        >>> ready.task.labels, len(ready.splits), ready.encode_test().shape
        (('no', 'yes'), 5, (20, 1))
    """
    pair = isinstance(given, tuple)
    if target is None and not pair:
        raise UserError("say which column is to be predicted: --target COLUMN (target=...)")
    target = target or "target"
    table = read_table(given, target)
    known(target, table.frame.columns)
    for together in ((group, order_by), (None if shuffle else "shuffle", group or order_by)):
        if all(together):
            raise UserError("parts follow a group or an order, not both; give one of them")
    notes = list(table.notes)
    table = _with_target(table, target, notes)
    table, counted = rows_that_count(table, weights, notes)
    columns = look_at(table, target, drop, group, order_by, weights)
    found, y, said = aim(table, target, task)
    notes += said
    share, fixed = (test, None) if isinstance(test, int | float) else (0.0, test)
    order = _order(table, order_by, shuffle)
    parts = cut(
        len(y),
        classes=None if found.kind == "regression" else y.astype(int),
        groups=None if group is None else _whole(table, group),
        order=order,
        test=share,
        folds=folds,
        seed=seed,
    )
    _refuse_unlearnt(parts, y, found)
    notes += _said(parts, order_by, shuffle, folds)
    encodings = tuple(Encoding.fit(table.take(one.train), columns) for one in parts)
    rows, y_test = None, y[parts[0].test]
    test_counted = None if counted is None else counted[parts[0].test]
    if fixed is not None:
        rows = read_table(fixed, target, table.texts)
        rows, y_test, test_counted = _fixed(rows, table, target, group, weights, found, notes)
        rows = typed(rows, encodings[0].inputs)
    if weights is not None and counted is not None:
        notes.append(
            f"{shown(weights)} says what each row counts: {len(y):,} rows tell as much as "
            f"{effective_rows(counted):,.0f} that count alike"
        )
    return Prepared(
        table,
        target,
        columns,
        found,
        y,
        parts,
        encodings,
        rows,
        y_test,
        tuple(notes),
        group,
        weights=counted,
        test_weights=test_counted,
    )


def _with_target(table: Table, target: str, notes: list[str]) -> Table:
    missing = table.frame[target].is_null().to_numpy()
    if missing.all():
        raise UserError(f"the target {shown(target)!r} is missing in every row of {table.source}")
    if not missing.any():
        return table
    there = np.flatnonzero(~missing)
    notes.append(
        f"the target {shown(target)} is missing in {len(missing) - len(there):,} of "
        f"{len(missing):,} rows, the first is {table.place(int(np.argmax(missing)))}: left out"
    )
    return table.take(there)


def _whole(table: Table, name: str) -> Int[np.ndarray, " rows"]:
    """The place of each row's value among the column's values in their order."""
    values = amounts(table.frame[name])
    if values.null_count():
        row = int(np.argmax(values.is_null().to_numpy()))
        raise UserError(
            f"column {shown(name)!r}, {table.place(row)}: no value, so the row belongs to no part; "
            "fill it or leave the row out"
        )
    return values.rank("dense").to_numpy().astype(int) - 1


def _order(table: Table, order_by: str | None, shuffle: bool) -> Int[np.ndarray, " rows"] | None:
    import polars as pl

    if order_by is None:
        return None if shuffle else np.arange(table.frame.height)
    values = amounts(table.frame[order_by])
    if values.dtype == pl.String:
        row = _no_date(values)
        raise UserError(
            f"column {shown(order_by)!r} cannot order rows: {shown(str(values[row]))!r}, "
            f"{table.place(row)}, is neither a number nor a date that is known; write dates as "
            "year-month-day"
        )
    return _whole(table, order_by)


def _no_date(values: pl.Series) -> int:
    """The first text that is no date as most of the others are; the first one if none are."""
    if (form := usual_form(values)) is None:
        return 0
    return int(np.argmax((dates(values, form).is_null() & values.is_not_null()).to_numpy()))


def _refuse_unlearnt(parts: Sequence[Parts], y: np.ndarray, task: Task) -> None:
    """Groups and orders may leave a class without a training row."""
    if task.kind == "regression":
        return
    for one in parts:
        if unseen := sorted(set(y.tolist()) - set(y[one.train].tolist())):
            names = [task.labels[int(i)] if task.labels else f"{i:g}" for i in unseen]
            raise UserError(
                f"no training row has the label {listed(names, word='or')}: all of its rows are "
                "in one group, or late; leave it out, or cut the parts otherwise"
            )


def _said(
    parts: Sequence[Parts], order_by: str | None, shuffle: bool, folds: int | str
) -> list[str]:
    if order_by is None and shuffle:
        return []
    rows = sum(len(part) for part in (parts[0].train, parts[0].validation, parts[0].test))
    by = f"{shown(order_by)}" if order_by else "their place"
    said = [
        f"rows are ordered by {by}: the first {len(parts[0].train) / rows:.0%} train, the next "
        f"{len(parts[0].validation) / rows:.0%} validate, the last {len(parts[0].test) / rows:.0%} "
        "test"
    ]
    if folds not in ("auto", 1):
        said.append(f"one validation part instead of {folds} folds: rows that train come earlier")
    return said


def _fixed(
    rows: Table,
    table: Table,
    target: str,
    group: str | None,
    weights: str | None,
    task: Task,
    notes: list[str],
) -> tuple[Table, np.ndarray, np.ndarray | None]:
    """The rows of a test file, their target, and what they count."""
    for name in filter(None, (target, group, weights)):
        known(name, rows.frame.columns, rows.where)
    notes += rows.notes
    rows, counted = rows_that_count(_with_target(rows, target, notes), weights, notes)
    if group is not None:
        both = set(rows.frame[group].to_list()) & set(table.frame[group].to_list())
        if both:
            raise UserError(
                f"{len(both):,} values of {shown(group)!r}, such as {shown(str(min(both)))!r}, "
                "stand in the table and in the test file; a group belongs into one of them"
            )
    return rows, targets_like(rows, target, task, table.frame[target]), counted
