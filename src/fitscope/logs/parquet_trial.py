"""Read a Parquet file from standard input in a process of its own, and say when that has ended.

Polars ends its whole process where a damaged file asks for more memory than an address can name,
which nobody can catch. Whoever hears nothing from here leaves the file alone.
"""

from __future__ import annotations

import io
import sys
from contextlib import suppress

from fitscope.process import PythonProcess


def survived(content: bytes) -> bool:
    """Whether a process that reads these bytes as a Parquet file comes to an end, good or bad.

    Example:
        >>> survived(b"no Parquet file, which can be said")
        True
    """
    child = PythonProcess("fitscope.logs.parquet_trial", fed=True)
    assert child.stdin is not None
    try:
        with suppress(BrokenPipeError):
            child.stdin.write(content)
            child.stdin.close()
        return bool(child.stdout.read())
    finally:
        child.end()


def main() -> None:
    """Read, and say that it has ended."""
    import polars as pl

    with suppress(BaseException):
        pl.scan_parquet(io.BytesIO(sys.stdin.buffer.read())).collect()
    print("ended", flush=True)


if __name__ == "__main__":
    main()
