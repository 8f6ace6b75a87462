"""Run the simulations behind the pages that say how fitscope judges, and write their results there.

    python -m calibration                 everything that is not done yet; two hours or so
    python -m calibration truth speed     these parts only

The pages are docs/how-verdicts-work.md, docs/how-examinations-work.md, docs/double-descent.md and
docs/checks. What was
trained is kept in the folder of --work, so that an interrupted calibration goes on where it was.
Each part leaves its text there too, and replaces its section of its page with it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"
VERDICTS = {
    "labelled": "Histories that people have labelled",
    "collection": "Histories of every shape",
    "flat": "Curves that are flat",
    "coverage": "Intervals of the best score and of the onset",
    "truth": "Runs of which the truth is known",
    "same": "A model against itself",
    "boosted": "Boosting of which the truth is known",
    "stopper": "Stopping on evidence beside a patience of 200",
    "speed": "Speed",
}
EXAMINATIONS = {
    "folds": "Differences across folds",
    "winner": "The score of the model that was taken",
    "plainest": "Which model is taken",
    "families": "Which family's model is taken",
    "refit": "Rows that are kept for validation",
    "intervals": "Intervals of a mean",
    "more_data": "Would more rows help",
    "costs": "A gap that is said to cost something",
    "forests": "Random forests whose gap costs nothing",
}
DESCENTS = {"descents": "How often a second descent is seen"}
CHECKS = {"checks": "What was planted, and what was not"}
PAGES = {
    "how-verdicts-work.md": VERDICTS,
    "how-examinations-work.md": EXAMINATIONS,
    "double-descent.md": DESCENTS,
    "checks/index.md": CHECKS,
}
HEADINGS = VERDICTS | EXAMINATIONS | DESCENTS | CHECKS


def trained(module: str, work: Path, *options: str) -> None:
    """Train in one process a core; they share the runs."""
    command = [sys.executable, "-m", f"calibration.{module}", "--work", str(work), *options]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        for _ in range(os.cpu_count() or 1)
    ]
    if sum(process.wait() != 0 for process in started):
        sys.exit(f"calibration: {' '.join(command)} failed")


def labelled(options: argparse.Namespace) -> str:
    """Labelled histories."""
    from calibration.labelled import report

    return report(options.labelled)


def simulated(part: str) -> Callable[[argparse.Namespace], str]:
    """A part that needs nothing: its module's `report`."""
    return lambda _: import_module(f"calibration.{part}").report()


def collection(_: argparse.Namespace) -> str:
    """Simulated histories of every shape."""
    from calibration.collection.report import report

    return report()


def kept(part: str, option: str) -> Callable[[argparse.Namespace], str]:
    """A part whose runs are trained first, as many as an option says: its module's `report`."""

    def reported(options: argparse.Namespace) -> str:
        module = import_module(f"calibration.{part}")
        trained(part, options.work, f"--{option}", str(getattr(options, option)))
        return module.report(module.stored(options.work))

    return reported


def same(options: argparse.Namespace) -> str:
    """One model against itself."""
    from calibration.self_comparison import outcomes, summary

    return same_report(summary(list(outcomes(options.times))))


def same_report(found: dict) -> str:
    """The table of what `self_comparison.summary` has found."""
    from calibration.self_comparison import REPEATS
    from calibration.table import table

    lines = [
        [
            name,
            f"{share['times']:,}",
            *(
                f"{100 * found[metric][name]['rate']:.1f} "
                f"± {100 * found[metric][name]['rate_error']:.1f} %"
                for metric in found
            ),
        ]
        for name, share in next(iter(found.values())).items()
    ]
    said = (
        f"One model trained with {2 * min(REPEATS)} to {2 * max(REPEATS)} seeds, half of them "
        "compared with the other half, fresh simulated rows each time: called different at the "
        "95 % level."
    )
    return said + "\n\n" + table(["comparisons", "times", *found], lines)


def stopper(options: argparse.Namespace) -> str:
    """Stopping on evidence."""
    from calibration.stopper import replays, report
    from fitscope.stopping import EvidenceStopping

    trained("stopper", options.work, "--seeds", str(options.seeds))
    return report(replays(options.work, EvidenceStopping()))


def checks(options: argparse.Namespace) -> str:
    """Checks on tables."""
    from calibration.checks import report

    trained("checks", options.work, "--splits", str(options.splits))
    return report(options.work)


def speed(_: argparse.Namespace) -> str:
    """Speed, in a process that has one thread."""
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "calibration.speed"]
    return subprocess.run(
        command, cwd=ROOT, env=one, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "labelled": labelled,
    "collection": collection,
    "flat": simulated("flat"),
    "coverage": simulated("coverage"),
    "truth": kept("truth", "runs"),
    "same": same,
    "stopper": stopper,
    "checks": checks,
    "speed": speed,
    **{part: simulated(part) for part in EXAMINATIONS | DESCENTS},
    "costs": kept("costs", "tables"),
    "boosted": kept("boosted", "boosted"),
    "forests": kept("forests", "forests"),
}


def write_page(path: Path, headings: dict[str, str], work: Path) -> None:
    """Put what the parts have left between the page's markers; other parts stay as they are."""
    page = path.read_text() if path.exists() else ""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        sys.exit(f"{path}: needs one line {BEGIN!r} and one line {END!r}")
    before, rest = page.split(BEGIN)
    between, after = rest.split(END)
    said = dict(re.findall(r"^### (.+?)\n(.*?)(?=^### |\Z)", between, re.MULTILINE | re.DOTALL))
    for part, heading in headings.items():
        file = work / f"{part}.md"
        if file.exists():
            said[heading] = file.read_text()
    parts = [
        f"### {heading}\n\n{said[heading].strip()}\n"
        for heading in headings.values()
        if said.get(heading, "").strip()
    ]
    path.write_text(before + BEGIN + "\n\n" + "\n".join(parts) + "\n" + END + after)


def main() -> None:
    """Run the parts asked for, then write the page."""
    parser = argparse.ArgumentParser(
        prog="python -m calibration", description=str(__doc__).splitlines()[0]
    )
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if left out")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "calibration")
    parser.add_argument(
        "--labelled", type=Path, default=ROOT.parent / "shared/data/labelled-histories.parquet"
    )
    parser.add_argument("--runs", type=int, default=400, help="of simulated truth")
    parser.add_argument("--times", type=int, default=1_000, help="a model meets itself")
    parser.add_argument("--splits", type=int, default=20, help="of each real table")
    parser.add_argument("--seeds", type=int, default=5, help="of the guide's models")
    parser.add_argument("--boosted", type=int, default=300, help="runs of boosting")
    parser.add_argument("--forests", type=int, default=5, help="splits of each table of forests")
    parser.add_argument("--tables", type=int, default=20, help="examined for what a gap costs")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    options.work.mkdir(parents=True, exist_ok=True)
    for part in options.parts or PARTS:
        print(f"{HEADINGS[part]} ...", flush=True)
        text = PARTS[part](options)
        (options.work / f"{part}.md").write_text(text + "\n")
        print(text + "\n", flush=True)
    for page, headings in PAGES.items():
        write_page(DOCS / page, headings, options.work)


if __name__ == "__main__":
    main()
