"""Where a command that trains puts its study, and how it is gone on with."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from fitscope.errors import UserError
from fitscope.files import LOCK


def default_folder(usual: Path, resume: bool) -> Path:
    """A free folder: the usual one or the next number; with `resume` the newest that is taken.

    Args:
        usual: such as runs/guide.
        resume: whether a study is gone on with.
    """
    from fitscope.study.checksums import NAME

    nothing = {LOCK, NAME}  # what a study leaves that was stopped before its first file
    number, folder = 1, usual
    taken = []
    while folder.exists() and (not folder.is_dir() or {p.name for p in folder.iterdir()} - nothing):
        taken.append(folder)
        number += 1
        folder = usual.with_name(f"{usual.name}-{number}")
    return taken[-1] if resume and taken else folder


def going_on(folder: Path, named: bool) -> None:
    """Say that a study is started anew where there is none to go on with.

    Args:
        folder: of the study that was to be gone on with.
        named: whether the user named the folder.

    Raises:
        UserError: the folder that was named is not there, or holds something else.
    """
    from fitscope.study.training import check_folder

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
