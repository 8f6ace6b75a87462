"""A table: rows with columns of any type, and where they came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.csv_table import NULLS
from fitscope.data.memory import from_arrays, from_columns, from_pandas, is_pandas
from fitscope.data.recognise import recognise
from fitscope.data.source import Source
from fitscope.data.table_file import Rows, read_file
from fitscope.errors import UserError

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Int

IN_MEMORY = Source("arrays", "a table given in Python")
INDEX = ("", "Unnamed: 0", "rownames", "__index_level_0__")
"""What pandas, R and Parquet call the numbers or names of rows that they write into a file."""


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with columns of any type.

    Attributes:
        frame: the columns; numbers, booleans, texts and dates are of Polars' types for them.
        source: where the rows came from.
        notes: what a person should know about how they were read, a sentence each.
        formats: how the dates of a column that held texts were written.
        first_line: the line of the file that holds the first row; None where rows have no lines.
        numbers: the number of each row in the source, from 0; None where nothing was left out.

    Example:
        >>> table = read_table({"age": [30, 40, 50], "bought": ["no", "yes", "no"]})
        >>> table.frame.shape, table.place(1), table.take(np.array([2])).place(0)
        ((3, 2), 'row 2', 'row 3')
    """

    frame: pl.DataFrame
    source: Source
    notes: tuple[str, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    first_line: int | None = None
    numbers: Int[np.ndarray, " rows"] | None = None

    def place(self, row: int) -> str:
        """Where a person finds a row: its line in the file, or its number counted from 1."""
        number = row if self.numbers is None else int(self.numbers[row])
        if self.first_line is None:
            return f"{self.where}row {number + 1:,}"
        return f"{self.where}line {number + self.first_line:,}"

    @property
    def where(self) -> str:
        """How a message about a file begins: with its name, and a space."""
        return f"{Path(self.source.location).name} " if self.source.kind == "file" else ""

    def take(self, rows: Int[np.ndarray, " some"]) -> Table:
        """These rows, which keep their places."""
        numbers = rows if self.numbers is None else self.numbers[rows]
        return replace(self, frame=self.frame[rows], numbers=numbers)

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns that hold texts, and dates written as such.

        Another table of the same kind is read with these left as they are: a column of "7" and
        "7a" may hold nothing but "7" there.
        """
        import polars as pl

        words = (column.name for column in self.frame if column.dtype == pl.String)
        return (*words, *self.formats)


def read_table(given: Any, target: str = "target", texts: Collection[str] = ()) -> Table:
    """Read a table.

    Texts that are numbers, truths or dates throughout become such; a column of row numbers, as
    pandas and R write it, is left out.

    Args:
        given: a path (CSV, also packed with gzip or zstd, Parquet, Arrow or Feather, JSON lines;
            told by content), a Polars or pandas data frame, a mapping of columns, a pair of
            arrays (X, y) of which y becomes the last column, or a `Table`, which is given back.
        target: what the last column of a pair is called.
        texts: columns that stay texts, whatever they look like.

    Raises:
        UserError: no such file, damage, ragged rows, two columns of one name.

    Example:
        >>> read_table((np.eye(2), ["no", "yes"])).frame.columns
        ['feature 0', 'feature 1', 'target']
    """
    if isinstance(given, Table):
        return given
    if isinstance(given, str | Path):
        path = Path(given).expanduser()
        rows = read_file(path, texts)  # which refuses links that lead nowhere
        return table_of(rows, Source("file", str(path.resolve())), texts)
    return table_of(Rows(_in_memory(given, target)), IN_MEMORY, texts, ("",))


def _in_memory(given: Any, target: str) -> pl.DataFrame:
    import polars as pl

    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if isinstance(given, pl.DataFrame):
        return given
    if is_pandas(given):
        return from_pandas(given)
    if isinstance(given, Mapping):
        return from_columns(given)
    if isinstance(given, tuple) and len(given) == 2:
        return from_arrays(*given, target)
    raise UserError(
        f"a {type(given).__name__} is no table; give a path, a Polars or pandas frame, a mapping "
        "of columns, or a pair of arrays (X, y)"
    )


def table_of(
    rows: Rows, source: Source, texts: Collection[str] = (), nulls: Collection[str] = NULLS
) -> Table:
    """What a file holds as a table, without a column of row numbers; see `recognised`."""
    return recognised(_without_index(rows), source, texts, nulls)


def recognised(
    rows: Rows, source: Source, texts: Collection[str], nulls: Collection[str] = NULLS
) -> Table:
    """Rows as a table: texts that are numbers, truths or dates throughout become such.

    Args:
        rows: what a file holds.
        source: where they came from.
        texts: columns that stay texts, whatever they look like.
        nulls: texts that stand for a missing value.
    """
    told = recognise(rows.frame, texts, nulls, rows.decimal_comma)
    notes = (*rows.notes, *told.notes)
    return Table(told.frame, source, notes, told.formats, rows.first_line, rows.numbers)


def _without_index(rows: Rows) -> Rows:
    """Without a column of row numbers, and with a name for a column that has none."""
    frame, notes = rows.frame, list(rows.notes)
    for name in {*frame.columns[:1], *frame.columns[-1:]} & set(INDEX):
        if frame.width > 1 and frame[name].n_unique() == frame.height:
            frame = frame.drop(name)
            called = f"column {name!r}" if name else "the column without a name"
            notes.append(f"{called} numbers or names the rows and is left out")
    if "" in frame.columns:
        place = f"column_{frame.columns.index('') + 1}"
        frame = frame.rename({"": place})
        notes.append(f"no name stands above {place}, called so by position")
    return rows._replace(frame=frame, notes=tuple(notes))
