"""A table: rows with columns of any type, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Int

from fitscope.data.split import Source
from fitscope.errors import UserError

if TYPE_CHECKING:
    import polars as pl

IN_MEMORY = Source("arrays", "a table given in Python")


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with columns of any type.

    Attributes:
        frame: the columns; numbers, booleans, texts and dates are of Polars' types for them.
        source: where the rows came from.
        notes: what a person should know about how they were read, a sentence each.
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
    first_line: int | None = None
    numbers: Int[np.ndarray, " rows"] | None = None

    def place(self, row: int) -> str:
        """Where a person finds a row: its line in the file, or its number counted from 1."""
        number = row if self.numbers is None else int(self.numbers[row])
        if self.first_line is None:
            return f"row {number + 1:,}"
        return f"line {number + self.first_line:,}"

    def take(self, rows: Int[np.ndarray, " some"]) -> Table:
        """These rows, which keep their places."""
        numbers = rows if self.numbers is None else self.numbers[rows]
        return replace(self, frame=self.frame[rows], numbers=numbers)


def read_table(given: Any, target: str | None = None) -> Table:
    """Read a table.

    Args:
        given: a path (CSV, also packed with gzip or zstd, Parquet, Arrow or Feather, JSON
            lines), a Polars or pandas data frame, a mapping of columns, or a pair of arrays
            (X, y) of which y becomes the last column.
        target: what that column is called; "target" if left out.

    Raises:
        UserError: no such file, damage, ragged rows, two columns of one name.

    Example:
        >>> read_table((np.eye(2), ["no", "yes"])).frame.columns
        ['feature 0', 'feature 1', 'target']
    """
    import polars as pl

    if isinstance(given, Table):
        return given
    if isinstance(given, str | Path):
        from fitscope.data.table_file import read_file

        return read_file(Path(given).expanduser())
    if isinstance(given, pl.LazyFrame):
        given = given.collect()
    from fitscope.data.memory import from_arrays, from_columns, from_pandas

    if isinstance(given, pl.DataFrame):
        return Table(given, IN_MEMORY)
    if type(given).__module__.partition(".")[0] == "pandas":
        return Table(from_pandas(given), IN_MEMORY)
    if isinstance(given, Mapping):
        return Table(from_columns(given), IN_MEMORY)
    if isinstance(given, tuple) and len(given) == 2:
        return Table(from_arrays(*given, target or "target"), IN_MEMORY)
    raise UserError(
        f"a {type(given).__name__} is no table; give a path, a Polars or pandas frame, a mapping "
        "of columns, or a pair of arrays (X, y)"
    )
