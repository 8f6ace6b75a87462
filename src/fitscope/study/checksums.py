"""SHA256SUMS: what the lasting files of a study folder must hold, so that damage is noticed.

`sha256sum -c SHA256SUMS` checks a complete study, too.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from fitscope.errors import UserError
from fitscope.files import read_bytes, sync, write_bytes
from fitscope.names import MOST

NAME = "SHA256SUMS"
AT_ONCE = 16  # files that the disk is waited for at once
TRIES = 3  # a file may be written twice between a look at it and at its checksum
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")

Sums = dict[str, tuple[str, ...]]
"""Path in the folder to the checksums that its file may have."""


class Damaged(UserError):
    """A file that does not hold what was written."""


def store(
    root: Path,
    contents: Mapping[Path, bytes],
    *,
    beside: Collection[Path] = (),
    gone: Collection[Path] = (),
) -> None:
    """Write files of a study, each whole, in this order; a power cut does not lose them.

    A new file's checksum stands beside that of the one before it until the next time, and is
    written first: whenever this program is killed, every file has one of its checksums.

    Args:
        root: the study folder.
        contents: file to what it shall hold.
        beside: files that have just been written already.
        gone: files that are no part of the study any more; whoever calls removes them.

    Raises:
        UserError: they cannot be written.
    """
    sums = _read(root)
    for file in contents:
        _settle(root, sums, file)
        known = sums.get(_name(root, file), ())
        new = hashlib.sha256(contents[file]).hexdigest()
        sums[_name(root, file)] = tuple(dict.fromkeys((*known, new)))
    with ThreadPoolExecutor(AT_ONCE) as waiting:  # a disk takes many files as fast as one
        list(waiting.map(sync, beside))
        for file, found in zip(beside, waiting.map(_of_file, beside), strict=True):
            sums[_name(root, file)] = (found,)
        list(waiting.map(sync, {file.parent for file in beside}))
    for file in gone:
        sums.pop(_name(root, file), None)
    _write(root, sums)
    for file, content in contents.items():
        write_bytes(file, content, lasting=True)


def settle(root: Path) -> None:
    """Leave one checksum a file, when nothing is going to be written any more."""
    sums = _read(root)
    for name, known in list(sums.items()):
        if len(known) > 1:
            _settle(root, sums, root / name)
    if sums != _read(root):
        _write(root, sums)


def intact(root: Path, file: Path) -> bytes:
    """What a file holds, if that is what was written; a file without a checksum is taken as it is.

    Args:
        root: the study folder.
        file: one of its files.

    Raises:
        OSError: it is not there or cannot be read.
        Damaged: it holds something else.
    """
    for _ in range(TRIES):
        content = read_bytes(file)
        if _may_be(root, file, hashlib.sha256(content).hexdigest()):
            return content
    raise Damaged(
        f"{file}: damaged, it is not what was written ({NAME} tells); put a whole copy back, or "
        f"remove {NAME} to have every file taken as it is"
    )


def whole(root: Path, file: Path) -> Path:
    """The file itself, if it holds what was written; one that is missing is left to its reader.

    Raises:
        Damaged: it does not.
    """
    if file.exists() and is_lost(root, file):
        raise Damaged(
            f"{file}: damaged, it is not what was written ({NAME} tells); train its run again "
            "with --resume, or put a whole copy back"
        )
    return file


def is_known(root: Path, file: Path) -> bool:
    """Whether a file is one of the study's, as far as SHA256SUMS tells."""
    return _name(root, file) in _read(root)


def is_lost(root: Path, file: Path) -> bool:
    """Whether a file is missing, cannot be read, or holds something other than was written."""
    try:
        if not is_known(root, file):
            return not file.is_file()
        return not any(_may_be(root, file, _of_file(file)) for _ in range(TRIES))
    except OSError:
        return True


def _may_be(root: Path, file: Path, found: str) -> bool:
    """Whether a file's checksum is one of those that it may have; it was taken before these."""
    known = _read(root).get(_name(root, file))
    return known is None or found in known


def _settle(root: Path, sums: Sums, file: Path) -> None:
    """Forget what a file does not hold, where it may hold one thing or another."""
    name = _name(root, file)
    if len(sums.get(name, ())) > 1:
        try:
            found = _of_file(file)
        except OSError:
            found = None
        if found in sums[name]:
            sums[name] = (found,)


def _name(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()


def _of_file(file: Path) -> str:
    if not file.is_file():  # a pipe would be waited for
        raise FileNotFoundError(file)
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(root: Path, sums: Sums) -> None:
    lines = [f"{one}  {name}\n" for name, known in sorted(sums.items()) for one in known]
    write_bytes(root / NAME, "".join(lines).encode(), lasting=True)


def _read(root: Path) -> Sums:
    """What SHA256SUMS says; nothing where there is none, as of folders of earlier versions."""
    file = root / NAME
    try:
        status = os.stat(file)
        return dict(_parsed(file, status.st_ino, status.st_mtime_ns, status.st_size))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from None


@lru_cache(maxsize=4)
def _parsed(file: Path, *stamp: int) -> Sums:
    del stamp  # of the file's content
    sums: Sums = {}
    for number, line in enumerate(read_bytes(file).decode(errors="replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if not found:
            raise UserError(
                f"{file}: line {number}: damaged; put a whole copy back, or remove the file to "
                "have every file of the study taken as it is"
            )
        sums[found[2]] = (*sums.get(found[2], ()), found[1])
    return sums


def listed_in(root: Path, files: Collection[Path]) -> str:
    """Some files of a study as a sentence names them: "runs/a: rows/x/0.npz and 3 more"."""
    names = list(dict.fromkeys(_name(root, file) for file in files))
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{root}: {', '.join(names[:MOST])}{more}"
