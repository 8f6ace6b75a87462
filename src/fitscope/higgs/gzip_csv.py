"""A gzip CSV as a stream: compressed bytes in, float32 rows out, no intermediate file.

One thread decompresses while Polars parses the blocks before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from fitscope.data.on_disk import gathered
from fitscope.errors import UserError
from fitscope.files import refuse_pipe
from fitscope.higgs.csv_rows import parse_block
from fitscope.higgs.gzip_text import line_blocks

_CHUNK = 1 << 18


def read_rows(
    chunks: Iterable[bytes],
    where: str,
    columns: Sequence[str],
    rows: int | None = None,
    packed: bool = True,
) -> tuple[Float32[np.ndarray, "rows features"], Float32[np.ndarray, " rows"]]:
    """Read the first rows of a gzip CSV without header: a 0/1 label, then features.

    Args:
        chunks: the compressed bytes in order, for example from `file_chunks`. No more of them
            are taken than the rows need.
        where: what error messages call the file.
        columns: one name a column, the label's first.
        rows: how many rows to read; None reads all. Fewer come back if there are no more.
        packed: False for a CSV that is not compressed.

    Returns:
        Features and labels of as many rows as there are, at most `rows`.

    Raises:
        UserError: not gzip, corrupt or cut short; a line that does not hold finite numbers in
            every column, or whose label is neither 0 nor 1. Rows behind the ones asked for are
            not looked at.

    Example:
        >>> import gzip
        >>> packed = gzip.compress(b"1,0.5,-2e0\\n0,3,4\\n")
        >>> x, y = read_rows([packed], "two.csv.gz", ("label", "a", "b"))
        >>> x.tolist(), y.tolist()
        ([[0.5, -2.0], [3.0, 4.0]], [1.0, 0.0])
    """
    with closing(read_blocks(chunks, where, columns, rows, packed)) as blocks:
        return gathered(blocks, len(columns), rows)


def read_blocks(
    chunks: Iterable[bytes],
    where: str,
    columns: Sequence[str],
    rows: int | None = None,
    packed: bool = True,
) -> Generator[Float32[np.ndarray, "rows columns"], None, None]:
    """Yield the rows that `read_rows` reads as blocks of some 10,000, column after column.

    Args:
        chunks: the compressed bytes in order.
        where: what error messages call the file.
        columns: one name a column, the label's first.
        rows: where to stop; None goes on to the end.
        packed: False for a CSV that is not compressed.

    Yields:
        Arrays in Fortran order, label first, checked: finite everywhere, labels 0 or 1.

    Raises:
        UserError: as `read_rows`.
    """
    texts = line_blocks(chunks, where, rows, packed)
    first_line = 1
    pool = ThreadPoolExecutor(1, thread_name_prefix="gunzip")
    try:
        ahead = deque(pool.submit(next, texts, (b"", 0)) for _ in range(2))
        while True:
            text, lines = ahead.popleft().result()
            if not lines:
                return
            ahead.append(pool.submit(next, texts, (b"", 0)))
            yield parse_block(text, lines, first_line, where, columns)
            first_line += lines
    finally:
        pool.shutdown(cancel_futures=True)


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
        refuse_pipe(path)
        size = Path(path).stat().st_size  # 0 of what the system makes up, which may never end
        with open(path, "rb", buffering=0) as file:
            while size and (chunk := file.read(_CHUNK)):
                yield chunk
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file; check the path") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a folder; name the .csv.gz file in it") from error
    except PermissionError as error:
        raise UserError(f"{path}: no permission to read it; change that or copy it") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}; check the path") from error
