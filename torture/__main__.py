"""Torment fitscope, and write what came of it into docs/reliability.md.

python -m torture                        all parts; some hours on two cores
python -m torture logs study --cases 50  these parts, with so many cases each
python -m torture study --more           goes on after the cases that the page counts
python -m torture --seed 7 --no-page     other cases; the page stays as it is
Ctrl-C ends a part and goes on with the next one.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from itertools import islice

from torture.pen import ROOT, Case, tried

PARTS = {  # name to what it is, and how many cases
    "logs": ("mutated logs", 10_000),
    "hostile": ("hostile files, alone and beside a good one", 500),
    "study": ("damage and edits of a study folder", 1_000),
    "servers": ("hostile servers", 100),
    "denied": ("commands without rights, and on full disks", 102),
    "killed_study": ("studies killed up to five times each, and gone on with", 60),
    "killed_report": ("the same of `fitscope report`", 60),
    "killed_simulate": ("the same of `fitscope data simulate`", 60),
    "killed_fetch": ("the same of `fitscope data fetch`", 60),
    "killed_examine": ("the same of `fitscope examine`", 60),
}
PAGE = ROOT / "docs" / "reliability.md"
ROW = "| {what} | {cases:,} | {wrong} | {when} |"


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--cases", type=int, help="how many cases a part")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--more", action="store_true", help="add to the cases of the page")
    parser.add_argument("--no-page", action="store_true", help="leave the page as it is")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        sys.exit(f"torture: no part {sorted(unknown)[0]}; there are {', '.join(PARTS)}")
    failed = False
    for part in given.parts or PARTS:
        what, usual = PARTS[part]
        done, wrong = _counted(part) if given.more else (0, 0)
        before, began = done, time.monotonic()
        module = import_module(f"torture.{part}")
        with suppress(KeyboardInterrupt):  # what was tried until then counts
            cases = getattr(module, "cases", _numbered)(given.seed, given.cases or usual)
            for case, found in tried(part, islice(cases, before, None)):
                done += 1
                if found:
                    wrong += 1
                    print(f"{part} {case}: {found}", flush=True)
        print(
            f"{what}: {done:,} cases, {wrong} wrong; "
            f"the last {done - before:,} took {time.monotonic() - began:.0f} s",
            flush=True,
        )
        failed |= wrong > 0
        if not given.no_page:
            _write(
                part, ROW.format(what=what, cases=done, wrong=wrong, when=time.strftime("%Y-%m-%d"))
            )
    sys.exit(1 if failed else 0)


def _numbered(seed: int, count: int) -> Iterator[Case]:
    """Numbers of cases; a case is made of its number alone."""
    return ({"number": seed * 1_000_000 + number} for number in range(count))


def _counted(part: str) -> tuple[int, int]:
    """How many cases the page counts, and how many of them were wrong."""
    found = _row(part).search(PAGE.read_text(encoding="utf-8"))
    return (int(found[1].replace(",", "")), int(found[2])) if found else (0, 0)


def _write(part: str, row: str) -> None:
    """Replace the part's row of the page's table."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_row(part).sub(lambda _: row, text), encoding="utf-8")


def _row(part: str) -> re.Pattern[str]:
    what = re.escape(PARTS[part][0])
    return re.compile(rf"(?m)^\| {what} \| ([\d,]+) \| (\d+) \|.*$")


if __name__ == "__main__":
    main()
