"""Where a command that trains puts its study, and how it is gone on with."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from tempfile import TemporaryFile

from fitscope.errors import UserError
from fitscope.files import LOCK, claim, writing_error


def study_folder(named: Path | None, usual: Path, resume: bool) -> Path:
    """The folder of a command's study: the one that was named, or one of the usual ones.

    Args:
        named: by `--out`.
        usual: such as runs/guide.
        resume: whether a study is gone on with.

    Raises:
        UserError: there is none to go on with, or it could not be written in.
    """
    folder = named or default_folder(usual, resume)
    if resume:
        going_on(folder, named is not None)
    _check_writable(folder)
    return folder


def _check_writable(folder: Path) -> None:
    """Before rows are read and looked at, which may take long; nothing is left behind."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    try:
        TemporaryFile(dir=there).close()
    except OSError as error:
        raise writing_error(error, folder) from error


def default_folder(usual: Path, resume: bool) -> Path:
    """A free folder: the usual one or the next number; with `resume` the newest that is taken.

    A free one is this program's own from now on: two that start at once get two.

    Args:
        usual: such as runs/guide.
        resume: whether a study is gone on with.
    """
    number, folder = 1, usual
    taken: list[Path] = []
    while True:
        if _is_free(folder):
            if resume and taken:
                return taken[-1]
            if claim(folder) and _is_free(folder):
                return folder
        taken.append(folder)
        number += 1
        folder = usual.with_name(f"{usual.name}-{number}")


def _is_free(folder: Path) -> bool:
    """Whether it holds nothing, or only what a study leaves that was stopped before its files."""
    from fitscope.study.checksums import NAME

    if not folder.is_dir():
        return not folder.exists()
    return {one.name for one in folder.iterdir()} <= {LOCK, NAME}


def going_on(folder: Path, named: bool) -> None:
    """Say that a study is started anew where there is none to go on with.

    Args:
        folder: of the study that was to be gone on with.
        named: whether the user named the folder.

    Raises:
        UserError: the folder that was named is not there, or holds something else.
    """
    from fitscope.study.training_folder import check_folder

    if (folder / "study.json").exists():
        return
    if named and not folder.exists():
        raise UserError(
            f"{folder}: no study here to go on with; check the name, or leave --resume out"
        )
    check_folder(folder, resume=True)
    print(f"fitscope: {folder}: nothing to go on with, starting anew", file=sys.stderr)


def again(folder: Path) -> str:
    """The command line that goes on with what was stopped.

    Args:
        folder: of the study.
    """
    words = [word for word in sys.argv[1:] if word != "--resume"]
    if "--out" not in words and not any(word.startswith("--out=") for word in words):
        words += ["--out", str(folder)]
    return shlex.join(["fitscope", *words, "--resume"])
