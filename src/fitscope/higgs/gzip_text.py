"""Text packed with gzip: members with a comment on the way out, blocks of lines on the way in.

Members may follow one another in a file. Memory does not grow with the file.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterable, Iterator

import numpy as np

from fitscope.errors import UserError

_MAGIC, _DEFLATE, _COMMENT = b"\x1f\x8b", 8, 16  # RFC 1952
_HEADER = 10
_LEVEL = 2  # of ISA-L: a higher one packs digits no better
_BLOCK = 1 << 23
# What comes out of a bad stretch of gzip is lost as a whole piece, good rows before it included.
_PIECE = 1 << 16
_PADDING = 1 << 27  # bytes of zeros in all that may follow members


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


def line_blocks(
    chunks: Iterable[bytes], where: str, rows: int | None = None, packed: bool = True
) -> Generator[tuple[bytes, int], None, None]:
    """Yield the text of a gzip file as blocks of whole lines, some 8 MB each.

    Args:
        chunks: the compressed bytes in order. Members may follow one another.
        where: what error messages call the file.
        rows: how many lines to yield in all; no more chunks are taken than they need. None
            goes on to the end. Empty lines at the end of the file do not count.
        packed: False for text as it is.

    Yields:
        A block, every line of it ended by a newline, and its number of lines.

    Raises:
        UserError: empty, not gzip, corrupt or cut short, or a line of more than a block.

    Example:
        >>> import gzip
        >>> list(line_blocks([gzip.compress(b"one\\ntwo\\nthree\\n")], "words.gz", rows=2))
        [(b'one\\ntwo\\n', 2)]
    """
    held: list[bytes] = []
    size = lines = done = 0
    for text in _decompress(chunks, where) if packed else chunks:
        held.append(text)
        size += len(text)
        lines += _count_lines(text)
        if rows is not None and done + lines >= rows:
            block = b"".join(held)
            ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
            block = block[: ends[rows - done - 1] + 1]
            # Only the end of the file tells whether empty lines are trailing ones.
            if not block.endswith((b"\n\n", b"\n\r\n")):
                yield block, rows - done
                return
        if size >= _BLOCK:
            # The last line stays behind, for the same reason. Its beginning is nearly always in
            # the last piece, which saves copying the block once more.
            far = size > 2 * _BLOCK
            if far:
                held = [text := b"".join(held)]
            cut = text.rstrip(b"\r\n").rfind(b"\n") + 1
            if not cut and far:
                raise UserError(
                    f"{where}: line {done + 1} does not end within {_BLOCK:,} bytes; give a CSV "
                    "file"
                )
            if not cut:
                continue
            held[-1], rest = text[:cut], text[cut:]
            rest_lines = _count_lines(rest)
            block = b"".join(held)
            held, size = [rest], len(rest)
            yield block, lines - rest_lines
            done, lines = done + lines - rest_lines, rest_lines
    last = b"".join(held).rstrip(b"\r\n")
    if last:
        yield last + b"\n", last.count(b"\n") + 1


def _decompress(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError

    member, members, padding, empty = None, 0, 0, True
    for chunk in chunks:
        if empty and not b"\x1f\x8b".startswith(chunk[:2]):
            raise UserError(f"{where}: is not a gzip file; give a CSV packed with gzip (.csv.gz)")
        empty = False
        data = chunk
        while True:
            if member is None:
                # Members follow one another; tapes and some servers pad the end with zeros.
                if members:
                    found, data = len(data), data.lstrip(b"\0")
                    padding += found - len(data)
                if padding > _PADDING:
                    raise UserError(
                        f"{where}: nothing but zeros behind the gzip data; get the file again"
                    )
                if not data:
                    break
                member, members = IgzipDecompressor(flag=DECOMP_GZIP), members + 1
            try:
                text = member.decompress(data, _PIECE)
            except IsalError as error:  # pyright: ignore[reportGeneralTypeIssues] (a slip in its stub)
                reason = str(error).split(" ", 2)[-1].lower()
                raise UserError(
                    f"{where}: the gzip data is corrupt ({reason}); get the file again"
                ) from error
            if text:
                yield text
            if member.eof:
                data, member = member.unused_data, None
            elif member.needs_input:
                break
            else:
                data = b""
    if empty:
        raise UserError(f"{where}: is empty; get the file again")
    if member is not None:
        raise UserError(f"{where}: the gzip data ends too soon; get the file again")


def _count_lines(text: bytes) -> int:
    # Several times faster than text.count, which looks at one byte at a time.
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord("\n")))
