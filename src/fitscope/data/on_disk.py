"""Many rows: in files that are mapped, so that memory does not grow with them."""

from __future__ import annotations

import atexit
import mmap
import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped

from fitscope.errors import UserError
from fitscope.files import scratch, writing_error

LARGE = 2**28
"""Bytes of features from which on rows are many: they are kept on disk, and networks read them
while they train. Below it they are in memory, and a row takes the same time."""


class RowFile:
    """A `.npy` file to which rows are appended.

    Args:
        path: the file; its folder is there.
        shape: of a row: () for a number, (features,) for features.
        dtype: of the numbers.

    Raises:
        UserError: it cannot be written.

    Example:
        >>> import tempfile
        >>> file = RowFile(Path(tempfile.mkdtemp()) / "x.npy", (2,))
        >>> for block in ([[1, 2]], [[3, 4], [5, 6]]):
        ...     file.add(np.array(block, np.float32))
        >>> file.mapped().tolist()
        [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: Any = np.float32) -> None:
        self.path, self._shape, self._dtype = path, shape, np.dtype(dtype)
        self.rows = 0
        try:
            self._file = path.open("wb")
            self._header()
        except OSError as error:
            raise writing_error(error, path) from error

    def add(self, block: Shaped[np.ndarray, "rows ..."]) -> None:
        """Append rows.

        Raises:
            UserError: no space left.
        """
        try:
            self._file.write(np.ascontiguousarray(block, self._dtype).data)
        except OSError as error:
            raise writing_error(error, self.path) from error
        self.rows += len(block)

    def mapped(self) -> Shaped[np.ndarray, "rows ..."]:
        """All rows as a read-only memory map; nothing can be appended any more.

        Raises:
            UserError: no space left.
        """
        try:
            self._file.seek(0)
            self._header()
            self.close()
        except OSError as error:
            raise writing_error(error, self.path) from error
        return np.load(self.path, mmap_mode="r" if self.rows else None)

    def close(self) -> None:
        """Nothing can be appended any more; some systems remove no file that is open."""
        self._file.close()

    def _header(self) -> None:
        """NumPy leaves room in it for any number of rows."""
        header = {
            "descr": self._dtype.str,
            "fortran_order": False,
            "shape": (self.rows, *self._shape),
        }
        np.lib.format.write_array_header_1_0(self._file, header)


def gathered(
    blocks: Iterable[Float32[np.ndarray, "_ columns"]], columns: int, rows: int | None = None
) -> tuple[Float32[np.ndarray, "rows features"], Float32[np.ndarray, " rows"]]:
    """Features and labels of blocks of rows: in memory, or mapped where they are many.

    A file of many rows is in the cache folder and gone when this program ends.

    Args:
        blocks: rows with the label in the first column.
        columns: how many columns they have.
        rows: the most that come, where that is known.

    Raises:
        UserError: no space left.

    Example:
        >>> x, y = gathered([np.array([[1, 2, 3], [0, 4, 5]], np.float32)], 3)
        >>> x.tolist(), y.tolist()
        ([[2.0, 3.0], [4.0, 5.0]], [1.0, 0.0])
    """
    held: _Memory | _Files = _Memory(columns - 1, rows)
    if rows is not None and 4 * (columns - 1) * rows > LARGE:
        refuse_too_full(_folder(), 4 * columns * rows)
    for block in blocks:
        if isinstance(held, _Memory) and 4 * (columns - 1) * (held.rows + len(block)) > LARGE:
            held = _Files(*held.whole())
        held.add(block)
    return held.whole()


class _Memory:
    """Features and labels that grow in memory, to so many rows where that is known."""

    def __init__(self, features: int, most: int | None) -> None:
        self.rows, self._most = 0, most
        self._x, self._y = np.empty((0, features), np.float32), np.empty(0, np.float32)

    def add(self, block: Float32[np.ndarray, "_ columns"]) -> None:
        end = self.rows + len(block)
        if end > len(self._y):
            # For large arrays resize moves pages and copies nothing; joining blocks at the
            # end would hold every row twice.
            room = max(end, len(self._y) + len(self._y) // 8)
            self._resize(room if self._most is None else min(room, self._most))
        self._x[self.rows : end] = block[:, 1:]
        self._y[self.rows : end] = block[:, 0]
        self.rows = end

    def whole(self) -> tuple[np.ndarray, np.ndarray]:
        self._resize(self.rows)
        return self._x, self._y

    def _resize(self, rows: int) -> None:
        self._x.resize((rows, self._x.shape[1]), refcheck=False)
        self._y.resize(rows, refcheck=False)


class _Files:
    """Features and labels that grow in files, from the first ones on."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        folder = _folder()
        name = len(list(folder.glob("*.x.npy")))
        self._x = RowFile(folder / f"{name}.x.npy", x.shape[1:])
        self._y = RowFile(folder / f"{name}.y.npy", ())
        self._x.add(x)
        self._y.add(y)

    def add(self, block: Float32[np.ndarray, "_ columns"]) -> None:
        self._x.add(block[:, 1:])
        self._y.add(block[:, 0])

    def whole(self) -> tuple[np.ndarray, np.ndarray]:
        return self._x.mapped(), self._y.mapped()


def refuse_too_full(path: Path, needed: int, otherwise: str = "ask for fewer rows") -> None:
    """Refuse to write so many bytes where the disk has no room for them.

    Args:
        path: a file or folder, there or not.
        needed: bytes.
        otherwise: what can be done but to free space.

    Raises:
        UserError: says how much there is.
    """
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    disk = shutil.disk_usage(there)
    if disk.total and disk.free < needed:  # what is no disk says zero to everything
        raise UserError(
            f"{path}: {disk.free / 1e6:,.0f} MB free, up to {needed / 1e6:,.0f} MB needed; free "
            f"some space, or {otherwise}"
        )


def will_need(rows: Shaped[np.ndarray, "rows ..."]) -> None:
    """Let the system read rows of a memory map now, and no more than these.

    Whoever touches a page that is not in memory makes it read what lies around, too: 4 MB on some
    disks, of which a block of rows is a hundredth. Nothing is done where rows lie apart, as those
    of a map column after column do.
    """
    base: Any = rows
    while isinstance(base.base, np.ndarray):
        base = base.base
    mapped = isinstance(base, np.memmap) and rows.flags.c_contiguous and rows.nbytes > 0
    if not mapped or not hasattr(mmap, "MADV_WILLNEED"):
        return
    start = _address(base) - base.offset % mmap.ALLOCATIONGRANULARITY
    first = _address(rows) - start
    begin = first - first % mmap.PAGESIZE
    whole: Any = base._mmap  # pyright: ignore[reportAttributeAccessIssue]
    whole.madvise(mmap.MADV_WILLNEED, begin, first + rows.nbytes - begin)


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


@cache
def _folder() -> Path:
    """A folder of this program's own below the cache folder, gone at its end."""
    parent = cache_folder()
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise writing_error(error, parent) from error
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(scratch("rows-", parent))


def cache_folder() -> Path:
    """`FITSCOPE_CACHE` if that is set, else the platform's place for caches."""
    if chosen := os.environ.get("FITSCOPE_CACHE"):
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("fitscope", appauthor=False, opinion=False)
