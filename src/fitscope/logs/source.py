"""Bytes to read a log from: a file, compressed or not, standard input, or text in memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from fitscope.errors import UserError

HEAD = 1 << 16  # bytes that a format is told by
IN_MEMORY = 1 << 26  # bytes of standard input that are held in memory; more goes to the disk
LARGEST = 1 << 30  # bytes of a table or a document that is read as a whole
ZSTANDARD = b"\x28\xb5\x2f\xfd"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, eq=False)
class NamedBytes:
    """Bytes with a name.

    Attributes:
        name: what messages call it.
        start: gives the bytes from the beginning, as a stream.
        ending: the ending of its name, small letters, without that of a compression.
    """

    name: str
    start: Callable[[], BinaryIO]
    ending: str = ""

    @cached_property
    def head(self) -> bytes:
        """The first bytes."""
        return self._of_stream(HEAD)

    @property
    def encoding(self) -> str:
        """By its mark at the beginning; UTF-8 without one."""
        return next((code for mark, code in MARKS.items() if self.head.startswith(mark)), "utf-8")

    def whole(self) -> bytes:
        """All bytes.

        Raises:
            UserError: there are too many.
        """
        data = self._of_stream(LARGEST + 1)
        if len(data) > LARGEST:
            raise UserError(f"{self.name}: larger than 1 GiB; cut it to the columns that matter")
        return data

    def _of_stream(self, most: int) -> bytes:
        try:
            with self.start() as stream:
                return stream.read(most)
        except DAMAGED as error:
            raise UserError(f"{self.name}: cannot be read: {_reason(error)}") from None


def of_file(path: Path) -> NamedBytes:
    """A file; gzip, bzip2, xz and Zstandard are undone.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(6)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    for mark, opener in OPENERS.items():
        if magic.startswith(mark):
            return NamedBytes(str(path), partial(opener, path), Path(path.stem).suffix.lower())
    return NamedBytes(str(path), lambda: path.open("rb"), path.suffix.lower())


def of_stream(name: str, stream: BinaryIO) -> NamedBytes:
    """What a pipe gives, kept until it has been read; much of it on the disk."""
    kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (lives as long as the source)
    while block := stream.read(1 << 20):
        kept.write(block)

    def start() -> BinaryIO:
        kept.seek(0)
        return io.BufferedReader(_Kept(kept))

    return NamedBytes(name, start)


def of_text(name: str, text: str) -> NamedBytes:
    """Text in memory."""
    data = text.encode(errors="replace")
    return NamedBytes(name, lambda: io.BytesIO(data))


class _Kept(io.RawIOBase):
    """A stream that others may close without an end to what it reads from."""

    def __init__(self, inner: SpooledTemporaryFile[bytes]) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _zstandard(path: Path) -> bytes:
    """Polars has Zstandard within; the standard library gets it with Python 3.14."""
    import polars as pl

    try:
        frame = pl.read_csv(
            path, has_header=False, separator="\x01", quote_char=None, infer_schema=False
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(f"{path}: cannot be read: {_reason(error)}; try zstd -d") from None
    return "\n".join(line or "" for line in frame.to_series()).encode()


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.splitlines()[0]


OPENERS: dict[bytes, Callable[[Path], BinaryIO]] = {
    b"\x1f\x8b": lambda path: cast(BinaryIO, gzip.GzipFile(path)),
    b"BZh": lambda path: cast(BinaryIO, bz2.BZ2File(path)),
    b"\xfd7zXZ\0": lambda path: cast(BinaryIO, lzma.LZMAFile(path)),  # noqa: SIM115
    ZSTANDARD: lambda path: io.BytesIO(_zstandard(path)),
}
