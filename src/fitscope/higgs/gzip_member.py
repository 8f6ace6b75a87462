"""A gzip member with a comment in its header. Members may follow one another in a file."""

from __future__ import annotations

import struct

_MAGIC, _DEFLATE, _COMMENT = b"\x1f\x8b", 8, 16  # RFC 1952
_HEADER = 10
_LEVEL = 2  # of ISA-L: a higher one packs digits no better


def gzip_member(text: bytes, comment: str) -> bytes:
    """Pack text; the same text gives the same bytes, whenever and wherever.

    Args:
        text: what to pack.
        comment: what the header is to say, in Latin 1.

    Returns:
        A whole gzip file.

    Example:
        >>> import gzip
        >>> packed = gzip_member(b"1,2\\n", "two numbers")
        >>> gzip.decompress(packed), gzip_comment(packed)
        (b'1,2\\n', 'two numbers')
    """
    from isal.isal_zlib import compress, crc32

    header = struct.pack("<2sBBIBB", _MAGIC, _DEFLATE, _COMMENT, 0, 0, 255)
    packed = compress(text, _LEVEL, -15)
    ends = struct.pack("<II", crc32(text), len(text) & 0xFFFFFFFF)
    return b"".join((header, comment.encode("latin-1"), b"\0", packed, ends))


def gzip_comment(start: bytes) -> str:
    """The comment of a gzip file that begins so; empty if it has none, or more than that.

    Args:
        start: its first bytes, a few hundred suffice.

    Returns:
        The comment, if it is the header's only addition.
    """
    if start[:2] != _MAGIC or start[3:4] != bytes([_COMMENT]):
        return ""
    return start[_HEADER:].partition(b"\0")[0].decode("latin-1")
