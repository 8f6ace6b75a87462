"""Parquet files of rows: written as the rows come, read no further than asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from fitscope.data.damaged import readable
from fitscope.data.on_disk import gathered
from fitscope.errors import UserError
from fitscope.files import in_utf8, replacing, writing_error
from fitscope.higgs.gzip_csv import file_chunks
from fitscope.higgs.layout import refuse_bad_values

if TYPE_CHECKING:
    import polars as pl

NOTE = "fitscope"
"""Key of the file's metadata under which it says what it is."""

_GROUP = 1 << 17  # rows that are written, or read, at once


def write_parquet(
    blocks: Iterable[Float32[np.ndarray, "_ columns"]],
    path: Path,
    columns: Sequence[str],
    note: str,
) -> None:
    """Write blocks of rows to `path`, whole or not at all, in memory that does not grow.

    Args:
        blocks: the rows in order.
        path: the file.
        columns: one name a column.
        note: what the file's metadata is to say under the key "fitscope".

    Raises:
        UserError: no space left, or no permission to write.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "two.parquet"
        >>> write_parquet([np.array([[1, 2.5]], np.float32)] * 2, path, ("label", "a"), "example")
        >>> read_parquet(path, ("label", "a"))[0].tolist()
        [[2.5], [2.5]]
    """
    with replacing(path) as part:
        part.touch()  # a folder that cannot be written to says so now
        writer = _Writer(part, columns, note)
        try:
            for rows in _grouped(blocks):
                writer.give(rows)
            writer.give(None)
        except BaseException:
            writer.give_up()
            raise
        finally:
            problem = writer.end()
        if isinstance(problem, KeyboardInterrupt):
            raise problem
        if problem is not None:
            raise writing_error(_as_os_error(problem), path) from problem


class _Writer:
    """Polars at work in a thread of its own: in the main one it would not notice Ctrl-C."""

    def __init__(self, part: Path, columns: Sequence[str], note: str) -> None:
        import polars as pl

        self._queue: Queue[np.ndarray | None] = Queue(2)
        self._problem: BaseException | None = None
        self._given_up = False
        self._schema = dict.fromkeys(columns, pl.Float32)
        self._thread = Thread(target=self._write, args=(part, note), daemon=True)
        self._thread.start()

    def give(self, rows: Float32[np.ndarray, "rows columns"] | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(rows, timeout=0.1)
                return
            except Full:
                continue

    def give_up(self) -> None:
        self._given_up = True
        self.give(None)

    def end(self) -> BaseException | None:
        self._thread.join()
        return self._problem

    def _write(self, part: Path, note: str) -> None:
        from polars.io.plugins import register_io_source

        try:
            with in_utf8(part) as named:
                register_io_source(self._frames, schema=self._schema).sink_parquet(
                    named, row_group_size=_GROUP, metadata={NOTE: note}
                )
        except BaseException as error:  # Polars raises Ctrl-C here as well
            self._problem = error

    def _frames(self, *_: object) -> Iterator:
        import polars as pl

        while (rows := self._queue.get()) is not None:
            yield pl.from_numpy(rows, schema=self._schema, orient="row")
        if self._given_up:
            raise InterruptedError


def _grouped(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    held: list[np.ndarray] = []
    for block in blocks:
        held.append(block)
        if sum(map(len, held)) >= _GROUP:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def read_parquet(
    path: Path, columns: Sequence[str], rows: int | None = None
) -> tuple[Float32[np.ndarray, "rows features"], Float32[np.ndarray, " rows"]]:
    """Read the first rows of a Parquet file: a 0/1 label and features, found by their names.

    Args:
        path: the file; may hold further columns.
        columns: one name a column, the label's first.
        rows: how many rows to read; None reads all. Fewer come back if there are no more.

    Returns:
        Features and labels.

    Raises:
        UserError: no such file, no Parquet file, a column that is missing or holds no numbers,
            a value that is missing or not finite, or a label that is neither 0 nor 1.
    """
    import polars as pl

    _refuse_unreadable(path)
    with in_utf8(path) as named:
        with readable(path, "Parquet"):
            frame = pl.scan_parquet(named, glob=False)
            schema = frame.collect_schema()
            there = frame.select(pl.len()).collect().item()
        _check_columns(path, schema, columns)
        count = there if rows is None else min(rows, there)
        frame = frame.select(pl.col(list(columns)).cast(pl.Float32))
        return gathered(_read_blocks(path, frame, columns, count), len(columns), count)


def _read_blocks(
    path: Path, frame: pl.LazyFrame, columns: Sequence[str], count: int
) -> Iterator[Float32[np.ndarray, "rows columns"]]:
    for start in range(0, count, _GROUP):
        with readable(path, "Parquet"):
            some = frame.slice(start, min(_GROUP, count - start)).collect()
        block = some.to_numpy(order="fortran")
        refuse_bad_values(block, start + 1, str(path), columns)
        yield block


def parquet_note(path: Path) -> str | None:
    """What a file that `read_parquet` has read says about itself, if anything."""
    import polars as pl

    with in_utf8(path) as named:
        return pl.read_parquet_metadata(named).get(NOTE)


def _refuse_unreadable(path: Path) -> None:
    if not next(file_chunks(path), b"").startswith(b"PAR1"):
        raise UserError(f"{path}: is not a Parquet file; give one, or a CSV packed with gzip")


def _check_columns(path: Path, schema, columns: Sequence[str]) -> None:
    import polars as pl

    for name in columns:
        if name not in schema:
            raise UserError(
                f"{path}: has no column {name}; name the columns {columns[0]}, {columns[1]}, ..., "
                f"{columns[-1]}, as `fitscope data simulate` does"
            )
        if not (schema[name].is_numeric() or schema[name] == pl.Boolean):
            raise UserError(f"{path}: column {name} holds {schema[name]}, not numbers")


def _as_os_error(problem: BaseException) -> OSError:
    """Polars tells of a full disk in words alone, which hold the system's number."""
    if isinstance(problem, OSError) and problem.errno is not None:
        return problem
    words = " ".join(str(problem).split())
    number = re.search(r"\(os error (\d+)\)", words)
    return OSError(int(number[1]), words) if number else OSError(words[:120])
