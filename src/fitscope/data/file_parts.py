"""Files of tables, part by part: columnar ones by rows, CSV and JSON lines by whole records."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fitscope.data.csv_layout import Layout, whole_records
from fitscope.data.csv_table import Rows, parse_csv
from fitscope.data.damaged import readable
from fitscope.data.panics import Panic, quiet_panics
from fitscope.data.table_file import refuse_line, refuse_scattered
from fitscope.data.unpacked import is_gzip, opened
from fitscope.errors import UserError, reason
from fitscope.files import in_utf8

if TYPE_CHECKING:
    import polars as pl

ROWS = 65_536  # rows of a columnar file that are read at once
BYTES = 16_000_000  # bytes of a text file that are read at once
LONGEST = 2 * BYTES  # bytes of a record


class Part(NamedTuple):
    """Some rows of a file, in its order.

    Attributes:
        rows: the rows.
        kept: columns that are handed through, as they stand in the file.
        done: what share of the file has been read with them.
    """

    rows: Rows
    kept: pl.DataFrame
    done: float


def columns_of(path: Path, kind: str) -> list[str]:
    """Names of the columns of a Parquet or an Arrow file."""
    with readable(path, kind.capitalize()), in_utf8(path) as named:
        return _scan(named, kind).collect_schema().names()


def columnar(path: Path, kind: str, wanted: Sequence[str], kept: Sequence[str]) -> Iterator[Part]:
    """A Parquet or an Arrow file.

    Args:
        path: the file.
        kind: "parquet" or "arrow".
        wanted: columns that are read.
        kept: columns that are handed through.
    """
    import polars as pl

    with in_utf8(path) as named:
        with readable(path, kind.capitalize()):
            lazy = _scan(named, kind)
            height = int(lazy.select(pl.len()).collect().item())
        for begin in range(0, height, ROWS):
            with readable(path, kind.capitalize()):
                frame = lazy.select(*dict.fromkeys((*wanted, *kept))).slice(begin, ROWS).collect()
            yield Part(Rows(frame), frame.select(kept), min(1.0, (begin + ROWS) / height))


def csv_records(
    path: Path, layout: Layout, texts: Collection[str], kept: Sequence[str]
) -> Iterator[Part]:
    """A CSV file, plain or packed with gzip.

    Args:
        path: the file.
        layout: how it is laid out.
        texts: columns that are left as they stand there.
        kept: columns that are handed through.

    Raises:
        UserError: a record of another length; the message names its line.
    """
    lines = 0
    for text, done in _blocks(path):
        rows = parse_csv(path, text, layout, texts, lines)
        raw = rows.frame.clear()
        if kept:  # as they stand: NA may be the code of a country
            every = parse_csv(path, text, layout, rows.frame.columns, lines, nulls=())
            raw = every.frame
        yield Part(rows, raw.select(kept), done)
        lines += text.count(b"\n")
        layout = replace(layout, header=False)


def json_lines(path: Path, kept: Sequence[str]) -> Iterator[Part]:
    """A file of one JSON object a line; a key that a part of it lacks is missing there.

    Args:
        path: the file.
        kept: columns that are handed through.
    """
    import polars as pl

    lines, known = 0, {}
    for text, done in _blocks(path):
        frame = records_of(path, text, lines)
        lacking = {name: kind for name, kind in known.items() if name not in frame.columns}
        frame = frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in lacking.items())
        known = dict(frame.schema)
        first = None if b"\n\n" in text else lines + 1
        yield Part(Rows(frame, first_line=first), frame.select(kept), done)
        lines += text.count(b"\n")


def records_of(path: Path, text: bytes, before: int = 0) -> pl.DataFrame:
    """Lines of JSON as a frame.

    Args:
        path: the file.
        text: whole lines of it.
        before: lines that stand before them.

    Raises:
        UserError: a line that is no object.
    """
    import polars as pl

    refuse_scattered(path, text)
    try:
        with quiet_panics():
            return pl.read_ndjson(io.BytesIO(text), infer_schema_length=None)
    except (Panic, pl.exceptions.PolarsError) as error:
        refuse_line(path, text, before)
        raise UserError(f"{path}: cannot be read as JSON ({reason(error)}); mend it") from None


def _blocks(path: Path) -> Iterator[tuple[bytes, float]]:
    """Whole records, some megabytes of them, and the share of the file that has been read.

    How long a packed file will be nobody knows before its end: its share stays 0.
    """
    size, plain = path.stat().st_size, not is_gzip(path)
    read, rest = 0, b""
    with opened(path) as stream:
        while new := stream.read(BYTES):
            read += len(new)
            text = rest + new
            end = whole_records(np.frombuffer(text, np.uint8))
            rest = text[end:]
            if len(rest) > LONGEST:
                raise UserError(
                    f"{path}: a record that does not end within {LONGEST:,} bytes; mend it"
                )
            if end:
                yield text[:end], min(1.0, read / size) if plain else 0.0
    if rest:
        yield rest, 1.0


def _scan(path: Path, kind: str) -> pl.LazyFrame:
    import polars as pl

    if kind == "parquet":
        return pl.scan_parquet(path, glob=False)
    return pl.scan_ipc(path, glob=False)
