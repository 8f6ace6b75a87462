"""Kills at random moments of an examination, gone on with until it is complete."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

from torture.killed_study import changed
from torture.kills import LIMIT, WAYS, Whole, tormented, uninterrupted
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "whole"]
FAST = "--target bought --learners hgb --folds 1 --budget 1h --jobs 1"


def attempt(case: Case, folder: Path) -> str:
    """Kill an examination some times; it goes on to the same answer."""
    out = folder / "out"

    def words() -> list[object]:
        begun = (out / "study.json").exists()
        return [*_words(), "--out", out, *(["--resume"] if begun else [])]

    # one without a run, of which the process was killed, decides and trains something else
    ways = [way for way in WAYS if way != "worker"]
    if found := tormented(Random(case["number"]), words, folder, whole().seconds, ways=ways):
        return found
    return changed(out, whole().path)


def _words() -> list[object]:
    return ["examine", _table(), *FAST.split()]


@cache
def _table() -> Path:
    """Rows of which two columns say something of the target."""
    random = np.random.default_rng(0)
    file = Path(tempfile.mkdtemp(prefix="torture-whole-")) / "shop.csv"
    x, z = random.normal(size=(2, 250))
    colours = random.choice(["red", "green", "blue"], 250)
    bought = 3 * x + 2 * (colours == "red") + random.normal(size=250) > 0.7
    rows = zip(x, z, colours, np.where(bought, "yes", "no"), strict=True)
    lines = (f"{a:.6f},{b:.6f},{colour},{said}\n" for a, b, colour, said in rows)
    file.write_text("x,z,colour,bought\n" + "".join(lines))
    return file


@cache
def whole() -> Whole:
    """The same examination, uninterrupted."""
    return uninterrupted(*_words())
