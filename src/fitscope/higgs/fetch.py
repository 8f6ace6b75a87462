"""All HIGGS rows onto this machine: downloaded, checked, kept as a columnar copy."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError
from fitscope.files import clear_leftovers, writing_error
from fitscope.higgs.columnar import write_columns
from fitscope.higgs.gzip_csv import file_chunks, read_blocks
from fitscope.higgs.layout import COLUMNS
from fitscope.higgs.published import PackedFile, local_copies, packed_file
from fitscope.higgs.remote import Unreachable, remote_chunks

Progress = Callable[[int, int | None], None]
"""Is told how many bytes are done, and of how many, or None where that is not known."""


def fetch(progress: Progress | None = None, converting: Progress | None = None) -> Path:
    """Keep a columnar copy of all HIGGS rows in the cache, so that `higgs()` loads at once.

    The compressed file is downloaded beside it first and goes on where it stopped, within this
    call and in a later one. It is deleted once the columnar copy is complete.

    Args:
        progress: told how the download goes.
        converting: told how the conversion goes, in compressed bytes.

    Returns:
        Path of the columnar copy. If there is one already, nothing is done.

    Raises:
        UserError: no network, a wrong size or checksum, a defect in the rows, or no space left.
    """
    file = packed_file()
    columnar, packed = local_copies(file)
    with _alone(columnar):
        if columnar.exists():
            return columnar
        clear_leftovers(columnar)
        if not packed.exists():
            _download(file, packed, progress)
        try:
            _convert(packed, columnar, converting)
        except UserError as error:
            if file.sha256 is None and str(packed) in str(error):  # nothing vouches for it
                packed.unlink()
                raise UserError(f"{error}; the download was removed, fetch again") from None
            raise
        packed.unlink()
    return columnar


def _download(file: PackedFile, packed: Path, progress: Progress | None) -> None:
    part = packed.with_name(packed.name + ".part")
    try:
        with part.open("ab") as stream:
            if file.size is None or stream.tell() != file.size:
                _append(file, stream, progress)
        _check(part, file)
        part.replace(packed)
    except Unreachable:  # nothing has come at all
        part.unlink()
        raise
    except OSError as error:
        raise writing_error(error, part) from error


def _append(file: PackedFile, stream: BinaryIO, progress: Progress | None) -> None:
    problem = None
    for url in file.urls:
        chunks = remote_chunks(url, start=stream.tell(), whole=True, tries=6)
        try:
            with closing(chunks):
                _copy(chunks, stream, url, file.size, progress)
            return
        except Unreachable as error:
            problem = problem or error
    assert problem is not None
    if not stream.tell():
        raise problem
    raise UserError(
        f"{problem}; what has come is kept, `fitscope data fetch` goes on from there"
    ) from problem


def _copy(
    chunks: Iterable[tuple[bytes, int | None]],
    stream: BinaryIO,
    url: str,
    size: int | None,
    progress: Progress | None,
) -> None:
    done, total = stream.tell(), None
    for data, total_now in chunks:
        if total is None and total_now is not None:
            total = total_now
            if size is not None and total != size:
                raise Unreachable(
                    f"{url}: offers a file of {total:,} bytes, not {size:,}; check the address"
                )
            _check_space(Path(stream.name), done, total)
        stream.write(data)
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


def _check(part: Path, file: PackedFile) -> None:
    with part.open("rb") as stream:
        found = part.stat().st_size
        problem = ""
        if file.size is not None and found != file.size:
            problem = f"has {found:,} bytes, not {file.size:,}"
        elif file.sha256 and hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
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
    """Hold a lock beside the copy: two fetches at once would tread on each other's files."""
    from filelock import FileLock, Timeout

    lock = FileLock(columnar.with_name(f".{columnar.stem}.lock"))
    try:
        columnar.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise UserError(f"{columnar}: is being fetched already; wait for that to end") from error
    except OSError as error:
        raise writing_error(error, columnar.parent) from error
    try:
        yield
    finally:
        lock.release()
