"""How much a Zstandard file may hold, told before it is unpacked (RFC 8878, sections 3.1.1 f.)."""

from __future__ import annotations

import os
from typing import BinaryIO

MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPED = range(0x184D2A50, 0x184D2A60)  # frames that hold something else
BLOCK = 1 << 17  # bytes that a block holds at most


def most_bytes(stream: BinaryIO) -> int:
    """The most that the frames of a file can hold: 128 kB a block. Damage ends the count.

    Example:
        >>> import io
        >>> empty = bytes([0x20, 0, 1, 0, 0])  # a descriptor, a size of 0, a last, raw block
        >>> most_bytes(io.BytesIO(MAGIC + empty))
        131072
    """
    total = 0
    while len(magic := stream.read(4)) == 4:
        if int.from_bytes(magic, "little") in SKIPPED:
            stream.seek(int.from_bytes(stream.read(4), "little"), os.SEEK_CUR)
            continue
        if magic != MAGIC:
            break
        descriptor = int.from_bytes(stream.read(1), "little")
        single, checked = descriptor >> 5 & 1, descriptor >> 2 & 1
        size = (single, 2, 4, 8)[descriptor >> 6]
        stream.seek((not single) + (0, 1, 2, 4)[descriptor & 3] + size, os.SEEK_CUR)
        last = False
        while not last and len(head := stream.read(3)) == 3:
            number = int.from_bytes(head, "little")
            last, kind, length = bool(number & 1), number >> 1 & 3, number >> 3
            stream.seek(1 if kind == 1 else length, os.SEEK_CUR)  # 1: one byte again and again
            total += max(BLOCK, length)
        stream.seek(4 * checked, os.SEEK_CUR)
    return total
