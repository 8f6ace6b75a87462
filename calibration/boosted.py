"""Boosting whose population loss is known after every round, because its rows are simulated.

Rows follow Friedman's function of five features (J. H. Friedman, *Multivariate adaptive regression
splines*, The Annals of Statistics 19, 1991), five more say nothing. The population loss of a
round is the mean over fresh rows of the loss that is expected there: labels and noise need not be
drawn. Each run is looked at where it ends, and once more cut off where its population loss was
lowest: there it must not be called overfit.

    python -m calibration.boosted --work runs/calibration --boosted 300
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from jaxtyping import Float

from calibration.alone import alone
from calibration.friedman import LIBRARIES, RATES, ROUNDS, ROWS, TASKS, Setting, Truth
from calibration.table import share, table
from calibration.truth import FLAT, NEAR, RISEN
from fitscope.history import History, RowLosses
from fitscope.learners.chances import Chances
from fitscope.verdicts.judge import diagnose

VALIDATION, FRESH = 1_000, 20_000
SHORTEST = 12  # rounds that are worth a verdict
NEAR_ROUND, NEAR_LOSS = 0.10, 0.002  # a round so near the best one, or so little worse, is found


@dataclass(frozen=True, eq=False)
class Run:
    """A trained run.

    Attributes:
        setting: of what.
        train: training loss after each round.
        validation: the same of the validation rows.
        rows: losses of single validation rows at some rounds.
        reference: loss of a constant.
        population: population loss after each round.
        kept: the round whose state is kept.
    """

    setting: Setting
    train: Float[np.ndarray, " rounds"]
    validation: Float[np.ndarray, " rounds"]
    rows: RowLosses
    reference: float
    population: Float[np.ndarray, " rounds"]
    kept: int

    def until(self, rounds: int) -> History:
        """Its first rounds."""
        task, kept = TASKS[self.setting.task], self.rows.epochs < rounds
        return History(
            source="simulated",
            metric=task.loss.name,
            epochs=np.arange(rounds),
            train=self.train[:rounds].astype(np.float64),
            validation=self.validation[:rounds].astype(np.float64),
            rows=RowLosses(self.rows.epochs[kept], self.rows.losses[kept]),
            reference=self.reference,
            classes=len(task.labels) or None,
            step="round",
            words=task.loss.words,
        )


def trained(run: int) -> dict[str, np.ndarray]:
    """Train a run as a study does; what is stored of it."""
    from fitscope.data.split import Split
    from fitscope.learners.base import Watching
    from fitscope.learners.estimator.prepared import prepared
    from fitscope.learners.estimator.staged import Data, staged
    from fitscope.learners.steps import Steps

    setting, random = Setting.of(run), np.random.default_rng([run, 1])
    task = TASKS[setting.task]
    train, looked, fresh = (
        Truth.draw(setting, rows, random) for rows in (setting.rows, VALIDATION, FRESH)
    )
    split = Split(train.x, train.y, looked.x, looked.y, task=setting.task)
    steps, population = Steps(split, 0, Watching()), []

    def seen(on_train: np.ndarray | Chances, others: np.ndarray | Chances) -> bool:
        others = others.outputs() if isinstance(others, Chances) else others
        population.append(fresh.loss(np.asarray(others[VALIDATION:], np.float64), task))
        return steps.add(on_train, others[:VALIDATION])

    made = prepared(setting.estimator(), task, run, 0)
    watched = staged(made)
    assert watched is not None
    x, y = np.concatenate([looked.x, fresh.x]), np.concatenate([looked.y, fresh.y])
    watched.train(made, Data(train.x, train.y, x, y, task, 1e-9), seen)
    found = steps.run(None, None)
    return {
        "metrics": found.metrics[:, [1, 4]],
        "epochs": found.row_epochs,
        "losses": found.row_losses,
        "reference": np.array(task.constant_loss(split.y_train, split.y_validation)),
        "population": np.array(population),
        "kept": np.array(found.best_epoch),
    }


def train_missing(work: Path, runs: int) -> None:
    """Train the runs that are not stored yet."""
    for run in range(runs):
        path = work / "boosted" / f"{run:04d}.npz"
        with alone(path) as mine:
            if mine:
                part = path.with_suffix(".part")
                with part.open("wb") as stream:
                    np.savez(stream, allow_pickle=False, **trained(run))
                part.rename(path)


def stored(work: Path) -> list[Run]:
    """All stored runs."""
    found = []
    for file in sorted((work / "boosted").glob("*.npz")):
        with np.load(file, allow_pickle=False) as one:
            train, validation = one["metrics"].T
            found.append(
                Run(
                    Setting.of(int(file.stem)),
                    train,
                    validation,
                    rows=RowLosses(one["epochs"].astype(np.int64), one["losses"]),
                    reference=float(one["reference"]),
                    population=one["population"],
                    kept=int(one["kept"]),
                )
            )
    return found


def is_found(run: Run, step: int) -> bool:
    """Whether that round is as good as the best one."""
    best = int(run.population.argmin())
    near = abs(step - best) <= NEAR_ROUND * (best + 1)
    return near or run.population[step] - run.population[best] <= NEAR_LOSS


def report(runs: list[Run]) -> str:
    """The tables for docs/how-verdicts-work.md."""
    verdicts = [diagnose(run.until(len(run.population))) for run in runs]
    kept = [is_found(run, run.kept) for run in runs]
    trend = [is_found(run, one.best_epoch) for run, one in zip(runs, verdicts, strict=True)]
    lost = [run.population[run.kept] - run.population.min() for run in runs]
    rows = []
    for name, chosen in _groups(runs).items():
        told = [share([one[i] for i in chosen]) for one in (kept, trend)]
        worse = np.array([lost[i] for i in chosen])
        rows.append([name, f"{len(chosen)}", *told, f"{worse.mean():.4f}", f"{worse.max():.4f}"])
    head = ["runs", "number", "round kept", "by the verdict", "worse by", "at most"]
    said = (
        f"{len(runs)} runs of boosting at its libraries' defaults, {ROWS[0]:,} to {ROWS[-1]:,} "
        f"training and {VALIDATION:,} validation rows of Friedman's function, learning rates of "
        f"{RATES[0]:g} to {RATES[-1]:g}, {ROUNDS[0]} to {ROUNDS[1]} rounds, much noise to little. "
        f"Best round found: within {100 * NEAR_ROUND:g} % of the one whose population loss is "
        f"lowest, or with a population loss that is at most {NEAR_LOSS:g} higher; and how much "
        "higher that of the round kept is."
    )
    return "\n\n".join([said, table(head, rows), *_called(runs, [v.label for v in verdicts])])


def _called(runs: list[Run], ends: list[str]) -> list[str]:
    """What runs are called, by what their population loss did."""
    cut = [_cut_label(run) for run in runs]
    rise = [float(run.population[-1] / run.population.min() - 1) for run in runs]
    fall = [
        float(run.population[len(run.population) // 2] / run.population[-1] - 1) for run in runs
    ]
    both = range(len(runs))
    flat = [i for i in both if rise[i] <= FLAT and fall[i] <= NEAR]
    lines = []
    for name, chosen in _groups(runs).items():
        at_best = [cut[i] for i in chosen if cut[i] is not None]
        not_risen = at_best + [ends[i] for i in chosen if i in flat]
        risen = [ends[i] for i in chosen if rise[i] >= RISEN]
        between = [ends[i] for i in chosen if FLAT < rise[i] < RISEN]
        told = [[label == "overfit" for label in part] for part in (not_risen, between, risen)]
        lines.append([name, *(f"{share(one)} of {len(one)}" for one in told)])
    head = [
        "called overfit", "did not rise", f"rose by {100 * FLAT:g} to {100 * RISEN:g} %",
        f"rose by {100 * RISEN:g} % or more",
    ]  # fmt: skip
    said = (
        "And called overfit, with row losses: runs cut off where their population loss was "
        f"lowest and those that ended within {100 * FLAT:g} % of it and fell by less than "
        f"{100 * NEAR:g} % over their second half; and whole runs by how far it rose."
    )
    return [said, table(head, lines)]


def _cut_label(run: Run) -> str | None:
    rounds = int(run.population.argmin()) + 1
    if rounds < SHORTEST or rounds == len(run.population):
        return None
    return diagnose(run.until(rounds)).label


def _groups(runs: list[Run]) -> dict[str, list[int]]:
    """Names to numbers of runs: by library, by task, by rows, all."""
    found: dict[str, list[int]] = {}
    for number, run in enumerate(runs):
        one = run.setting
        for name in (one.library, one.task, f"{one.rows:,} rows", "**all**"):
            found.setdefault(name, []).append(number)
    order = [*LIBRARIES, *TASKS, *(f"{rows:,} rows" for rows in ROWS), "**all**"]
    return {name: found[name] for name in order if name in found}


def main() -> None:
    """Train what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("runs/calibration"))
    parser.add_argument("--boosted", type=int, default=300)
    options = parser.parse_args()
    train_missing(options.work, options.boosted)
    print(report(stored(options.work)))


if __name__ == "__main__":
    main()
