"""Packed files as streams: members that follow each other, and what pads them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

BLOCK = 1 << 16  # packed bytes that are read at once
PADDING = 1 << 27  # bytes of zeros that may follow a member


class Members(io.RawIOBase):
    """What a packed file holds, all its members.

    Zeros behind a member, as tapes pad it, are passed over at once, and are no end if there are
    many.

    Args:
        path: the file.
        member: begins to unpack a member, as `bz2.BZ2Decompressor` does.
    """

    def __init__(self, path: Path, member: Callable[[], Any]) -> None:
        self._stream = path.open("rb")
        self._begin, self._member = member, member()
        self._packed = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while True:
            if self._member.eof:
                self._packed = self._behind(self._member.unused_data)
                if not self._packed:
                    return 0
                self._member = self._begin()
            if self._member.needs_input:
                self._packed = self._packed or self._stream.read(BLOCK)
                if not self._packed:
                    raise EOFError("the packed data ends too soon")
            packed, self._packed = self._packed, b""
            if data := self._member.decompress(packed, len(buffer)):
                buffer[: len(data)] = data
                return len(data)

    def _behind(self, packed: bytes) -> bytes:
        """The beginning of what follows the end of a member, but for zeros."""
        packed, padding = packed.lstrip(b"\0"), 0
        while not packed and (block := self._stream.read(BLOCK)):
            packed, padding = block.lstrip(b"\0"), padding + len(block)
            if padding > PADDING:
                raise EOFError("zeros without end behind the packed data")
        return packed

    def close(self) -> None:
        self._stream.close()
        super().close()
