"""How often a model is called different from itself: the same model, other seeds, fresh rows.

Each time new simulated rows are drawn, one model is trained on them with 4 to 10 seeds, and
the one half of its runs is compared with the other half. Whatever is called different at the
95 % level is an error; a right 95 % level makes 5 % of them.

    python calibration/self_comparison.py --times 1000
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fitscope.data.split import Split
from fitscope.diagnosis.around_best import around_best
from fitscope.diagnosis.compare import RowScores
from fitscope.diagnosis.measure import measure
from fitscope.history import History, RowLosses
from fitscope.learners.base import TrainedRun
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.mlp.train import train
from fitscope.task import BINARY
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.comparisons import compare

TRAIN, VALIDATION, FEATURES = 400, 300, 6
REPEATS = (2, 3, 4, 5)
MODELS = {
    "small": MLP(6),
    "overfitting": MLP(32, 32),
    "regularized": MLP(32, 32, l2=1e-3, dropout=0.3),
}
PLAN = Plan(
    batch_size=100,
    max_epochs=60,
    learning_rate=inverse_time_decay(1e-2, decay_epochs=20),
    stopping=None,
)


@dataclass(frozen=True)
class Outcome:
    """One comparison of a model with itself.

    Attributes:
        model: which of `MODELS`.
        repeats: runs a side.
        p: metric to the p value.
        error: metric to the standard error of the difference.
    """

    model: str
    repeats: int
    p: dict[str, float]
    error: dict[str, float]


def simulated_rows(random: np.random.Generator) -> Split:
    """Fresh rows, simulated: labels drawn with a chance that products of features decide."""
    rows = TRAIN + VALIDATION
    x = random.normal(size=(rows, FEATURES)).astype(np.float32)
    logit = 1.5 * x[:, 0] * x[:, 1] + x[:, 2] + 0.5 * np.sin(3 * x[:, 3])
    y = (random.uniform(size=rows) < 1 / (1 + np.exp(-logit))).astype(np.float32)
    return Split(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:])


def compare_sides(runs: list[TrainedRun]) -> Comparison:
    """The first half of the runs against the second."""
    found = []
    for run in runs:
        columns = dict(zip(BINARY.monitors, run.metrics.T, strict=True))
        history = History(
            "simulated",
            "binary_crossentropy",
            np.arange(len(run.metrics)),
            columns["binary_crossentropy"],
            columns["val_binary_crossentropy"],
            rows=RowLosses(run.row_epochs, run.row_losses),
        )
        score = columns[BINARY.score.validation]
        scores = around_best(history, BINARY, measure(history), score)
        assert scores is not None
        found.append(scores)
    half = len(runs) // 2
    sides = [
        RowScores(name, {m: np.stack([one.rows[m] for one in part]) for m in part[0].rows})
        for name, part in (("one", found[:half]), ("other", found[half:]))
    ]
    return compare(*sides)


def outcomes(times: int, seed: int = 0) -> Iterator[Outcome]:
    """`times` comparisons of a model with itself, models and numbers of runs taking turns."""
    names = list(MODELS)
    for number in range(times):
        repeats = REPEATS[number % len(REPEATS)]
        name = names[number // len(REPEATS) % len(names)]
        split = simulated_rows(np.random.default_rng([seed, number]))
        runs = train(MODELS[name], PLAN, split, seed=number, repeats=list(range(2 * repeats)))
        metrics = compare_sides(runs).metrics
        yield Outcome(
            name,
            repeats,
            {metric: one.p for metric, one in metrics.items()},
            {metric: one.error for metric, one in metrics.items()},
        )


def summary(found: list[Outcome], level: float = 0.05) -> dict:
    """How often `found` was called different, altogether, by runs a side and by model."""

    def share(part: list[Outcome], metric: str) -> dict[str, float]:
        called = sum(one.p[metric] < level for one in part)
        rate = called / len(part)
        return {
            "times": len(part),
            "called_different": called,
            "rate": rate,
            "rate_error": math.sqrt(rate * (1 - rate) / len(part)),
            "mean_error": float(np.mean([one.error[metric] for one in part])),
        }

    told = {}
    for metric in found[0].p:
        parts = {"all": found}
        parts |= {f"{r} runs a side": [o for o in found if o.repeats == r] for r in REPEATS}
        parts |= {name: [o for o in found if o.model == name] for name in MODELS}
        told[metric] = {name: share(part, metric) for name, part in parts.items() if part}
    return told


def main() -> None:
    """Print the summary as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    print(json.dumps(summary(list(outcomes(chosen.times, chosen.seed))), indent=1))


if __name__ == "__main__":
    main()
