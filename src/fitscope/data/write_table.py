"""Tables written to a file some rows at a time, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from fitscope.errors import UserError
from fitscope.files import in_utf8, replacing, writing_error

if TYPE_CHECKING:
    import polars as pl

KINDS = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""Endings of files, and what is written into such."""
LINES = ("csv", "jsonl")
ZIPPED = ".gz"
"""Behind the ending of a file of lines."""


def kind_of(path: Path, usual: str) -> str:
    """What a file of that name shall hold.

    Args:
        path: where it shall be.
        usual: what one without an ending holds.

    Raises:
        UserError: another ending.

    Example:
        >>> kind_of(Path("a.PARQUET"), "csv"), kind_of(Path("a"), "csv")
        ('parquet', 'csv')
    """
    if not path.suffix:
        return usual
    zipped = path.suffix.lower() == ZIPPED
    kind = KINDS.get((path.with_suffix("") if zipped else path).suffix.lower())
    if kind is None or (zipped and kind not in LINES):
        raise UserError(f"{path}: unknown ending; name it {', '.join(KINDS)} or .csv{ZIPPED}")
    return kind


@contextmanager
def writing(path: Path, kind: str) -> Iterator[Callable[[pl.DataFrame], None]]:
    """A function that writes rows behind those that it was given before.

    Args:
        path: where the finished file shall be; it is there when the block has succeeded.
        kind: "csv", "jsonl", "parquet" or "arrow".

    Raises:
        UserError: it cannot be written.
    """
    with replacing(path) as part:
        if kind in LINES and path.suffix.lower() == ZIPPED:
            from isal import igzip

            with igzip.open(part, "wb") as packed:
                yield text_writer(cast("IO[bytes]", packed), kind)
        elif kind in LINES:
            with part.open("wb") as stream:
                yield text_writer(stream, kind)
        else:
            with _collected(part, kind) as write:
                yield write


def text_writer(stream: IO[bytes], kind: str = "csv") -> Callable[[pl.DataFrame], None]:
    """A function that writes rows as lines, those of CSV below one line of names.

    Args:
        stream: where to.
        kind: "csv" or "jsonl".
    """
    first = True

    def write(rows: pl.DataFrame) -> None:
        nonlocal first
        if kind == "csv":
            rows.write_csv(stream, include_header=first)
        else:
            rows.write_ndjson(stream)
        first = False

    return write


@contextmanager
def _collected(part: Path, kind: str) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Columnar files end with a table of contents: rows wait beside, and are put together."""
    import polars as pl

    waiting = part.with_name(f"{part.name}s")
    files: list[Path] = []
    try:
        os.mkdir(waiting)
        with in_utf8(waiting) as folder, in_utf8(part) as whole:

            def write(rows: pl.DataFrame) -> None:
                files.append(folder / f"{len(files)}.arrow")
                rows.write_ipc(files[-1])

            yield write
            if not files:
                return
            rows = pl.concat([pl.scan_ipc(file, glob=False) for file in files])
            if kind == "parquet":
                rows.sink_parquet(whole)
            else:
                rows.sink_ipc(whole)
    except pl.exceptions.PolarsError as error:
        raise writing_error(OSError(str(error)), part) from error
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
