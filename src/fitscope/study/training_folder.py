"""The folder that a study is trained in: whether it may be, its study.json, and what is cleared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from fitscope.errors import UserError
from fitscope.files import LOCK, utf8
from fitscope.study import checksums
from fitscope.study.folder import Folder

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument


def check_folder(path: Path, resume: bool) -> None:
    """Make sure that a study may be written to `path`.

    Raises:
        UserError: it holds a study and `resume` is not wanted, or something else.
    """
    folder = Folder(path)
    if path.exists() and not path.is_dir():
        raise UserError(f"{path}: is a file, not a folder; choose another folder")
    if folder.study.exists():
        if not resume:
            raise UserError(
                f"{path}: holds a study already; go on with it by --resume (resume=True), or "
                "choose another folder"
            )
        return
    # these alone are what a study leaves that was stopped before its first file
    ours = {folder.checkpoints, path / LOCK, path / checksums.NAME}
    if path.exists() and not ours.issuperset(path.iterdir()):
        raise UserError(f"{path}: is not empty and holds no study; choose another folder")


def remove_leftovers(path: Path) -> None:
    """Remove what programs left that were killed while they wrote."""
    for leftover in path.rglob(".*.part"):
        leftover.unlink(missing_ok=True)
    for leftover in path.glob(".tensorboard-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def write_document(folder: Folder, document: StudyDocument) -> None:
    """Write study.json, unless it says the same already.

    Raises:
        UserError: it cannot be written.
    """
    # not by Pydantic, which writes no name that is no UTF-8: a table's, for instance
    plain = document.model_dump(mode="json")
    text = utf8(json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    if not folder.study.exists() or folder.study.read_bytes() != text:
        checksums.store(folder.path, {folder.study: text})


def forget_if_empty(folder: Folder) -> None:
    """A new study that failed before it had trained anything leaves nothing to resume."""
    if not folder.results.exists() and not any(folder.checkpoints.glob("*/[0-9]*.npz")):
        for file in (folder.study, folder.folds, folder.path / checksums.NAME):
            file.unlink(missing_ok=True)
        for part in (folder.checkpoints, folder.path / "rows", folder.path / "weights"):
            shutil.rmtree(part, ignore_errors=True)
