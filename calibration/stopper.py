"""Stopping on evidence on the guide's seven models, beside a patience of 200 epochs.

Every model is trained once a seed on simulated rows with patience 200, and the population loss
of its best weights is taken whenever the stopper would look. The stopper, which never trains
longer, is then replayed on what was stored. Runs that are stored already are not trained again,
and several of these processes share the work:

    python -m calibration.stopper --work runs/calibration --seeds 5
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.alone import alone
from calibration.table import table
from calibration.trajectory import Trajectory, follow
from fitscope.guide.models import MODELS, plan
from fitscope.stopping.evidence import EvidenceStopping, moments, sighting

TRAIN, VALIDATION, FRESH = 10_000, 1_000, 32_768
PATIENCE = 200
ORDER = ("Large", "Dropout", "Small", "Medium", "Tiny", "L2", "Combined")


@dataclass(frozen=True)
class Replay:
    """One run under both rules.

    Attributes:
        model: name of the model.
        seed: of rows, weights and orders.
        epochs: trained by stopping on evidence and with patience.
        best_epoch: chosen by them.
        population: population loss there.
        reason: why stopping on evidence ended the run.
    """

    model: str
    seed: int
    epochs: tuple[int, int]
    best_epoch: tuple[int, int]
    population: tuple[float, float]
    reason: str


def file_of(work: Path, seed: int, model: str) -> Path:
    """Where a run is stored."""
    return work / "stopper" / f"{seed}-{model.lower()}.npz"


def train_missing(work: Path, seeds: int) -> None:
    """Train the runs that are not stored yet, one seed after the other."""
    from calibration.events import population, split

    fresh = population(FRESH)
    for seed in range(seeds):
        for model in ORDER:
            path = file_of(work, seed, model)
            with alone(path) as mine:
                if not mine:
                    continue
                rows = split(seed, TRAIN, VALIDATION)
                run = follow(
                    MODELS[model][0],
                    plan(patience=PATIENCE),
                    rows,
                    fresh,
                    seed,
                    moments(),
                    best=True,
                )
                run.save(path)
                print(f"seed {seed}, {model}: {len(run.metrics):,} epochs", flush=True)


def replay(run: Trajectory, rule: EvidenceStopping, model: str, seed: int) -> Replay:
    """What the rule would have done in a run that was trained with patience."""
    validation, train = run.column(rule.monitor), run.column("binary_crossentropy")
    reason, at = "patience", len(run.after) - 1
    for number, epochs in enumerate(run.after.tolist()):
        if epochs not in MOMENTS:
            continue
        seen = sighting(rule, validation[:epochs], train[:epochs], run.rows_until(epochs))
        if seen.reason is not None:
            reason, at = seen.reason, number
            break
    return Replay(
        model,
        seed,
        (int(run.after[at]), int(run.after[-1])),
        (int(run.best_epoch[at]), int(run.best_epoch[-1])),
        (float(run.population[at]), float(run.population[-1])),
        reason,
    )


MOMENTS = frozenset(epochs for epochs, _ in zip(moments(), range(200), strict=False))


def replays(work: Path, rule: EvidenceStopping) -> list[Replay]:
    """All stored runs under `rule`; a seed counts when all of its models are there."""
    found: list[Replay] = []
    seed = 0
    while all(file_of(work, seed, model).exists() for model in MODELS):
        found += [
            replay(Trajectory.load(file_of(work, seed, model)), rule, model, seed)
            for model in MODELS
        ]
        seed += 1
    return found


def report(found: list[Replay]) -> str:
    """The table for docs/how-verdicts-work.md."""
    if not found:
        return "No seed was complete."
    lines = []
    for model in (*MODELS, None):
        mine = [run for run in found if model in (None, run.model)]
        ours, theirs = (sum(run.epochs[i] for run in mine) for i in (0, 1))
        worse = np.array([run.population[0] - run.population[1] for run in mine])
        reasons = {reason: sum(run.reason == reason for run in mine) for reason in REASONS}
        lines.append(
            [
                model or "all",
                f"{ours:,}",
                f"{theirs:,}",
                f"{100 * (1 - ours / theirs):.1f} %",
                f"{np.mean([run.population[0] for run in mine]):.4f}",
                f"{np.mean([run.population[1] for run in mine]):.4f}",
                f"{worse.mean():+.4f}",
                f"{worse.max():+.4f}",
                ", ".join(f"{count} {reason}" for reason, count in reasons.items() if count),
            ]
        )
    seeds = len({run.seed for run in found})
    head = ["model", "epochs", "patience 200", "fewer", "population loss", "patience 200"]
    head += ["difference", "largest", "stopped for"]
    said = (
        f"Seven models, {seeds} seed{'s' * (seeds > 1)}, each with rows of its own: "
        f"{TRAIN:,} training and {VALIDATION:,} validation rows. Population losses are those of "
        f"the weights of the chosen epoch on {FRESH:,} fresh simulated events, the same for both."
    )
    return said + "\n\n" + table(head, lines)


REASONS = ("overfit", "no gain", "patience")


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("runs/calibration"))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    # one thread a process: two of them side by side are faster than one with two threads
    os.environ.setdefault("NPROC", "1")
    train_missing(options.work, options.seeds)
    print(report(replays(options.work, EvidenceStopping())))


if __name__ == "__main__":
    main()
