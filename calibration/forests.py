"""Random forests at their defaults on real tables: does their gap cost anything on fresh rows?

Half of each table is fresh: no forest sees it. On the other half a study of the default forest and
of plainer ones is trained and judged, on parts as an examination cuts them. Fresh rows show whether
a plainer one surely gains what matters or surely does not, or they do not tell.

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
from fitscope.diagnosis.rules import ONE_SIDED

TABLES = (
    "mlc_churn", "wa_churn", "credit_data", "lending_club", "nassCDS", "hpc_data", "Chile",
    "diamonds", "ames",
)  # fmt: skip
PLAINER = ({"min_samples_leaf": 3}, {"min_samples_leaf": 10}, {"max_depth": 8})
ROWS = 30_000  # of a table, half of them fresh
RUNS = 2  # with one validation part; with folds one on each
FOREST = "forest"
SAID = ("nothing", "perhaps", "costs")
LESS, OPEN, MORE = "gains less", "not told", "gains"


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
        cost: what the gap costs, by the verdict.
        cost_error: standard error of that.
        folds: of the study; 1 for a single validation part.
    """

    table: str
    fitted: float
    said: str
    gain: float
    error: float
    against: str
    needed: float
    cost: float
    cost_error: float
    folds: int

    @property
    def truth(self) -> str:
        """Whether a plainer forest gains what matters, as far as fresh rows tell."""
        reach = ONE_SIDED * self.error
        if self.gain + reach < self.needed:
            return LESS
        return MORE if self.gain - reach > self.needed else OPEN


def examined(name: str, seed: int) -> Seen:
    """Train and judge forests on half of a table, and hold them against the other half."""
    from fitscope.examination.families import FAMILIES
    from fitscope.examination.options import options
    from fitscope.examination.outputs import of_rows
    from fitscope.examination.plan import plan_for
    from fitscope.examination.rows import prepare_table
    from fitscope.learners import as_learner
    from fitscope.learners.estimator.described import class_at
    from fitscope.study.definition import Definition
    from fitscope.study.execute import execute
    from fitscope.verdicts.cost import Price
    from fitscope.verdicts.cost_words import cost_words

    frame, target, kind = real_table(name)
    drawn = np.random.default_rng(seed).permutation(frame.height)[:ROWS]
    chosen = {"target": target, "test": 0.5, "seed": seed, "task": kind}
    prepared = prepare_table(options(**chosen), frame[np.sort(drawn)])
    splits, task, folds = prepared.splits, prepared.task, len(prepared.splits)
    family = FAMILIES[FOREST]
    forest = class_at(family.regressor if kind == "regression" else family.classifier)
    learners = {FOREST: forest()}
    for settings in PLAINER:
        learners[" ".join(f"{key}={value}" for key, value in settings.items())] = forest(**settings)
    definition = Definition(
        splits,
        plan_for(len(splits[0].y_train), quick=False),
        {one: (as_learner(made, task), ("models",)) for one, made in learners.items()},
        folds if folds > 1 else RUNS,
        seed,
        places=tuple(parts.validation for parts in prepared.parts),
    )
    with tempfile.TemporaryDirectory() as out:
        stored = execute(definition, Path(out) / "study")
        fresh = [prepared.encode_test(fold) for fold in range(folds)]
        losses = {
            model: np.mean([
                task.row_losses(
                    of_rows(stored.folder, stored.document, model, run, fresh[run % folds]),
                    prepared.y_test,
                )
                for run in range(definition.repeats)
            ], axis=0)
            for model in learners
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
        fitted = 1 - (run.best[task.loss.name] or 0.0) / float(np.var(splits[0].y_train))
    return Seen(
        name,
        fitted,
        "nothing" if words.nothing else "perhaps" if words.unclear else "costs",
        float(gain.mean()),
        float(gain.std(ddof=1) / len(gain) ** 0.5),
        against,
        needed,
        cost.value,
        cost.error,
        folds,
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
        groups = [[one for one in part if one.truth == truth] for truth in (LESS, OPEN, MORE)]
        counts = [
            [f"{len(group)}", *(f"{sum(one.said == word for one in group)}" for word in SAID)]
            for group in groups
        ]
        fitted = f"{np.mean([one.fitted for one in part]):.3f}"
        lines.append([name, f"{len(part)}", fitted, *counts[0], *counts[1], *counts[2]])
    less, more = ([one for one in seen if one.truth == truth] for truth in (LESS, MORE))
    said = (
        f"Random forests at scikit-learn's defaults on real tables of {ROWS:,} rows at most, half "
        "of them fresh, the others parted as an examination parts them (five folds below 5,000 "
        "rows): what is said of their gap where the best plainer forest (of "
        + ", ".join(" ".join(f"{k}={v}" for k, v in one.items()) for one in PLAINER)
        + ") surely gains less on fresh rows than the rise that the verdict asks for, where fresh "
        f"rows do not tell ({ONE_SIDED:g} standard errors to either side), and where it surely "
        "gains more. Fit: accuracy on the training rows, or the share of their variance."
    )
    free = [one for one in seen if one.said == "nothing"]
    below = [one.said == "nothing" for one in seen if one.gain < one.needed]
    told = (
        f"That a gap costs nothing was said of {len(free)}: surely less is gained in "
        f"{sum(one.truth == LESS for one in free)} of them, surely more in "
        f"{sum(one.truth == MORE for one in free)}, and of the others fresh rows do not tell. "
        f"Where surely less is gained, that it costs nothing was said in "
        f"{share([one.said == 'nothing' for one in less])} of {len(less)} and no cost was claimed "
        f"in {share([one.said != 'costs' for one in less])}; where more is, a cost was claimed in "
        f"{share([one.said == 'costs' for one in more])} of {len(more)}, and none was called free "
        f"in {share([one.said != 'nothing' for one in more])}. With those of which fresh rows do "
        f"not tell on the side where their gain happens to be, nothing was said in {share(below)} "
        f"of {len(below)} below what matters."
    )
    head = ["table", "splits", "fit"]
    head += [one for truth in (LESS, OPEN, MORE) for one in (truth, *SAID)]
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
