"""CSV files: every record checked, read by Polars, nothing dropped in silence."""

from __future__ import annotations

import mmap
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fitscope.data.csv_layout import Layout, count_records, find_layout, refuse_encoding
from fitscope.errors import UserError, reason
from fitscope.files import in_utf8
from fitscope.names import listed

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Int

NULLS = (
    *("", "NA", "N/A", "NaN", "nan", "null", "None", "?", "-"),
    *("NULL", "n/a", "<NA>", "#N/A", "N.A."),
)
"""What stands for a missing value in a file."""
LOOKED_AT = 10_000  # rows from which a column's type is told; if a later row differs, from all


class Rows(NamedTuple):
    """What a file holds.

    Attributes:
        frame: its columns.
        notes: what a person should know about it.
        first_line: the line that holds the first row; None where rows have no lines.
        numbers: how many lines after that each row stands; None where they follow each other.
        decimal_comma: whether numbers have a comma where others have a point.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    first_line: int | None = None
    numbers: Int[np.ndarray, " rows"] | None = None
    decimal_comma: bool = False


def read_csv(path: Path, content: bytes | mmap.mmap, texts: Collection[str] = ()) -> Rows:
    """Read a CSV file.

    Args:
        path: where it is.
        content: its text, see `fitscope.data.unpacked`.
        texts: columns that are left as they stand there, whatever they look like.

    Raises:
        UserError: damage, records of different lengths, two columns of one name, no rows.
    """
    layout = find_layout(np.frombuffer(content, np.uint8), path)
    rows = parse_csv(path, content, layout, texts)
    if not rows.frame.height:
        raise UserError(f"{path}: a line of names and no rows; give some")
    return rows


def parse_csv(
    path: Path,
    content: bytes | mmap.mmap,
    layout: Layout,
    texts: Collection[str] = (),
    before: int = 0,
    nulls: Collection[str] = NULLS,
) -> Rows:
    """Read records whose layout is known.

    Args:
        path: where they are.
        content: records, whole ones; the first holds the names if the layout says so.
        layout: see `fitscope.data.csv_layout`.
        texts: as in `read_csv`.
        before: lines of the file that stand before them.
        nulls: what stands for a missing value.

    Raises:
        UserError: damage, or records of different lengths.
    """
    text = np.frombuffer(content, np.uint8)
    blank, lines, padded = count_records(text, layout, path, before)
    kept = np.flatnonzero(~blank)[layout.header :]
    if not len(kept):
        return Rows(_nothing(layout))
    skipped = int(np.argmin(blank)) + 1 if layout.header else 0
    zeros = {name for at, name in enumerate(called(layout)) if at in padded}
    frame = _parsed(content, layout, path, {*texts, *zeros}, skipped, nulls)
    if frame.height != len(blank) - skipped:
        refuse_encoding(text, path)
        raise UserError(
            f"{path}: {len(kept):,} rows, of which {frame.height:,} could be read; look for "
            "quotes within fields"
        )
    first = int(lines[kept[0]])  # of the lines given
    rows = kept - skipped
    numbers = lines[kept] - first
    if len(rows) < frame.height:
        frame = frame[rows]
    notes = []
    if not layout.header:
        notes.append(
            f"line 1 holds numbers, no names: the columns are called {frame.columns[0]} to "
            f"{frame.columns[-1]}"
        )
    if layout.decimal_comma:
        notes.append("numbers are read with a decimal comma")
    if unnamed := sorted(set(frame.columns) - set(layout.names)):
        notes.append(f"no name stands above {listed(unnamed)}, called so by position")
    follow = np.array_equal(numbers, np.arange(len(numbers)))
    return Rows(
        frame, tuple(notes), before + first + 1, None if follow else numbers, layout.decimal_comma
    )


def called(layout: Layout) -> list[str]:
    """Names of the columns; the first one may have none, where it numbers the rows."""
    return [name or (f"column_{i + 1}" if i else "") for i, name in enumerate(layout.names)]


def _nothing(layout: Layout) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(schema=dict.fromkeys(called(layout), pl.String))


def _parsed(
    content: bytes | mmap.mmap,
    layout: Layout,
    path: Path,
    texts: Collection[str],
    skipped: int,
    nulls: Collection[str],
) -> pl.DataFrame:
    import polars as pl

    names = called(layout)
    given = {name: pl.String for name in names if name in texts}

    def read(infer: bool, named: Path) -> pl.DataFrame:
        return pl.read_csv(
            content if isinstance(content, bytes) else named,  # Polars maps the file itself
            separator=layout.separator,
            has_header=False,
            skip_rows=skipped,
            null_values=list(nulls),
            decimal_comma=layout.decimal_comma,
            infer_schema=infer,
            infer_schema_length=LOOKED_AT,
            new_columns=names,
            schema_overrides=given,
        )

    try:
        with in_utf8(path) as named:
            try:
                return read(True, named)
            except pl.exceptions.ComputeError:
                return read(False, named)
    except pl.exceptions.PolarsError as error:
        refuse_encoding(np.frombuffer(content, np.uint8), path)
        raise UserError(
            f"{path}: cannot be read as CSV ({reason(error)}); look for quotes within fields"
        ) from None
