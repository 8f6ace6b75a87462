"""The rows of an examination: all of a table, or as many as its time allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.on_disk import LARGE
from fitscope.errors import UserError
from fitscope.examination.options import Options

if TYPE_CHECKING:
    from fitscope.data.prepared import Prepared
    from fitscope.data.table import Table
    from fitscope.learners.base import Learner

QUICK = 6_000
"""Rows of a quick look at most."""
A_SECOND = 400
"""Rows for each second of the budget at most: with more, hardly a rung would be trained."""
DRAWN = 0x726F7773  # keeps these draws apart from all others of the same seed


def most_rows(options: Options) -> int:
    """How many rows are used at most; no clock decides, so that it is the same again.

    Example:
        >>> from fitscope.examination.options import options
        >>> most_rows(options(target="y")), most_rows(options(target="y", quick=True))
        (120000, 6000)
    """
    most = max(round(A_SECOND * options.budget), QUICK)
    return QUICK if options.quick else most


def thinned(table: Table, most: int, seed: int) -> Table:
    """At most so many rows of a table, drawn by chance and left in their order.

    Args:
        table: the rows.
        most: how many.
        seed: of the examination.
    """
    rows = table.frame.height
    if rows <= most:
        return table
    random = np.random.default_rng(_draw(seed))
    kept = np.sort(random.choice(rows, most, replace=False))
    return _noted(table.take(kept), most, rows)


def thinned_file(path: Path, most: int, seed: int) -> Table:
    """The same of a large file, which is gone through once and never in memory as a whole.

    What its columns are is told from the rows that were drawn.
    """
    from fitscope.data.batches import batches
    from fitscope.data.drawn import drawn

    table, _, rows = drawn(batches(path), most, _draw(seed))
    return table if rows <= most else _noted(table, most, rows)


def _draw(seed: int) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, DRAWN])


def _noted(table: Table, most: int, rows: int) -> Table:
    note = f"{most:,} of {rows:,} rows were drawn, as many as the time is good for"
    return replace(table, notes=(*table.notes, note))


def large_file(options: Options, given: Any = None) -> Path | None:
    """The file of an examination, if it is not to be in memory as a whole; else None."""
    given = options.table if given is None else given
    path = Path(given).expanduser() if isinstance(given, str | Path) else None
    large = path is not None and path.is_file() and path.stat().st_size > LARGE
    return path if large else None


def prepare_table(options: Options, given: Any = None) -> Prepared:
    """Read the table of an examination and make it ready.

    Args:
        options: what was chosen.
        given: the table, where `options.table` names none.

    Raises:
        UserError: anything in the table that a person has to mend.
    """
    from fitscope.data.prepared import prepare
    from fitscope.data.table import read_table

    if given is None and options.table is None:
        raise UserError(
            "the rows were given in Python and lie nowhere; examine them there, by fs.examine"
        )
    most = most_rows(options)
    if file := large_file(options, given):
        table = thinned_file(file, most, options.seed)
    else:
        table = read_table(options.table if given is None else given, options.target)
        table = thinned(table, most, options.seed)
    return prepare(
        table,
        options.target,
        task=options.task,
        drop=options.drop,
        group=options.group,
        order_by=options.order_by,
        weights=options.weights,
        test=options.test,
        folds=options.folds or "auto",
        seed=options.seed,
    )


def as_it_takes_them(
    prepared: Prepared, learner: Learner, given: Any, drop: Sequence[str]
) -> Prepared:
    """The table with rows as a learner of the caller's takes them.

    A pipeline brings its own encoding: it gets the columns as they are, and so does what holds
    one, such as a grid search. So does any other estimator that can take them: they are all
    numbers, and none is missing unless it says that it takes that; or categories that boosting
    libraries take. Every other one gets them encoded.

    Args:
        prepared: the table.
        learner: what is examined.
        given: the table as the caller gave it; None where it was read from a file.
        drop: columns that are left out.
    """
    from fitscope.data.raw import Raw, frame_library, typed_columns
    from fitscope.learners.estimator.estimator import Estimator

    if not isinstance(learner, Estimator):
        return prepared
    typed = typed_columns(given)
    library = frame_library(given)
    raw = Raw.fit(prepared.table, prepared.columns, library, drop, typed)
    gaps = any(column.missing for column in prepared.columns if column.kind != "target")
    if not learner.takes(raw.columns, missing=gaps):
        note = f"{learner.sort} gets the columns encoded, as networks do"
        return replace(prepared, notes=(*prepared.notes, note))
    note = f"{learner.sort} gets the columns as they are"
    return replace(prepared, raw=raw, notes=(*prepared.notes, note))
