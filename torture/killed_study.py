"""Kills at random moments of a study, gone on with until it is complete: the same numbers."""

from __future__ import annotations

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from torture.kills import LIMIT, cases, command, tormented
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "cases", "whole"]
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

    if found := tormented(Random(case["number"]), words, folder, 8.0):
        return found
    if numbers(out) != numbers(whole()):
        return "other numbers than uninterrupted"
    return "" if sums_fit(out) else "its checksums do not fit"


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


def sums_fit(out: Path) -> bool:
    """Whether every file has the checksum that the folder says."""
    words = ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"]
    return subprocess.run(words, cwd=out, check=False).returncode == 0


def _untimed(stored: object) -> object:
    if isinstance(stored, dict):
        return {name: _untimed(value) for name, value in stored.items() if name != "seconds"}
    return [_untimed(one) for one in stored] if isinstance(stored, list) else stored


@cache
def whole() -> Path:
    """The same study, uninterrupted."""
    out = Path(tempfile.mkdtemp(prefix="torture-whole-")) / "out"
    subprocess.run(command(*WORDS, "--out", out), check=True, capture_output=True)
    return out
