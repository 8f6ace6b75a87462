"""Kills at random moments while simulated rows are written into a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from torture.kills import LIMIT, Whole, tormented, uninterrupted
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "whole"]
WORDS = ("data", "simulate", "--rows", 30_000)


def attempt(case: Case, folder: Path) -> str:
    """Kill `fitscope data simulate` some times; the file is whole then, or not there."""
    file, damaged = folder / "rows.parquet", folder / "damaged.parquet"

    def words() -> list[object]:
        if file.exists():  # written just before the kill; it is not written over
            if file.read_bytes() == whole().path.read_bytes():
                file.unlink()
            else:
                file.rename(damaged)
        return [*WORDS, "--out", file]

    if found := tormented(Random(case["number"]), words, folder, whole().seconds):
        return found
    if damaged.exists():
        return "a file that was not whole was left under its name"
    left = sorted(one.name for one in folder.iterdir() if one != file)
    if left:
        return f"left behind: {left}"
    return "" if file.read_bytes() == whole().path.read_bytes() else "other rows than uninterrupted"


@cache
def whole() -> Whole:
    """The same file, uninterrupted."""
    return uninterrupted(*WORDS, name="rows.parquet")
