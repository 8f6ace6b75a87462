"""A gzip CSV as a stream: compressed bytes in, float32 rows out, no intermediate file.

One thread decompresses while Polars parses the block before; between them lie blocks of whole
lines, so memory does not grow with the file. Polars says only that a block is bad. A slow pass
over that one block then finds the line and the column.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError

_CHUNK = 1 << 18
_BLOCK = 1 << 23
# What comes out of a bad stretch of gzip is lost as a whole piece, good rows before it included.
_PIECE = 1 << 16

_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def read_rows(
    chunks: Iterable[bytes], where: str, columns: Sequence[str], rows: int | None = None
) -> tuple[Float32[np.ndarray, "rows features"], Float32[np.ndarray, " rows"]]:
    """Read the first rows of a gzip CSV without header: a 0/1 label, then features.

    Args:
        chunks: the compressed bytes in order, for example from `file_chunks`. No more of them
            are taken than the rows need.
        where: what error messages call the file.
        columns: one name a column, the label's first.
        rows: how many rows to read; None reads all. Fewer come back if there are no more.

    Returns:
        Features and labels of as many rows as there are, at most `rows`.

    Raises:
        UserError: not gzip, corrupt or cut short; a line that does not hold finite numbers in
            every column, or whose label is neither 0 nor 1. Rows behind the ones asked for are
            not looked at.

    Example:
        >>> import gzip
        >>> x, y = read_rows([gzip.compress(b"1,0.5,-2e0\\n0,3,4\\n")], "two.csv.gz", "yab")
        >>> x.tolist(), y.tolist()
        ([[0.5, -2.0], [3.0, 4.0]], [1.0, 0.0])
    """
    x = np.empty((0, len(columns) - 1), np.float32)
    y = np.empty(0, np.float32)
    read = 0
    with closing(read_blocks(chunks, where, columns, rows)) as blocks:
        for block in blocks:
            end = read + len(block)
            if end > len(y):
                # resize moves pages and copies nothing, where joining blocks at the end would
                # hold every row twice.
                room = max(end, len(y) + len(y) // 2)
                x.resize((room, x.shape[1]), refcheck=False)
                y.resize(room, refcheck=False)
            x[read:end] = block[:, 1:]
            y[read:end] = block[:, 0]
            read = end
    x.resize((read, x.shape[1]), refcheck=False)
    y.resize(read, refcheck=False)
    return x, y


def read_blocks(
    chunks: Iterable[bytes], where: str, columns: Sequence[str], rows: int | None = None
) -> Generator[Float32[np.ndarray, "rows columns"], None, None]:
    """Yield the rows that `read_rows` reads as blocks of some 10,000, column after column.

    Args:
        chunks: the compressed bytes in order.
        where: what error messages call the file.
        columns: one name a column, the label's first.
        rows: where to stop; None goes on to the end.

    Yields:
        Arrays in Fortran order, label first, checked: finite everywhere, labels 0 or 1.

    Raises:
        UserError: as `read_rows`.
    """
    texts = _line_blocks(_decompress(chunks, where), where, rows)
    first_line = 1
    with ThreadPoolExecutor(1, thread_name_prefix="gunzip") as pool:
        ahead = deque(pool.submit(next, texts, (b"", 0)) for _ in range(2))
        while True:
            text, lines = ahead.popleft().result()
            if not lines:
                return
            ahead.append(pool.submit(next, texts, (b"", 0)))
            yield _parse(text, lines, first_line, where, columns)
            first_line += lines


def file_chunks(path: Path | str) -> Iterator[bytes]:
    """Yield the bytes of a local file in order.

    Args:
        path: the file.

    Yields:
        Chunks of some 256 kB.

    Raises:
        UserError: no such file, a folder, or no permission.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file; check the path") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a folder; name the .csv.gz file in it") from error
    except PermissionError as error:
        raise UserError(f"{path}: no permission to read it; change that or copy it") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}; check the path") from error


def _decompress(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError

    member, members, empty = None, 0, True
    for chunk in chunks:
        if empty and not b"\x1f\x8b".startswith(chunk[:2]):
            raise UserError(f"{where}: is not a gzip file; give a CSV packed with gzip (.csv.gz)")
        empty = False
        data = chunk
        while True:
            if member is None:
                # Members follow one another; tapes and some servers pad the end with zeros.
                data = data.lstrip(b"\0") if members else data
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


def _line_blocks(
    texts: Iterable[bytes], where: str, rows: int | None
) -> Iterator[tuple[bytes, int]]:
    """Blocks of whole lines, each with its number of lines, `rows` lines in all."""
    held: list[bytes] = []
    size = lines = done = 0
    for text in texts:
        held.append(text)
        size += len(text)
        lines += _count_lines(text)
        if rows is not None and done + lines >= rows:
            block = b"".join(held)
            ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
            yield block[: ends[rows - done - 1] + 1], rows - done
            return
        if size >= _BLOCK:
            # The last line stays behind: only the end of the file tells whether empty lines
            # after it are trailing ones.
            cut = text.rstrip(b"\r\n").rfind(b"\n") + 1
            if not cut:
                if size > 2 * _BLOCK:
                    raise UserError(
                        f"{where}: line {done + lines + 1} does not end within {_BLOCK:,} bytes; "
                        "give a CSV file"
                    )
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


def _count_lines(text: bytes) -> int:
    # Several times faster than text.count, which looks at one byte at a time.
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord("\n")))


def _parse(
    text: bytes, lines: int, first_line: int, where: str, columns: Sequence[str]
) -> Float32[np.ndarray, "rows columns"]:
    import polars as pl

    try:
        frame = pl.read_csv(
            text, has_header=False, schema=dict.fromkeys(columns, pl.Float32), quote_char=None
        )
    except pl.exceptions.PolarsError:
        return _parse_exactly(text, first_line, where, columns)
    block = frame.to_numpy(order="fortran")
    labels = block[:, 0]
    # A missing value is NaN here.
    if len(block) == lines and np.isfinite(block).all() and ((labels == 0) | (labels == 1)).all():
        return block
    return _parse_exactly(text, first_line, where, columns)


def _parse_exactly(
    text: bytes, first_line: int, where: str, columns: Sequence[str]
) -> Float32[np.ndarray, "rows columns"]:
    rows = []
    for number, line in enumerate(text.removesuffix(b"\n").split(b"\n"), start=first_line):
        fields = line.removesuffix(b"\r").split(b",")
        if len(fields) != len(columns):
            _refuse(where, number, f"{len(fields)} fields instead of {len(columns)}")
        row = []
        for index, field in enumerate(fields):
            problem, value = _number(field)
            if not problem and index == 0 and value not in (0, 1):
                problem = "is neither 0 nor 1"
            if problem:
                shown = field[:24].decode(errors="replace")
                _refuse(
                    where,
                    number,
                    f"column {index + 1} ({columns[index]}): "
                    + (f"{shown!r} {problem}" if field.strip() else "the field is empty"),
                )
            row.append(value)
        rows.append(row)
    return np.asfortranarray(rows, dtype=np.float32)


def _number(field: bytes) -> tuple[str, float]:
    field = field.strip()
    if _NUMBER.fullmatch(field):
        with np.errstate(over="ignore"):
            value = float(np.float32(float(field)))
        return ("" if np.isfinite(value) else "is too large for a 32-bit float"), value
    if field.lower().lstrip(b"+-") in (b"nan", b"inf", b"infinity"):
        return "is not a finite number", 0.0
    return "is not a number", 0.0


def _refuse(where: str, line: int, problem: str) -> NoReturn:
    raise UserError(f"{where}: line {line}: {problem}; mend or remove that line")
