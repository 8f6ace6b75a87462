"""Tables in files: CSV, Parquet, Arrow and Feather, JSON lines, told by ending or by content."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fitscope.data.split import Source
from fitscope.data.table import Table
from fitscope.errors import UserError, reason

if TYPE_CHECKING:
    import polars as pl


def read_file(path: Path) -> Table:
    """Read a table from a file.

    Raises:
        UserError: no such file, damage, ragged rows, two columns of one name.
    """
    import polars as pl

    if not path.exists():
        raise UserError(f"{path}: no such file; check the path")
    if path.is_dir():
        raise UserError(f"{path}: a folder, not a table; name a file in it")
    source = Source("file", str(path.resolve()))
    try:
        return _read(path, source)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({reason(error)})") from None
    except pl.exceptions.PolarsError as error:
        raise UserError(f"{path}: cannot be read as a table ({reason(error)})") from None


def _read(path: Path, source: Source) -> Table:
    import polars as pl

    endings = {ending.lower() for ending in path.suffixes[-2:]}
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise UserError(f"{path}: the file is empty; give one with a line of names and rows")
    if head.startswith(b"PAR1"):
        return Table(pl.read_parquet(path), source)
    if head.startswith(b"ARROW1"):
        return Table(pl.read_ipc(path, memory_map=False), source)
    if head.startswith(b"{") or endings & {".jsonl", ".ndjson"}:
        return Table(pl.read_ndjson(path, infer_schema_length=None), source, first_line=1)
    return Table(read_csv(path), source, first_line=2)


NULLS = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-")


def read_csv(path: Path) -> pl.DataFrame:
    """The rows of a CSV file."""
    import polars as pl

    return pl.read_csv(path, infer_schema_length=None, null_values=list(NULLS))
