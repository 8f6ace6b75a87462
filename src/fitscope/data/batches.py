"""Tables, some rows at a time: a file may be larger than memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fitscope.data.csv_layout import HEAD, Layout, find_layout
from fitscope.data.csv_table import called
from fitscope.data.file_parts import (
    ROWS,
    Part,
    columnar,
    columns_of,
    csv_records,
    json_lines,
    records_of,
)
from fitscope.data.source import Source
from fitscope.data.table import Table, read_table, recognised
from fitscope.data.table_file import SEPARATED, read_file, unreadable
from fitscope.data.unpacked import UTF16, ZIP, ZSTD, opened
from fitscope.errors import UserError

if TYPE_CHECKING:
    import polars as pl


class Batch(NamedTuple):
    """Some rows of a table, in its order.

    Attributes:
        table: the columns that were wanted.
        kept: columns that are handed through, as they stand in the file.
        done: what share of the file has been read with them; 0 where nobody knows.
    """

    table: Table
    kept: pl.DataFrame
    done: float


@dataclass(frozen=True, eq=False)
class Batches:
    """A table whose rows are gone through some at a time.

    Attributes:
        given: a path, or a table in memory.
        kind: "csv", "parquet", "arrow", "jsonl" or "memory".
        columns: names of its columns.
        layout: of a CSV file.
    """

    given: Path | Table
    kind: str
    columns: tuple[str, ...]
    layout: Layout | None = None

    @property
    def named(self) -> bool:
        """Whether its columns have names of their own."""
        return self.layout is None or self.layout.header

    @property
    def where(self) -> str:
        """How a message about it begins."""
        return f"{self.given.name} " if isinstance(self.given, Path) else self.given.where

    def called(self, names: Sequence[str]) -> Batches:
        """The same CSV file, its columns called otherwise."""
        assert self.layout is not None
        return replace(self, columns=tuple(names), layout=replace(self.layout, names=tuple(names)))

    def read(
        self, wanted: Sequence[str], texts: Collection[str] = (), kept: Sequence[str] = ()
    ) -> Iterator[Batch]:
        """Go through the rows.

        Args:
            wanted: columns of the tables.
            texts: those that stay texts, whatever they look like.
            kept: columns that are handed through.

        Raises:
            UserError: damage, no rows, a record of another length; the message names the line.
        """
        if isinstance(self.given, Table):
            yield from _of_memory(self.given, wanted, kept)
            return
        path, seen = self.given, 0
        source = Source("file", str(path.resolve()))
        try:
            for rows, raw, done in self._parts(path, wanted, (*texts, *kept), kept):
                if not rows.frame.height:
                    continue
                numbers = rows.numbers
                if rows.first_line is None:
                    numbers = np.arange(seen, seen + rows.frame.height)
                seen += rows.frame.height
                rows = rows._replace(frame=rows.frame.select(wanted), numbers=numbers)
                yield Batch(recognised(rows, source, texts), raw, done)
        except OSError as error:
            raise unreadable(path, error) from None
        if not seen:
            raise UserError(f"{path}: holds no rows; give some")

    def _parts(
        self, path: Path, wanted: Sequence[str], texts: Collection[str], kept: Sequence[str]
    ) -> Iterator[Part]:
        if self.layout is not None:
            return csv_records(path, self.layout, texts, kept)
        if self.kind == "jsonl":
            return json_lines(path, kept)
        return columnar(path, self.kind, wanted, kept)


def batches(given: Any) -> Batches:
    """A table whose rows can be gone through some at a time.

    CSV (plain or packed with gzip), Parquet, Arrow and JSON lines are never in memory as a whole;
    other files, and what is packed with zstd, are.

    Args:
        given: as `fitscope.data.table.read_table` takes it.

    Raises:
        UserError: no such file, or one that is no table.

    Example:
        >>> table = batches({"age": [30, 40], "land": ["DE", "FR"]})
        >>> [batch.table.frame.columns for batch in table.read(["land"])]
        [['land']]
    """
    if not isinstance(given, str | Path):
        return _in_memory(read_table(given))
    path = Path(given).expanduser()
    try:
        if not path.is_file() or not path.stat().st_size:
            read_file(path)  # says what is wrong with it
        return _of_file(path)
    except OSError as error:
        raise unreadable(path, error) from None


def _of_file(path: Path) -> Batches:
    with path.open("rb") as stream:
        head = stream.read(8)
    for begin, kind in ((b"PAR1", "parquet"), (b"ARROW1", "arrow")):
        if head.startswith(begin):
            return Batches(path, kind, tuple(columns_of(path, kind)))
    if head.startswith((b"FEA1", b"\xff\xff\xff\xff", ZIP, ZSTD, *UTF16)):
        return _in_memory(read_table(path))
    with opened(path) as stream:
        text = stream.read(HEAD)
    first = text[:100].lstrip()[:1]
    separated = bool({ending.lower() for ending in path.suffixes[-2:]} & SEPARATED)
    if not text or text.startswith(UTF16) or (first == b"[" and not separated):
        return _in_memory(read_table(path))
    if first == b"{" and not separated:
        whole = text[: text.rfind(b"\n") + 1] or text
        return Batches(path, "jsonl", tuple(records_of(path, whole).columns))
    layout = find_layout(np.frombuffer(text, np.uint8), path, least=1)
    return Batches(path, "csv", tuple(called(layout)), layout)


def _in_memory(table: Table) -> Batches:
    return Batches(table, "memory", tuple(table.frame.columns))


def _of_memory(table: Table, wanted: Sequence[str], kept: Sequence[str]) -> Iterator[Batch]:
    height = table.frame.height
    for begin in range(0, height, ROWS):
        rows = np.arange(begin, min(begin + ROWS, height))
        part = table if height <= ROWS else table.take(rows)
        done = min(1.0, (begin + ROWS) / height)
        yield Batch(replace(part, frame=part.frame.select(wanted)), part.frame.select(kept), done)
