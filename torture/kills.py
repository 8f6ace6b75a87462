"""Kills at random moments of a study, gone on with until it is complete: the same numbers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from torture.pen import ROOT, Case

TEXT = (
    "guide --data simulated --rows 400 --validation 200 --models Tiny,8 --repeats 2 "
    "--max-epochs 150 --patience 150 --batch-size 100"
)
WORDS = TEXT.split()
MOST = 6  # kills of one study
SECONDS = 120  # for one start, on a busy machine
LIMIT = 900.0  # seconds of a case


def cases(seed: int, count: int) -> Iterator[Case]:
    """Numbers of cases; a case is made of its number alone."""
    return ({"number": seed * 1_000_000 + number} for number in range(count))


def attempt(case: Case, folder: Path) -> str:
    """Kill a study some times, the program alone, all of it or one of its workers; go on."""
    random, out = Random(case["number"]), folder / "out"
    for number in range(random.randrange(1, MOST)):
        how = random.choice(["program", "group", "worker", "Ctrl-C", "terminate"])
        if _killed(out, number > 0, how, random.uniform(0.1, 8.0)):
            break
    ended = subprocess.run(_command(out, out.exists()), capture_output=True, text=True, check=False)
    if ended.returncode or "Traceback" in ended.stderr:
        return f"status {ended.returncode}: {ended.stderr[-300:]}"
    left = [str(file.relative_to(folder)) for file in folder.rglob("*.part")]
    left += ["checkpoints"] if (out / "checkpoints").exists() else []
    if left:
        return f"left behind: {left}"
    if _numbers(out) != _numbers(whole()):
        return "other numbers than uninterrupted"
    checked = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=out, check=False
    )
    return "" if checked.returncode == 0 else "its checksums do not fit"


def _command(out: Path, resume: bool) -> list[str]:
    words = [*WORDS, "--out", str(out), *(["--resume"] if resume else [])]
    return [sys.executable, "-m", "fitscope.cli.entry", *words]


def _killed(out: Path, resume: bool, how: str, after: float) -> bool:
    """Whether the program had ended by itself before it was to be killed."""
    child = subprocess.Popen(
        _command(out, resume and out.exists()),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with child, contextlib.suppress(ProcessLookupError):
        try:
            child.wait(timeout=after)
            return child.returncode == 0
        except subprocess.TimeoutExpired:
            below = _children(child.pid)
        number = signal.SIGKILL
        if how in ("Ctrl-C", "terminate"):
            number = signal.SIGINT if how == "Ctrl-C" else signal.SIGTERM
        targets = below[:1] or [child.pid] if how == "worker" else [child.pid]
        targets += below if how == "group" else []
        for target in targets:
            os.kill(target, number)
        child.wait(timeout=SECONDS)
        time.sleep(0.2)  # workers end when they notice
    return False


def _children(parent: int) -> list[int]:
    try:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def _numbers(out: Path) -> object:
    import polars as pl

    results = json.loads((out / "results.json").read_bytes())
    for run in results["runs"]:
        run["seconds"] = 0
    histories = pl.read_parquet(out / "histories.parquet")
    weights = {f.relative_to(out).as_posix(): f.read_bytes() for f in out.rglob("*.safetensors")}
    return results, histories.to_dict(as_series=False), weights


@cache
def whole() -> Path:
    """The same study, uninterrupted."""
    out = Path(tempfile.mkdtemp(prefix="torture-whole-")) / "out"
    subprocess.run(_command(out, False), check=True, capture_output=True)
    return out
