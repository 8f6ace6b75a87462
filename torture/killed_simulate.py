"""Kills at random moments while simulated rows are written into a file."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from torture.kills import LIMIT, cases, command, tormented
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "cases", "whole"]
WORDS = ("data", "simulate", "--rows", 30_000, "--out")


def attempt(case: Case, folder: Path) -> str:
    """Kill `fitscope data simulate` some times; the file is whole then, or not there."""
    file = folder / "rows.parquet"

    def words() -> list[object]:
        if file.exists():  # written whole just before the kill; it is not written over
            _ = file.read_bytes() == whole().read_bytes() or file.rename(folder / "damaged.parquet")
            file.unlink(missing_ok=True)
        return [*WORDS, file]

    if found := tormented(Random(case["number"]), words, folder, 5.0):
        return found
    if (folder / "damaged.parquet").exists():
        return "a file that was not whole was left under its name"
    left = sorted(one.name for one in folder.iterdir() if one != file)
    if left:
        return f"left behind: {left}"
    return "" if file.read_bytes() == whole().read_bytes() else "other rows than uninterrupted"


@cache
def whole() -> Path:
    """The same file, uninterrupted."""
    file = Path(tempfile.mkdtemp(prefix="torture-whole-")) / "rows.parquet"
    subprocess.run(command(*WORDS, file), check=True, capture_output=True)
    return file
