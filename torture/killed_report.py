"""Kills at random moments while a study's page and figures are drawn anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from torture.killed_study import changed, whole
from torture.kills import LIMIT, tormented
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "whole"]


def attempt(case: Case, folder: Path) -> str:
    """Kill `fitscope report` some times; the last one draws all, and nothing else has changed."""
    out = folder / "out"
    shutil.copytree(whole(), out)
    if found := tormented(Random(case["number"]), lambda: ["report", out], folder, 4.0):
        return found
    if found := changed(out, whole()):
        return found
    drawn = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    meant = {f.relative_to(whole()).as_posix() for f in whole().rglob("*") if f.is_file()}
    lost = {name for name in meant ^ drawn if "tensorboard" not in name and ".lock" not in name}
    return f"drawn or left otherwise: {sorted(lost)}" if lost else ""
