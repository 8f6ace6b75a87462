"""Verdicts on runs whose population loss is known, because their rows are simulated.

Small networks are trained on few simulated events, each on rows of its own; their population
loss is taken at 60 epochs spread over the run, on fresh events. Each run is judged at its end, and
once more cut off where its population loss was lowest: there it must not be called overfit. Nor
must runs whose population loss stayed where it was; those in which it rose should be.

    python -m calibration.truth --work runs/calibration --runs 400
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from calibration.alone import alone
from calibration.table import share, table
from calibration.trajectory import Trajectory, follow
from fitscope.history import History
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.evidence import EvidenceStopping, moments, sighting
from fitscope.verdicts.judge import diagnose

FRESH, VALIDATION, POINTS, WINDOW = 1_000_000, 1_000, 60, 6
SHORTEST = 20  # epochs that are worth a verdict
SEED, ROOM = 1_000_000, 6_000  # one stream of events, of which each run has so many
FLAT, NEAR, RISEN = 0.001, 0.01, 0.03
"""Shares of the population loss: a rise below FLAT is none, a fall below NEAR over the second
half of the run is near the optimum, a rise from RISEN should be found."""

STOPPER = EvidenceStopping(patience=1_000_000)  # only a rise ends a run

SETTINGS = (
    (MLP(4), 5_000, 700),
    (MLP(8), 2_000, 500),
    (MLP(16), 5_000, 500),
    (MLP(16, l2=1e-2), 1_000, 500),
    (MLP(32, 32, l2=1e-2), 2_000, 300),
    (MLP(32, 32, dropout=0.5), 2_000, 300),
    (MLP(16), 1_000, 500),
    (MLP(16, 16), 1_000, 300),
    (MLP(32, 32), 2_000, 200),
    (MLP(64, 64), 1_000, 120),
)
"""Model, training rows and the longest run; the length of each run is drawn from half of that."""


@dataclass(frozen=True)
class Outcome:
    """One run, or the beginning of one, and its verdict.

    Attributes:
        setting: number of the setting.
        cut: it was cut off where its population loss was lowest.
        rise: rise of the population loss from its lowest stretch to the end, as a share.
        fall: its fall over the second half of the run, as a share.
        label: the verdict with the row losses.
        curve_label: the verdict from the curves alone.
    """

    setting: int
    cut: bool
    rise: float
    fall: float
    label: str
    curve_label: str


def file_of(work: Path, run: int) -> Path:
    """Where a run is stored."""
    return work / "truth" / f"{run:04d}.npz"


def train_missing(work: Path, runs: int) -> None:
    """Train the runs that are not stored yet."""
    from calibration.events import population, split

    fresh = population(FRESH)
    for run in range(runs):
        path = file_of(work, run)
        with alone(path) as mine:
            if not mine:
                continue
            model, rows, longest = SETTINGS[run % len(SETTINGS)]
            epochs = int(np.random.default_rng(run).integers(longest // 2, longest + 1))
            after = np.unique(np.linspace(1, epochs, POINTS).round().astype(int))
            follow(
                model,
                Plan(batch_size=100, stopping=None),
                split(SEED, rows, VALIDATION, first=run * ROOM),
                fresh,
                run,
                iter(after.tolist()),
                best=False,
            ).save(path)


def judge(run: Trajectory, setting: int) -> list[Outcome]:
    """The truth about a run, at its end and at its optimum, and what is said about it."""
    means = np.convolve(run.population, np.full(WINDOW, 1 / WINDOW), "valid")
    lowest = int(means.argmin())
    found = []
    for last in sorted({lowest, len(means) - 1}):
        epochs = int(run.after[last + WINDOW - 1])
        if epochs < SHORTEST:
            continue
        labels = []
        for rows in (run.rows_until(epochs), None):
            history = History(
                "simulated",
                "binary_crossentropy",
                np.arange(epochs),
                run.column("binary_crossentropy")[:epochs],
                run.column("val_binary_crossentropy")[:epochs],
                rows=rows,
            )
            labels.append(diagnose(history).label)
        rise = means[last] / means[: last + 1].min() - 1
        fall = means[last // 2] / means[last] - 1
        cut = last < len(means) - 1
        found.append(Outcome(setting, cut, float(rise), float(fall), labels[0], labels[1]))
    return found


def ended(run: Trajectory) -> float | None:
    """Rise of the population loss, as a share, where the stopper ends a run as overfit."""
    validation, train = run.column("val_binary_crossentropy"), run.column("binary_crossentropy")
    looked_at = takewhile(lambda epochs: epochs <= len(validation), moments())
    seen = (
        (epochs, sighting(STOPPER, validation[:epochs], train[:epochs], run.rows_until(epochs)))
        for epochs in looked_at
    )
    epochs = next((epochs for epochs, found in seen if found.reason == "overfit"), None)
    if epochs is None:
        return None
    means = np.convolve(run.population, np.full(WINDOW, 1 / WINDOW), "valid")
    here = max(int(np.searchsorted(run.after, epochs)) - WINDOW // 2, 0)
    return float(means[min(here, len(means) - 1)] / means[: here + 1].min() - 1)


def stored(work: Path) -> list[tuple[Trajectory, int]]:
    """All stored runs with their settings' numbers."""
    files = sorted((work / "truth").glob("*.npz"))
    return [(Trajectory.load(file), int(file.stem) % len(SETTINGS)) for file in files]


def report(runs: list[tuple[Trajectory, int]]) -> str:
    """The table for docs/how-verdicts-work.md."""
    found = [outcome for run, setting in runs for outcome in judge(run, setting)]
    ends = [run for run in found if not run.cut]
    cuts = [run for run in found if run.cut]
    flat = [run for run in ends if run.rise <= FLAT and run.fall <= NEAR]
    lines = [
        ["cut off where it was lowest", *_shares(cuts)],
        [f"rose by less than {100 * FLAT:g} %, fell by less than {100 * NEAR:g} %", *_shares(flat)],
        ["**either: near the optimum, did not rise**", *_shares(cuts + flat)],
    ]
    for low, high in ((FLAT, 0.01), (0.01, RISEN), (RISEN, 0.1), (0.1, np.inf)):
        between = [run for run in ends if low < run.rise <= high]
        name = f"rose by {100 * low:g} to {100 * high:g} %" if high < np.inf else "rose by more"
        lines.append([name, *_shares(between)])
    risen = [run for run in ends if run.rise >= RISEN]
    lines.append([f"**rose by at least {100 * RISEN:g} %**", *_shares(risen)])
    said = (
        f"{len(ends)} runs of {len(SETTINGS)} kinds of small networks on "
        f"{min(rows for _, rows, _ in SETTINGS):,} to {max(rows for _, rows, _ in SETTINGS):,} "
        f"simulated events each, {VALIDATION:,} validation rows; population loss on {FRESH:,} "
        f"fresh events, means of {WINDOW} of {POINTS} epochs spread over the run. Falls are those "
        "over the second half of the run."
    )
    head = ["population loss", "runs", "called overfit, rows kept", "called overfit, curves alone"]
    rises = [rise for run, _ in runs if (rise := ended(run)) is not None]
    before = sum(rise <= FLAT for rise in rises)
    also = (
        f"Stopping on evidence ended {len(rises)} of these runs as overfit, {before} of them where "
        f"the population loss had risen by less than {100 * FLAT:g} %, half of them before it "
        f"had risen by {100 * np.median(rises):.1f} %."
        if rises
        else ""
    )
    return "\n\n".join([said, table(head, lines), also])


def _shares(runs: list[Outcome]) -> list[str]:
    said = [f"{len(runs)}"]
    for field in ("label", "curve_label"):
        said.append(share([getattr(run, field) == "overfit" for run in runs]))
    return said


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("runs/calibration"))
    parser.add_argument("--runs", type=int, default=400)
    options = parser.parse_args()
    os.environ.setdefault("NPROC", "1")
    train_missing(options.work, options.runs)
    print(report(stored(options.work)))


if __name__ == "__main__":
    main()
