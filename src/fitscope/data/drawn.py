"""Rows drawn by chance from a table that may be larger than memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float64, Int

from fitscope.data.batches import Batches
from fitscope.data.csv_table import Rows
from fitscope.data.source import Source
from fitscope.data.table import Table, table_of
from fitscope.errors import UserError
from fitscope.process import free_memory

if TYPE_CHECKING:
    import polars as pl

COPIES = 3
"""A table is held as it is, encoded in its parts, and by the processes that train on it."""


class Drawn(NamedTuple):
    """Rows that were drawn.

    Attributes:
        table: the rows, in their order.
        numbers: which they are of all rows, from 0.
        of: how many there are in all.
    """

    table: Table
    numbers: Int[np.ndarray, " rows"]
    of: int


def drawn(found: Batches, most: int, seed: np.random.SeedSequence) -> Drawn:
    """At most so many rows of a file, all with the same chance, left in their order.

    Each row gets a random number, and those with the smallest stay: the file is gone through once,
    and memory holds twice the rows that are asked for.

    Args:
        found: the file.
        most: how many rows.
        seed: other seeds, other rows.

    Raises:
        UserError: a file that cannot be read, or more rows than memory holds.

    Example:
        >>> from fitscope.data.batches import batches
        >>> rows = batches({"age": list(range(100))})
        >>> table, numbers, of = drawn(rows, 3, np.random.SeedSequence(0))
        >>> table.frame["age"].to_list(), numbers.tolist(), of, table.place(0)
        ([3, 11, 92], [3, 11, 92], 100, 'row 4')
    """
    random = np.random.default_rng(seed)
    held = _Held(most)
    rows, first_line, notes = 0, None, ()
    for batch in found.read(found.columns, texts=found.columns):
        table, height = batch.table, batch.table.frame.height
        if not rows:
            first_line, notes = table.first_line, table.notes
        places = np.arange(height) if table.numbers is None else table.numbers
        if table.first_line is not None and first_line is not None:
            places = places + (table.first_line - first_line)
        which = np.stack([places, np.arange(rows, rows + height)])
        held.add(table.frame, which, random.random(height))
        rows += height
    given = found.given
    source = given.source if isinstance(given, Table) else Source("file", str(given.resolve()))
    frame, (places, numbers) = held.whole()
    comma = found.layout is not None and found.layout.decimal_comma
    table = table_of(Rows(frame, notes, first_line, places, comma), source)
    return Drawn(table, numbers, rows)


class _Held:
    """Rows with the smallest numbers so far."""

    def __init__(self, most: int) -> None:
        self._most, self._below = most, np.inf
        self._frames: list[pl.DataFrame] = []
        self._which: list[np.ndarray] = []
        self._keys: list[np.ndarray] = []

    def add(
        self,
        frame: pl.DataFrame,
        which: Int[np.ndarray, "2 rows"],
        keys: Float64[np.ndarray, " rows"],
    ) -> None:
        stay = keys < self._below
        self._frames.append(frame.filter(stay))
        self._which.append(which[:, stay])
        self._keys.append(keys[stay])
        if sum(map(len, self._keys)) > 2 * self._most:
            self._thin()
        held, free = sum(one.estimated_size() for one in self._frames), free_memory()
        if COPIES * held > free:
            raise UserError(
                f"{sum(map(len, self._keys)):,} rows of {frame.width} columns take "
                f"{COPIES * held / 1e9:,.1f} GB while they are examined, and {free / 1e9:,.1f} GB "
                "are free; draw fewer rows by a shorter --budget (budget=...)"
            )

    def whole(self) -> tuple[pl.DataFrame, np.ndarray]:
        if sum(map(len, self._keys)) > self._most:
            self._thin()
        self._join()
        return self._frames[0], self._which[0]

    def _thin(self) -> None:
        self._join()
        keys = self._keys[0]
        self._below = np.partition(keys, self._most)[self._most]
        stay = keys < self._below
        self._frames = [self._frames[0].filter(stay)]
        self._which, self._keys = [self._which[0][:, stay]], [keys[stay]]

    def _join(self) -> None:
        import polars as pl

        self._frames = [pl.concat(self._frames, how="diagonal_relaxed", rechunk=True)]
        self._which = [np.concatenate(self._which, axis=1)]
        self._keys = [np.concatenate(self._keys)]
