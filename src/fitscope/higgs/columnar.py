"""The columnar copy: one float32 `.npy` file, column after column, opened as a memory map."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError
from fitscope.files import replacing, writing_error
from fitscope.higgs.gzip_csv import file_chunks


def write_columns(
    blocks: Iterable[Float32[np.ndarray, "_ columns"]], path: Path, columns: int
) -> int:
    """Write blocks of rows to `path`, whole or not at all, in memory that does not grow.

    How many rows there are is known only at the end, so every column grows in a file of its
    own beside `path`, and the files are then joined.

    Args:
        blocks: rows in Fortran order.
        path: the `.npy` file to write.
        columns: how many columns every block has.

    Returns:
        The number of rows written.

    Raises:
        UserError: no space left, or no permission to write.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "table.npy"
        >>> block = np.asfortranarray([[1, 2], [3, 4]], np.float32)
        >>> write_columns([block, block], path, 2)
        4
        >>> open_columns(path, 2).tolist()
        [[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]
    """
    folder = path.with_name(f".{path.name}.columns")
    parts = [folder / str(index) for index in range(columns)]
    rows = 0
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with ExitStack() as stack:
            files = [stack.enter_context(part.open("wb")) for part in parts]
            for block in blocks:
                for index, file in enumerate(files):
                    file.write(np.ascontiguousarray(block[:, index], "<f4").data)
                rows += len(block)
        header = {"descr": "<f4", "fortran_order": True, "shape": (rows, columns)}
        with replacing(path) as whole, whole.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for part in parts:
                with part.open("rb") as column:
                    shutil.copyfileobj(column, file, 1 << 20)
                part.unlink()
    except OSError as error:
        raise writing_error(error, path) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def open_columns(
    path: Path, columns: int, advice: str = "delete it and fetch again"
) -> Float32[np.ndarray, "rows columns"]:
    """Open a columnar copy as a read-only memory map, which takes milliseconds.

    Args:
        path: a file that `write_columns` wrote, or another float32 table.
        columns: how many columns it must have.
        advice: what to do about a file that is none.

    Returns:
        The table; pages are read from disk when they are looked at.

    Raises:
        UserError: no such file, or no such table in it.
    """
    next(file_chunks(path), b"")  # says what is wrong with a path
    try:
        table = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path}: is no whole .npy file; {advice}") from error
    if not isinstance(table, np.ndarray) or table.dtype != np.float32 or table.ndim != 2:
        raise UserError(f"{path}: holds no float32 table; {advice}")
    if table.shape[1] != columns:
        raise UserError(f"{path}: is no table of {columns} columns; {advice}")
    return table
