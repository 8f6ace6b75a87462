"""Kills at random moments of a study, gone on with until it is complete: the same numbers."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from random import Random

from torture.kills import LIMIT, Whole, tormented, uninterrupted
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "whole"]
TEXT = (
    "guide --data simulated --rows 400 --validation 200 --models Tiny,8 --repeats 2 "
    "--max-epochs 150 --patience 150 --batch-size 100"
)
WORDS = TEXT.split()


def attempt(case: Case, folder: Path) -> str:
    """Kill a study some times, the program alone, all of it or one of its workers; go on."""
    out = folder / "out"

    def words() -> list[object]:
        return [*WORDS, "--out", out, *(["--resume"] if out.exists() else [])]

    if found := tormented(Random(case["number"]), words, folder, whole().seconds):
        return found
    return changed(out, whole().path)


def changed(out: Path, meant: Path) -> str:
    """What a study lacks to be the same as another one; nothing if it is."""
    if numbers(out) != numbers(meant):
        return "other numbers than uninterrupted"
    words = ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"]
    fits = subprocess.run(words, cwd=out, check=False).returncode == 0
    return "" if fits else "its checksums do not fit"


def numbers(out: Path) -> object:
    """All that a study has found, but how long it took."""
    import polars as pl

    histories = pl.read_parquet(out / "histories.parquet")
    files = {
        file.relative_to(out).as_posix(): file.read_bytes()
        for file in out.glob("weights/*/*")
        if file.suffix == ".safetensors"
    }
    results = _untimed(json.loads((out / "results.json").read_bytes()))
    return results, histories.to_dict(as_series=False), files


def _untimed(stored: object) -> object:
    if isinstance(stored, dict):
        return {name: _untimed(value) for name, value in stored.items() if name != "seconds"}
    return [_untimed(one) for one in stored] if isinstance(stored, list) else stored


@cache
def whole() -> Whole:
    """The same study, uninterrupted."""
    return uninterrupted(*WORDS)
