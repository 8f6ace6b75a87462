"""fitscope beside other packages that read training logs: what is read, and who is right.

    python benchmarks/log_peers.py      needs ../shared/data/logs; writes benchmarks/logs.md

The others live in an environment of their own (.bench/logs), which is made if it is not there. One
that cannot be installed is named and left out. Only `overfit` or not is compared, the one question
that all of them answer, on logs that a person has labelled good, improving, underfit or overfit.
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT.parent / "shared" / "data" / "logs"
PAGE = ROOT / "benchmarks" / "logs.md"
PACKAGES = {"runmedic": "0.1.1", "finetune-doctor": "0.2.2", "trainspotter": "0.2.6"}
BESIDE = {"trainspotter": ["tbparse>=0.0.8"]}  # its extra for event files
LABELS = ("good", "improving", "underfit", "overfit")
FITSCOPE = "fitscope"


@dataclass(frozen=True)
class Answer:
    """What a program says of one log.

    Attributes:
        severities: of what it found about overfitting; None where it could read nothing.
        seconds: of processor time.
    """

    severities: tuple[str, ...] | None
    seconds: float

    def overfit(self, least: Sequence[str]) -> bool:
        """Whether it says so, with one of these severities."""
        return any(one in least for one in self.severities or ())


def of_fitscope(found: Any) -> tuple[str, ...] | None:
    runs = [one for one in found if "verdict" in one]
    if not runs:
        return None
    return tuple("verdict" for run in runs if run["verdict"] == "overfit")


def of_runmedic(found: Any) -> tuple[str, ...] | None:
    runs = [run for run in found if run["roles"].get("val_loss") or run["findings"]]
    return _severities("check", [one for run in runs for one in run["findings"]], bool(runs))


def of_doctor(found: Any) -> tuple[str, ...] | None:
    return _severities("check", found["findings"], bool(found["run"]["eval_metrics"]))


def of_trainspotter(found: Any) -> tuple[str, ...] | None:
    names = found["run"]["metrics"]
    read = any(word in name for name in names for word in ("eval", "val"))
    return _severities("detector", found["findings"], read)


def _severities(key: str, findings: Sequence[Any], read: bool) -> tuple[str, ...] | None:
    if not read:
        return None
    return tuple(one["severity"].lower() for one in findings if one[key] == "overfitting")


READERS: Mapping[str, tuple[Callable[[str], list[str]], Callable[[Any], Any]]] = {
    FITSCOPE: (lambda log: ["diagnose", log, "--json"], of_fitscope),
    "runmedic": (lambda log: ["diagnose", log, "--json"], of_runmedic),
    "finetune-doctor": (lambda log: ["diagnose", log, "-f", "json"], of_doctor),
    "trainspotter": (lambda log: ["analyze", log, "--output", "json"], of_trainspotter),
}
STRICT, LOOSE = ("verdict", "warning", "error", "critical"), ("verdict", "info", "warning", "error")


def main() -> None:
    if not LOGS.is_dir():
        sys.exit(f"{LOGS}: not there; these logs are no part of the project")
    programs = {
        FITSCOPE: ROOT / ".venv" / "bin" / "fitscope",
        **installed(ROOT / ".bench" / "logs"),
    }
    labelled = [one for part in (LOGS, LOGS / "minimal") for one in expected(part)]
    lines = [*HEAD, "", *table("as they are", programs, labelled, lambda _, log: log)]
    with tempfile.TemporaryDirectory() as folder:
        python = ROOT / ".venv" / "bin" / "python"
        words = [python, Path(__file__).with_name("plain_logs.py"), folder]
        subprocess.run([*words, *(log for log, _ in labelled)], check=True)
        plain = [
            (Path(folder, f"{number}.csv"), label)
            for number, (_, label) in enumerate(labelled)
            if Path(folder, f"{number}.csv").exists()
        ]

        def given(name: str, log: Path) -> Path:
            return log.with_suffix("") / "trainer_state.json" if "doctor" in name else log

        lines += ["", *table("as plain tables", programs, plain, given)]
    missing = [f"{name} {PACKAGES[name]}" for name in PACKAGES if name not in programs]
    if missing:
        lines += ["", f"Could not be installed, and so is missing: {', '.join(missing)}."]
    PAGE.write_text("\n".join(lines) + "\n")
    print(PAGE.read_text())


HEAD = (
    "# Beside other programs that read training logs",
    "",
    "Written by `make bench`. The logs are those that fitscope is developed on, with a person's",
    "labels: a part of them was made because an earlier version failed on it. So this says where",
    "fitscope stands, and not how good it is on logs that nobody has looked at.",
    "",
    "*right*: says overfit where the label does and nothing of it elsewhere, of those it reads;",
    "where the label leaves that open, both are right. Of the others a finding counts",
    "from a warning on, or of any severity, whichever makes more of its answers right. *seconds*:",
    "processor time of one process a log, the median. Plain tables hold the curves that fitscope",
    "judges: CSV, and `trainer_state.json` for finetune-doctor, which reads nothing else.",
)


def table(
    title: str,
    programs: Mapping[str, Path],
    labelled: Sequence[tuple[Path, set[str]]],
    given: Callable[[str, Path], Path],
) -> list[str]:
    """What each program says of the logs, as Markdown."""
    truths = [surely(labels) for _, labels in labelled]
    overfit = sum(truth is True for truth in truths)
    lines = [
        f"{len(labelled)} logs {title}, {overfit} of them overfit:",
        "",
        "| | read | right | false alarms | misses | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, program in programs.items():
        print(f"{title}: {name}", file=sys.stderr, flush=True)
        answers = [ask(name, program, given(name, log)) for log, _ in labelled]
        read = [(a, t) for a, t in zip(answers, truths, strict=True) if a.severities is not None]
        counted = [
            (
                sum(a.overfit(least) and truth is False for a, truth in read),
                sum(not a.overfit(least) and truth is True for a, truth in read),
            )
            for least in (STRICT, LOOSE)
        ]
        alarms, misses = min(counted, key=sum)
        seconds = statistics.median(answer.seconds for answer in answers)
        right = len(read) - alarms - misses
        version = "" if name == FITSCOPE else f" {PACKAGES[name]}"
        cells = (f"{name}{version}", len(read), right, alarms, misses, f"{seconds:.2f}")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def surely(labels: set[str]) -> bool | None:
    """Whether a log is overfit; None where the label leaves that open."""
    says = {label == "overfit" for label in labels if label in LABELS}
    return says.pop() if len(says) == 1 else None


def expected(folder: Path) -> list[tuple[Path, set[str]]]:
    """The logs of a folder that are labelled with a verdict, each with its possible labels."""
    with (folder / "expected.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return [
        (folder / row["path"], {row["expected"], *row["alternatives"].split(";")})
        for row in rows
        if row["expected"] in LABELS
    ]


def ask(name: str, program: Path, log: Path) -> Answer:
    """Give a log to a program."""
    words, read = READERS[name]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, *words(str(log))], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    try:
        return Answer(read(json.loads(done.stdout)), seconds)
    except (ValueError, KeyError, TypeError):
        return Answer(None, seconds)


def installed(folder: Path) -> dict[str, Path]:
    """Install what can be had; name to program."""
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    found = {}
    for name, version in PACKAGES.items():
        wanted = [f"{name}=={version}", *BESIDE.get(name, [])]
        if subprocess.run([*pip, *wanted], check=False).returncode == 0:
            found[name] = folder / "bin" / name
    return found


if __name__ == "__main__":
    main()
