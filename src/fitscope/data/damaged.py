"""Damaged Parquet and Arrow files, tables and logs alike, in one line whatever Polars does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fitscope.data.panics import Panic, quiet_panics
from fitscope.data.unpacked import WHOLE
from fitscope.errors import UserError, reason


@contextmanager
def readable(where: Path | str, kind: str) -> Iterator[None]:
    """Read such a file within.

    Args:
        where: the file, as messages call it.
        kind: "Parquet" or "Arrow".

    Raises:
        UserError: it could not be read.
    """
    import polars as pl

    try:
        with quiet_panics(damaged(where, kind)):
            yield
    except (OSError, Panic, pl.exceptions.PolarsError) as error:
        raise UserError(f"{where}: no readable {kind} file ({reason(error)}); {WHOLE}") from None


def damaged(where: Path | str, kind: str) -> str:
    """What is said of a file whose damage asks for more memory than there can be."""
    return f"{where}: a damaged {kind} file; {WHOLE}"
