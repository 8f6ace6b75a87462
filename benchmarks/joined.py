"""Runs on all rows joined with those of folds, beside the latter alone.

    python benchmarks/joined.py                                 half an hour on one core
    python benchmarks/joined.py --tables wa_churn --splits 0

Of each table 30 % of the rows test; the others are validated on five folds. A learner's five runs
on four fifths of these rows are averaged, then the same with one run and with five runs on all of
them, see `fitscope.examination.refit`. Results go to a file of JSON lines, and what is there is
not computed again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from refits import Case, loss, with_missing
from tables import LEARNERS, load

from fitscope.data.prepared import prepare
from fitscope.examination.ladder import rungs
from fitscope.examination.plan import plan_for
from fitscope.examination.refit import refit_of
from fitscope.learners.base import Learner, Watching
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.estimator.pace import fitted_pace
from fitscope.study.refit import refit_split

SMALL = ("mlc_churn", "credit_data", "hpc_data", "Chile", "ames", "wa_churn")
"""Tables of which an examination makes folds."""
FOLDS = 5
ALONE, ONE, FIVE = "five folds", "one joins", "five join"


def measured(learner: Learner, prepared: Any, seed: int) -> dict[str, float]:
    """Test losses of a learner's three versions; of one without chance one run joins."""
    task, y, splits = prepared.task, prepared.y_test, prepared.splits
    plan = plan_for(len(splits[0].y_train)).for_task(task)

    def fitted(one: Learner, rows: Any, way: Any, run: int) -> Any:
        return one.fit(rows, way, seed=seed, repeats=(run,), watching=Watching())[0]

    def said(one: Learner, state: Any, fold: int) -> np.ndarray:
        return np.asarray(one.predict(state, prepared.encode_test(fold), task), float)

    runs: Any = [fitted(learner, split, plan, fold) for fold, split in enumerate(splits)]
    alone = [said(learner, run.best, fold) for fold, run in enumerate(runs)]
    pace = None
    if isinstance(learner, Estimator) and learner.step == "round":
        pace = learner.pace or fitted_pace(runs[0].last.estimator)
    elif learner.kind == "hgb":
        pace = learner.pace
    whole = [refit_split(split) for split in splits]
    anew = refit_of(learner, runs, len(whole[0].y_train) / len(splits[0].y_train), pace)
    assert anew is not None
    way = plan if anew.epochs is None else replace(plan, max_epochs=anew.epochs, stopping=None)
    count = FOLDS if learner.by_chance else 1
    joining = [
        said(anew.learner, fitted(anew.learner, whole[run], way, run).last, run)
        for run in range(count)
    ]
    return {
        ALONE: loss(alone, y, task),
        ONE: loss([*alone, *joining[:1]], y, task),
        FIVE: loss([*alone, *joining], y, task),
    }


def report(lines: Sequence[Mapping[str, Any]]) -> str:
    """How much of the loss the runs on all rows take away, family by family, as Markdown."""
    head = ["family", "learners and splits", ONE, "does harm", FIVE, "does harm"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    families = [one["learner"].split()[0] for one in lines]
    for name in (*dict.fromkeys(families), "all"):
        seen = [one for one, of in zip(lines, families, strict=True) if name in (of, "all")]
        cells = []
        for way in (ONE, FIVE):
            gains = np.array([1 - one[way] / one[ALONE] for one in seen])
            error = gains.std(ddof=1) / len(gains) ** 0.5 if len(gains) > 1 else np.nan
            cells += [f"{100 * gains.mean():+.2f} ± {100 * error:.2f} %", str((gains < 0).sum())]
        rows.append([name, str(len(seen)), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Measure what is missing, then print the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/joined.jsonl"))
    parser.add_argument("--tables", default=",".join(SMALL))
    parser.add_argument("--splits", default="0,1")
    chosen = parser.parse_args()
    print(report(with_missing(chosen.out, _cases(chosen))))


def _cases(chosen: argparse.Namespace) -> Iterator[Case]:
    for split in map(int, chosen.splits.split(",")):
        for name in chosen.tables.split(","):
            rows = load(name, split)
            prepared = prepare(
                rows.train, rows.target, task=rows.task, test=rows.test, folds=FOLDS, seed=split
            )
            shape = len(prepared.splits[0].y_train), prepared.splits[0].features, prepared.task
            for title, learner in rungs(*shape, LEARNERS).items():
                line = {"table": name, "split": split, "learner": title}
                yield line, partial(measured, learner, prepared, split)


if __name__ == "__main__":
    main()
