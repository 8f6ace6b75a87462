"""Checksums of what a study's runs have learnt, so that damaged or exchanged files are noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from fitscope.errors import UserError
from fitscope.files import write_text

if TYPE_CHECKING:
    from fitscope.study.folder import Folder

NAME = "SHA256SUMS"
"""The format is that of `sha256sum`, which checks it: `cd weights && sha256sum -c SHA256SUMS`."""


def write_checksums(folder: Folder) -> None:
    """Write down the SHA-256 of every file below weights/.

    Args:
        folder: of a complete study.
    """
    root = folder.path / "weights"
    files = sorted(file for file in root.rglob("*") if file.is_file() and file.name != NAME)
    lines = [f"{_digest(file.read_bytes())}  {file.relative_to(root).as_posix()}" for file in files]
    if lines:
        write_text(root / NAME, "\n".join(lines) + "\n")


def check_file(folder: Folder, file: Path) -> None:
    """Make sure that a file is the one that was written when its run was trained.

    Nothing is known of the files of studies that were stopped, or that earlier versions wrote.

    Args:
        folder: of the study.
        file: below weights/.

    Raises:
        UserError: it is another one.
    """
    root = folder.path / "weights"
    try:
        lines = (root / NAME).read_text("utf-8").splitlines()
        found = _digest(file.read_bytes())
    except (OSError, UnicodeDecodeError):
        return  # whoever reads the file says what is wrong with it
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wanted = known.get(file.relative_to(root).as_posix())
    if wanted not in (None, found):
        raise UserError(
            f"{file}: damaged, or not the file that was trained here (its SHA-256 is not that in "
            f"{root / NAME}); put the right one back"
        )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
