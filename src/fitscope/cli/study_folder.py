"""Where a command that trains puts its study, and how it is gone on with."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from fitscope.files import LOCK
from fitscope.study.checksums import NAME

NOTHING = {LOCK, NAME}  # what a study leaves that was stopped before its first file


def default_folder(usual: Path, resume: bool) -> Path:
    """A free folder: the usual one or the next number; with `resume` the newest that is taken.

    Args:
        usual: such as runs/guide.
        resume: whether a study is gone on with.
    """
    number, folder = 1, usual
    taken = []
    while folder.exists() and (not folder.is_dir() or {p.name for p in folder.iterdir()} - NOTHING):
        taken.append(folder)
        number += 1
        folder = usual.with_name(f"{usual.name}-{number}")
    return taken[-1] if resume and taken else folder


def again(folder: Path) -> str:
    """The command line that goes on with what was stopped.

    Args:
        folder: of the study.
    """
    words = [word for word in sys.argv[1:] if word != "--resume"]
    if "--out" not in words and not any(word.startswith("--out=") for word in words):
        words += ["--out", str(folder)]
    return shlex.join(["fitscope", *words, "--resume"])
