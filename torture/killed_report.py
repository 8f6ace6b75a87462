"""Kills at random moments while a study's page and figures are drawn anew."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from torture.killed_study import changed
from torture.killed_study import whole as study
from torture.kills import LIMIT, Whole, taken, tormented
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "whole"]


def attempt(case: Case, folder: Path) -> str:
    """Kill `fitscope report` some times; the last one draws all, and nothing else has changed."""
    out = folder / "out"
    shutil.copytree(whole().path, out)
    if found := tormented(Random(case["number"]), lambda: ["report", out], folder, whole().seconds):
        return found
    if found := changed(out, whole().path):
        return found
    drawn = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    there = whole().path
    meant = {file.relative_to(there).as_posix() for file in there.rglob("*") if file.is_file()}
    lost = {name for name in meant ^ drawn if "tensorboard" not in name and ".lock" not in name}
    return f"drawn or left otherwise: {sorted(lost)}" if lost else ""


@cache
def whole() -> Whole:
    """A study of which nobody kills the report."""
    out = Path(tempfile.mkdtemp(prefix="torture-whole-")) / "out"
    shutil.copytree(study().path, out)
    return Whole(out, taken("report", out))
