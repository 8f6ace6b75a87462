"""Bytes to read a log from: a file, compressed or not, standard input, or text in memory."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import select
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from fitscope.data.members import Members
from fitscope.errors import UserError
from fitscope.files import in_utf8
from fitscope.logs.encodings import encoding_of
from fitscope.logs.zstandard import MAGIC, most_bytes

HEAD = 1 << 16  # bytes that a format is told by
IN_MEMORY = 1 << 26  # bytes of standard input that are held in memory; more goes to the disk
LARGEST = 1 << 27  # bytes of a table that is read as a whole
LARGEST_TEXT = 1 << 36  # bytes of printed text, of which little is held
LARGEST_PIPED = 1 << 30  # bytes of it that come through a pipe, and are kept on the disk
SECONDS = 10.0  # for which a named pipe is waited for
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

    @cached_property
    def encoding(self) -> str:
        """As its beginning tells."""
        return encoding_of(self.head)

    def whole(self) -> bytes:
        """All bytes.

        Raises:
            UserError: there are too many.
        """
        data = self._of_stream(LARGEST + 1)
        if len(data) > LARGEST:
            raise UserError(
                f"{self.name}: larger than {LARGEST >> 20} MiB; cut it to the columns that matter"
            )
        return data

    def text(self) -> BinaryIO:
        """All bytes as a stream, to be read bit by bit.

        Reading it raises a UserError where there are too many.
        """
        return io.BufferedReader(Bounded(self.start(), LARGEST_TEXT, self.name), HEAD)

    def _of_stream(self, most: int) -> bytes:
        try:
            with self.start() as stream:
                return stream.read(most)
        except DAMAGED as error:
            raise UserError(f"{self.name}: cannot be read: {_reason(error)}") from None


def of_file(path: Path) -> NamedBytes:
    """A file; gzip, bzip2, xz and Zstandard are undone.

    Raises:
        UserError: it cannot be read, or is no file.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UserError(f"{path}: is no file; name one")
        if not found.st_size:  # what the system makes up when it is read (/proc) may never end
            return NamedBytes(str(path), io.BytesIO, path.suffix.lower())
        with path.open("rb") as stream:
            magic = stream.read(6)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    for mark, opener in OPENERS.items():
        if magic.startswith(mark):
            return NamedBytes(str(path), partial(opener, path), Path(path.stem).suffix.lower())
    return NamedBytes(str(path), lambda: path.open("rb"), path.suffix.lower())


def of_stream(name: str, stream: Any, most: int = LARGEST_PIPED) -> NamedBytes:
    """What a pipe gives, kept until it has been read; much of it on the disk.

    Raises:
        UserError: it gives more than so many bytes.
    """
    kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (lives as long as the source)
    bounded = Bounded(stream, most, name)
    while block := bounded.read(1 << 20):
        kept.write(block)

    def start() -> BinaryIO:
        kept.seek(0)
        return io.BufferedReader(_Kept(kept))

    return NamedBytes(name, start)


def of_text(name: str, text: str) -> NamedBytes:
    """Text in memory."""
    data = text.encode(errors="replace")
    return NamedBytes(name, lambda: io.BytesIO(data))


def of_pipe(path: Path) -> NamedBytes:
    """What a named pipe, or a device such as /dev/stdin, gives.

    Raises:
        UserError: it cannot be read, or nobody writes to it for some seconds.
    """
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(opened, "rb", buffering=0) as stream:
            # behind /dev/stdin and /dev/fd/63 stands a program, which may take its time
            alone = path.is_fifo() and not path.is_relative_to("/dev")
            if alone and not select.select([stream], [], [], SECONDS)[0]:
                raise UserError(f"{path}: nothing came through this pipe for {SECONDS:g} s")
            os.set_blocking(opened, True)
            device = path.is_char_device() and not stream.isatty()
            return of_stream(str(path), stream, LARGEST if device else LARGEST_PIPED)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None


class Bounded(io.RawIOBase):
    """A stream that is refused where it goes on for too long."""

    def __init__(self, inner: Any, most: int, name: str) -> None:
        self._inner, self._left, self._most, self._name = inner, most, most, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UserError(
                f"{self._name}: goes on beyond {self._most >> 20:,} MiB; "
                "give the part that matters, or a file"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


class _Gzip:
    """`zlib.decompressobj` as the decompressors of bz2 and lzma are."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, most: int) -> bytes:
        found = self._inner.decompress(self._inner.unconsumed_tail + data, most)
        self.needs_input = not self._inner.unconsumed_tail and len(found) < most
        return found


def _opener(member: Callable[[], Any]) -> Callable[[Path], BinaryIO]:
    return lambda path: io.BufferedReader(Members(path, member), HEAD)


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

    with path.open("rb") as stream:
        if most_bytes(stream) > LARGEST:
            raise UserError(f"{path}: holds more than {LARGEST >> 20} MiB; unpack it with zstd -d")
    try:
        with in_utf8(path) as named:
            frame = pl.read_csv(
                named, has_header=False, separator="\x01", quote_char=None, infer_schema=False
            )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(f"{path}: cannot be read: {_reason(error)}; try zstd -d") from None
    return "\n".join(line or "" for line in frame.to_series()).encode()


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.splitlines()[0]


OPENERS: dict[bytes, Callable[[Path], BinaryIO]] = {
    b"\x1f\x8b": _opener(_Gzip),
    b"BZh": _opener(bz2.BZ2Decompressor),
    b"\xfd7zXZ\0": _opener(lzma.LZMADecompressor),
    MAGIC: lambda path: io.BytesIO(_zstandard(path)),
}
