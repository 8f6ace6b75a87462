"""All HIGGS rows onto this machine: downloaded, checked, kept as a columnar copy."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError
from fitscope.files import writing_error
from fitscope.higgs.columns import write_columns
from fitscope.higgs.gzip_csv import file_chunks, read_blocks
from fitscope.higgs.remote import Unreachable, remote_chunks
from fitscope.higgs.rows import COLUMNS, SHA256, SIZE, URLS, addresses, local_copies

Progress = Callable[[int, int | None], None]
"""Is told how many bytes are done, and of how many, or None where that is not known."""


def fetch(
    progress: Progress | None = None,
    converting: Progress | None = None,
    *,
    size: int | None = None,
    sha256: str | None = None,
) -> Path:
    """Keep a columnar copy of all HIGGS rows in the cache, so that `higgs()` loads at once.

    The compressed file is downloaded beside it first and goes on where it stopped, within this
    call and in a later one. It is deleted once the columnar copy is complete.

    Args:
        progress: told how the download goes.
        converting: told how the conversion goes, in compressed bytes.
        size: bytes that the file must have. For the published file its own size is the default;
            a file at `FITSCOPE_HIGGS_URL` may have any.
        sha256: its checksum in hexadecimal, with a default likewise.

    Returns:
        Path of the columnar copy. If there is one already, nothing is done.

    Raises:
        UserError: no network, a wrong size or checksum, a defect in the rows, or no space left.
    """
    columnar, packed = local_copies()
    if addresses() == URLS:
        size, sha256 = size or SIZE, sha256 or SHA256
    with _alone(columnar):
        if columnar.exists():
            return columnar
        if not packed.exists():
            _download(packed, size, sha256, progress)
        try:
            _convert(packed, columnar, converting)
        except UserError as error:
            if sha256 is None and str(packed) in str(error):  # nothing vouches for the download
                packed.unlink()
                raise UserError(f"{error}; the download was removed, fetch again") from None
            raise
        packed.unlink()
    return columnar


def _download(
    packed: Path, size: int | None, sha256: str | None, progress: Progress | None
) -> None:
    part = packed.with_name(packed.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            if size is None or file.tell() != size:
                _append(file, size, progress)
        _check(part, size, sha256)
        part.replace(packed)
    except Unreachable:  # nothing has come at all
        part.unlink()
        raise
    except OSError as error:
        raise writing_error(error, part) from error


def _append(file: BinaryIO, size: int | None, progress: Progress | None) -> None:
    problem = None
    for url in addresses():
        chunks = remote_chunks(url, start=file.tell(), whole=True, tries=6)
        try:
            with closing(chunks):
                _copy(chunks, file, url, size, progress)
            return
        except Unreachable as error:
            problem = problem or error
    assert problem is not None
    if not file.tell():
        raise problem
    raise UserError(
        f"{problem}; what has come is kept, `fitscope data fetch` goes on from there"
    ) from problem


def _copy(
    chunks: Iterable[tuple[bytes, int | None]],
    file: BinaryIO,
    url: str,
    size: int | None,
    progress: Progress | None,
) -> None:
    done, total = file.tell(), None
    for data, total_now in chunks:
        if total is None and total_now is not None:
            total = total_now
            if size is not None and total != size:
                raise Unreachable(
                    f"{url}: offers a file of {total:,} bytes, not {size:,}; check the address"
                )
            _check_space(Path(file.name), done, total)
        file.write(data)
        done += len(data)
        if progress:
            progress(done, total)


def _check_space(part: Path, done: int, total: int) -> None:
    # The columnar copy takes somewhat less than half of what the compressed file takes.
    needed = total - done + total // 2
    free = shutil.disk_usage(part.parent).free
    if free < needed:
        raise UserError(
            f"{part.parent}: {free / 1e9:,.1f} GB free, {needed / 1e9:,.1f} GB needed; free some "
            "space, or set FITSCOPE_CACHE to a folder on a larger disk"
        )


def _check(part: Path, size: int | None, sha256: str | None) -> None:
    with part.open("rb") as file:
        found = part.stat().st_size
        problem = ""
        if size is not None and found != size:
            problem = f"has {found:,} bytes, not {size:,}"
        elif sha256 is not None and hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            problem = "has another checksum than the published file"
    if problem:
        part.unlink()
        raise UserError(f"{part}: the download {problem} and was removed; fetch again")


def _convert(packed: Path, columnar: Path, progress: Progress | None) -> None:
    done, total = 0, packed.stat().st_size

    def chunks() -> Iterator[bytes]:
        nonlocal done
        for chunk in file_chunks(packed):
            yield chunk
            done += len(chunk)

    def blocks() -> Iterator[Float32[np.ndarray, "rows columns"]]:
        # Told from here and not from chunks(), which runs in another thread.
        with closing(read_blocks(chunks(), str(packed), COLUMNS)) as read:
            for block in read:
                yield block
                if progress:
                    progress(done, total)

    if not write_columns(blocks(), columnar, len(COLUMNS)):
        columnar.unlink()
        raise UserError(f"{packed}: holds no rows; delete it and fetch again")


@contextmanager
def _alone(columnar: Path) -> Iterator[None]:
    """Hold the cache folder's lock: two fetches at once would tread on each other's files."""
    folder = columnar.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        import fcntl
    except OSError as error:
        raise writing_error(error, folder) from error
    except ImportError:  # Windows has none; there nothing keeps two fetches apart
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UserError(f"{columnar}: is being fetched already; wait for that to end") from error
    finally:
        os.close(handle)
