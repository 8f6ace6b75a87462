"""Random forests at their defaults on real tables: does their gap cost anything on fresh rows?

Half of each table is fresh: no forest sees it. On the other half a study of the default forest and
of plainer ones is trained and judged; fresh rows show whether a plainer one gains what matters.

    python -m calibration.forests --work runs/calibration --forests 5
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from calibration.alone import alone
from calibration.real_tables import real_table
from calibration.table import share, table

TABLES = (
    "mlc_churn", "wa_churn", "credit_data", "lending_club", "nassCDS", "hpc_data", "Chile",
    "diamonds", "ames",
)  # fmt: skip
PLAINER = ({"min_samples_leaf": 3}, {"min_samples_leaf": 10}, {"max_depth": 8})
ROWS = 6_000  # of a table, half of them fresh
RUNS = 2
SURE = 2.0  # standard errors on fresh rows from which on a gain is one
FOREST = "forest"


@dataclass(frozen=True)
class Seen:
    """One split of one table.

    Attributes:
        table: its name.
        fitted: score of the forest on its training rows: accuracy, or the share of variance.
        said: "costs", "perhaps" or "nothing".
        gain: the most that a plainer forest gains on fresh rows.
        error: standard error of that.
        against: the plainer forest.
        needed: the smallest rise that matters, by the verdict.
    """

    table: str
    fitted: float
    said: str
    gain: float
    error: float
    against: str
    needed: float

    @property
    def gains(self) -> bool:
        """Whether a plainer forest gains what matters."""
        return self.gain >= max(self.needed, SURE * self.error)


def examined(name: str, seed: int) -> Seen:
    """Train and judge forests on half of a table, and hold them against the other half."""
    import fitscope as fs
    from fitscope.examination.families import FAMILIES
    from fitscope.examination.options import options
    from fitscope.examination.outputs import of_rows
    from fitscope.examination.rows import prepare_table
    from fitscope.learners.estimator.described import class_at
    from fitscope.verdicts.cost import Price
    from fitscope.verdicts.cost_words import cost_words

    frame, target, kind = real_table(name)
    drawn = np.random.default_rng(seed).permutation(frame.height)[:ROWS]
    chosen = {"target": target, "test": 0.5, "folds": 1, "seed": seed, "task": kind}
    prepared = prepare_table(options(**chosen), frame[np.sort(drawn)])
    split, task = prepared.splits[0], prepared.task
    family = FAMILIES[FOREST]
    forest = class_at(family.regressor if kind == "regression" else family.classifier)
    study = fs.Study(split)
    study.add(FOREST, forest())
    for settings in PLAINER:
        study.add(" ".join(f"{key}={value}" for key, value in settings.items()), forest(**settings))
    with tempfile.TemporaryDirectory() as out:
        stored = study.run(RUNS, seed=seed, out=Path(out) / "study", progress=False).stored
        fresh = prepared.encode_test()
        losses = {
            model: np.mean([
                task.row_losses(
                    of_rows(stored.folder, stored.document, model, run, fresh), prepared.y_test
                )
                for run in range(RUNS)
            ], axis=0)
            for model in study.models
        }  # fmt: skip
    plainer = {model: rows for model, rows in losses.items() if model != FOREST}
    against = min(plainer, key=lambda model: plainer[model].mean())
    gain = losses[FOREST] - plainer[against]
    verdict = stored.results.model(FOREST).verdict
    assert verdict is not None
    assert verdict.cost is not None
    cost, needed = verdict.cost, verdict.evidence.needed or 0.0
    words = cost_words(Price(cost.value, cost.error, cost.chance), needed)
    run = stored.results.runs_of(FOREST)[0]
    fitted = run.best[task.score.name] or 0.0
    if kind == "regression":
        fitted = 1 - (run.best[task.loss.name] or 0.0) / float(np.var(split.y_train))
    return Seen(
        name,
        fitted,
        "nothing" if words.nothing else "perhaps" if words.unclear else "costs",
        float(gain.mean()),
        float(gain.std(ddof=1) / len(gain) ** 0.5),
        against,
        needed,
    )


def train_missing(work: Path, splits: int) -> None:
    """Train what was not trained yet, one split of each table after another."""
    for seed in range(splits):
        for name in TABLES:
            path = work / "forests" / f"{name}-{seed}.json"
            with alone(path) as mine:
                if mine:
                    path.write_text(json.dumps(asdict(examined(name, seed))))


def stored(work: Path) -> list[Seen]:
    """What was trained so far."""
    files = sorted((work / "forests").glob("*.json"))
    return [Seen(**json.loads(file.read_text())) for file in files]


def report(seen: list[Seen]) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = []
    every = {name: [one for one in seen if one.table == name] for name in TABLES}
    for name, part in {**every, "**all**": seen}.items():
        if not part:
            continue
        gaining = [one for one in part if one.gains]
        others = [one for one in part if not one.gains]
        lines.append([
            name,
            f"{len(part)}",
            f"{np.mean([one.fitted for one in part]):.3f}",
            f"{len(others)}",
            *(f"{sum(one.said == word for one in others)}"
              for word in ("nothing", "perhaps", "costs")),
            f"{len(gaining)}",
            *(f"{sum(one.said == word for one in gaining)}"
              for word in ("nothing", "perhaps", "costs")),
        ])  # fmt: skip
    others = [one for one in seen if not one.gains]
    gaining = [one for one in seen if one.gains]
    said = (
        f"Random forests at scikit-learn's defaults on real tables of {ROWS:,} rows at most, half "
        "of them fresh: what is said of their gap where no plainer forest (of "
        + ", ".join(" ".join(f"{k}={v}" for k, v in one.items()) for one in PLAINER)
        + ") gains on fresh rows what matters (the rise that the verdict asks for, and "
        f"{SURE:g} standard errors), and where one does. Fit: accuracy on the training rows, or "
        "the share of their variance."
    )
    free = [not one.gains for one in seen if one.said == "nothing"]
    told = (
        f"That a gap costs nothing was said of {len(free)}, and was right in {sum(free)} of them. "
        f"Where none gains, no cost was claimed in {share([o.said != 'costs' for o in others])} of "
        f"{len(others)}, and that it costs nothing was said in "
        f"{share([o.said == 'nothing' for o in others])}; where one gains, a cost was claimed in "
        f"{share([o.said == 'costs' for o in gaining])} of {len(gaining)}, and none of them was "
        f"called free in {share([o.said != 'nothing' for o in gaining])}."
    )
    head = [
        "table", "splits", "fit", "none gains", "nothing", "perhaps", "costs",
        "one gains", "nothing", "perhaps", "costs",
    ]  # fmt: skip
    return "\n\n".join([said, table(head, lines), told])


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("runs/calibration"))
    parser.add_argument("--forests", type=int, default=5, help="splits of each table")
    options = parser.parse_args()
    train_missing(options.work, options.forests)
    print(report(stored(options.work)))


if __name__ == "__main__":
    main()
