"""Tables in files: CSV, Parquet, Arrow and Feather, JSON lines, told by their content."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from fitscope.data.csv_table import Rows, read_csv
from fitscope.data.damaged import readable
from fitscope.data.panics import Panic, quiet_panics
from fitscope.data.unpacked import unpacked
from fitscope.errors import UserError, reason
from fitscope.files import in_utf8, refuse_pipe
from fitscope.process import free_memory

if TYPE_CHECKING:
    import polars as pl

SEPARATED = {".csv", ".tsv", ".txt"}  # endings of files whose first name may be "{a}"
JSON_TIMES = 3  # its bytes as much memory as they need to be read, at the least
NAMED = re.compile(rb'"((?:[^"\\]|\\.){0,200}+)"\s{0,9}+:')
BLOCK = 1 << 20
MOST_HOLES = 30_000_000
"""Cells of a table of JSON records that may be empty, beside SCATTERED for each that is not."""
SCATTERED = 20


def read_file(path: Path, texts: Collection[str] = ()) -> Rows:
    """Read a table from a file.

    Args:
        path: a file of any of these kinds; CSV and JSON lines may be packed with gzip or zstd.
        texts: columns of a CSV file that are left as they stand there.

    Raises:
        UserError: no such file, damage, ragged rows, two columns of one name, no rows.
    """
    try:
        if not path.exists():
            raise UserError(f"{path}: no such file; check the path")
        if path.is_dir():
            raise UserError(f"{path}: a folder, no table; name a file in it")
        refuse_pipe(path)
        if not path.stat().st_size:  # as of what the system makes up (/proc), which may never end
            raise UserError(f"{path}: the file is empty; give a line of names, and rows")
        with path.open("rb") as stream:
            head = stream.read(8)
        rows = _read(path, head, texts)
    except OSError as error:
        raise unreadable(path, error) from None
    if not rows.frame.height:
        raise UserError(f"{path}: holds no rows; give some")
    return rows


def unreadable(path: Path, error: OSError) -> UserError:
    """The one-line `UserError` for a failed read of `path`."""
    return UserError(f"{path}: cannot be read ({error.strerror or reason(error)})")


def _read(path: Path, head: bytes, texts: Collection[str]) -> Rows:
    import polars as pl

    if head.startswith(b"PAR1"):
        return Rows(_columnar(path, "Parquet", pl.read_parquet))
    if head.startswith(b"ARROW1"):
        return Rows(_columnar(path, "Arrow", pl.read_ipc))
    if head.startswith(b"FEA1"):
        raise UserError(f"{path}: Feather of version 1; write it anew, as version 2 or Parquet")
    if head.startswith(b"\xff\xff\xff\xff"):
        return Rows(_columnar(path, "Arrow", pl.read_ipc_stream))
    text = unpacked(path)
    begin = bytes(memoryview(text)[:100]).lstrip()[:1]
    named = {ending.lower() for ending in path.suffixes[-2:]}
    if begin in (b"{", b"[") and not named & SEPARATED:
        if JSON_TIMES * len(text) > free_memory():
            raise UserError(
                f"{path}: {len(text):,} bytes of JSON, more than the free memory holds as rows; "
                "save it as Parquet or CSV"
            )
        return _json(path, bytes(memoryview(text)))
    return read_csv(path, text, texts)


def _columnar(path: Path, kind: str, read: Callable[[Path], pl.DataFrame]) -> pl.DataFrame:
    with readable(path, kind), in_utf8(path) as named:
        return read(named)


def _json(path: Path, text: bytes) -> Rows:
    import polars as pl

    refuse_scattered(path, text)
    listed = text.lstrip().startswith(b"[")
    read = pl.read_json if listed else pl.read_ndjson
    try:
        with quiet_panics():
            frame = read(io.BytesIO(text), infer_schema_length=None)
    except (Panic, pl.exceptions.PolarsError) as error:
        if not listed:
            refuse_line(path, text)
        raise UserError(f"{path}: cannot be read as JSON ({reason(error)}); mend it") from None
    return Rows(frame, first_line=None if listed or b"\n\n" in text else 1)


def refuse_scattered(path: Path, text: bytes) -> None:
    """Refuse records whose names are hardly ever the same: a table of them is nearly all holes.

    Args:
        path: the file.
        text: records of JSON.

    Raises:
        UserError: most of a large table would hold nothing.
    """
    names, values = set(), 0
    for start in range(0, len(text), BLOCK):
        found = NAMED.findall(text[start : start + BLOCK])
        names.update(found)
        values += len(found)
    cells = len(names) * text.count(b"}")
    if cells > MOST_HOLES + SCATTERED * values:
        raise UserError(
            f"{path}: {len(names):,} names in {text.count(b'}'):,} records, which hardly share "
            "any; give records that have the same names"
        )


def refuse_line(path: Path, text: bytes, before: int = 0) -> None:
    """Name the first line that is no JSON object.

    Args:
        path: the file.
        text: lines of it.
        before: how many stand before them.

    Raises:
        UserError: there is one.
    """
    for number, line in enumerate(text.splitlines()):
        try:
            if line.strip() and not isinstance(json.loads(line), dict):
                raise ValueError("it is no record")
        except (ValueError, RecursionError) as error:
            raise UserError(
                f"{path} line {before + number + 1:,}: no record of JSON ({reason(error)}); mend it"
            ) from None
