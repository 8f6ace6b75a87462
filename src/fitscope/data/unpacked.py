"""The text of a table's file: mapped into memory, or unpacked where it is packed."""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from fitscope.data.members import Members
from fitscope.errors import UserError
from fitscope.process import free_memory

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
WHOLE = "copy or fetch it again"
PIECE = 1 << 22  # bytes that are unpacked at once


def unpacked(path: Path) -> bytes | mmap.mmap:
    """The bytes of a text file, which may be packed with gzip or zstd.

    Args:
        path: a file that is there and not empty.

    Returns:
        A memory map where nothing had to be unpacked.

    Raises:
        UserError: a packed file that breaks off, another packing, text in UTF-16, or nothing.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
        if head.startswith(ZIP):
            raise UserError(f"{path}: a zip archive or a workbook; unpack it, or save it as CSV")
        if head.startswith(GZIP):
            text: bytes | mmap.mmap = _gunzipped(path)
        elif head == ZSTD:
            text = _unzstd(path)
        else:
            text = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    if bytes(memoryview(text)[:2]) in UTF16:
        raise UserError(f"{path}: text in UTF-16; save the file as UTF-8")
    if not len(text):
        raise UserError(f"{path}: nothing is packed in it; give a line of names, and rows")
    return text


def is_gzip(path: Path) -> bool:
    """Whether a file is packed with gzip, as its first bytes tell."""
    with path.open("rb") as stream:
        return stream.read(len(GZIP)) == GZIP


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A text file, unpacked on the way where it is packed with gzip.

    Raises:
        UserError: a packed file that breaks off or is damaged.
    """
    if not is_gzip(path):
        with path.open("rb") as stream:
            yield stream
        return
    from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError

    member = partial(IgzipDecompressor, flag=DECOMP_GZIP)
    try:
        with io.BufferedReader(Members(path, member)) as stream:
            yield stream
    except EOFError as error:
        raise UserError(f"{path}: the gzip file breaks off: {error}; {WHOLE}") from None
    except IsalError:  # pyright: ignore[reportGeneralTypeIssues] (a slip in its stub)
        raise UserError(f"{path}: the gzip file is damaged; {WHOLE}") from None


def _gunzipped(path: Path) -> bytes:
    whole, free = io.BytesIO(), free_memory()
    with opened(path) as stream:
        while piece := stream.read(PIECE):
            if len(piece) == PIECE and not piece.strip(b"\0"):
                raise UserError(f"{path}: zeros without end are packed in it; {WHOLE}")
            if whole.tell() + PIECE > free:
                raise UserError(
                    f"{path}: more is packed in it than the free memory holds; save it as Parquet"
                )
            whole.write(piece)
    return whole.getvalue()


def _unzstd(path: Path) -> bytes:
    """By Polars, each line as one field without quotes; Python knows zstd from 3.14 on."""
    import polars as pl

    try:
        lines = pl.read_csv(
            path.read_bytes(),
            has_header=False,
            separator="\x01",
            quote_char=None,
            infer_schema=False,
        )
    except pl.exceptions.NoDataError:
        return b""
    except pl.exceptions.PolarsError as error:
        if "utf-8" in str(error):
            raise UserError(f"{path}: not UTF-8; save the file as UTF-8") from None
        raise UserError(f"{path}: the zstd file is damaged; {WHOLE}") from None
    except OSError:
        raise UserError(f"{path}: the zstd file breaks off or is damaged; {WHOLE}") from None
    return "\n".join(lines[:, 0].fill_null("").to_list()).encode()
