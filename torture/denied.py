"""Folders and files that one may not enter, read or write, and disks that are full."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

from torture.killed_study import numbers, whole
from torture.kills import LIMIT, command
from torture.pen import ROOT, Case, wrong

__all__ = ["LIMIT", "attempt", "cases", "whole"]
RIGHTS = "-dac_override,-dac_read_search,-fowner"
ORDINARY = ["setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}"]
"""Before a command of the superuser's: it may pass over modes no more than anybody else."""
NEW = "--data simulated --rows 100 --validation 50 --models 4 --max-epochs 3 --batch-size 50"
LOG = "epoch,loss,val_loss\n" + "".join(f"{at},{1 / at},{1.1 / at}\n" for at in range(1, 20))
COMMANDS = (
    f"guide {NEW} --out PLACE/new",
    f"guide {NEW} --out PLACE/new/deep --resume",
    "guide --resume --out PLACE/study",
    "report PLACE/study",
    "watch PLACE/gone",
    "predict PLACE/study rows.csv",
    "predict study rows.csv --out PLACE/out.csv",
    "export study --histories PLACE/out.parquet",
    "export PLACE/study --histories out.csv",
    "data simulate --rows 3000 --out PLACE/rows.parquet",
    "data simulate --rows 3000 --out PLACE/rows.csv.gz",
    "data describe PLACE/rows.csv",
    "examine PLACE/rows.csv --target y --budget 9s --out examined",
    "examine rows.csv --target y --budget 9s --out PLACE/examined",
    "diagnose PLACE",
    "diagnose PLACE/log.csv",
    "diagnose log.csv --page PLACE/page.html --junit PLACE/tests.xml",
)
PLACES = {"closed": 0o000, "fixed": 0o500, "full": 0o700}
PROGRESS = re.compile(r"(simulated|predicted) [\d,]+ |$")
BYTES = (100, 500, 3_000, 20_000)  # that a file may have on a full disk


def cases(seed: int, count: int) -> Iterator[Case]:
    """Each command in each place, then once more with disks that are less full."""
    every = [
        {"number": seed, "command": words, "place": place, "bytes": size}
        for size in BYTES
        for words in COMMANDS
        for place in PLACES
        if place == "full" or size == BYTES[0]
    ]
    return iter(every[:count])


def attempt(case: Case, folder: Path) -> str:
    """Run a command where it may not do what it would like to."""
    random, place, study = Random(case["number"]), folder / case["place"], whole().path
    place.mkdir()
    for where in (folder, place):
        shutil.copytree(study, where / "study")
        (where / "log.csv").write_text(LOG)
        lines = (",".join(f"{random.random():.4f}" for _ in range(29)) for _ in range(80))
        names = json.loads((study / "study.json").read_bytes())["data"]["feature_names"]
        head = ",".join(["y", *names])
        (where / "rows.csv").write_text("\n".join([head, *lines]) + "\n")
    for one in [*place.rglob("*"), place] if case["place"] == "fixed" else [place]:
        one.chmod(one.stat().st_mode & (0o777 if case["place"] == "full" else 0o555))
    place.chmod(PLACES[case["place"]])
    words = command(*case["command"].replace("PLACE", case["place"]).split())
    ended = subprocess.run(
        [*(ORDINARY if os.geteuid() == 0 else ()), *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=(lambda: _full(case["bytes"])) if case["place"] == "full" else None,
    )
    for one in [place, *place.rglob("*")]:
        one.chmod(0o700)
    found = wrong(ended.returncode, ended.stdout, ended.stderr)
    said = [line for line in ended.stderr.splitlines() if not PROGRESS.match(line)]
    if not found and ended.returncode == 2 and len(said) != 1:
        found = f"not one line: {said}"
    for where in (folder, place):
        if not found and numbers(where / "study") != numbers(study):
            found = "the study has changed"
        if not found and (left := sorted(one.name for one in where.rglob("*.part*"))):
            found = f"left behind: {left}"
    return found and f"{case['command']} ({case['place']}, {case['bytes']}): {found}"


def _full(size: int) -> None:
    """No file of this process and its children grows beyond a size: errors as of a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
