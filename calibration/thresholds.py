"""What halving or doubling a threshold changes: the figures in `fitscope/diagnosis/rules.py`.

python -m calibration.thresholds
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

from calibration.labelled import read
from calibration.table import table
from fitscope.diagnosis import chances, label, learnt, measure, rules, short, underfit
from fitscope.diagnosis.findings import Findings
from fitscope.history import History

LABELLED = Path(__file__).resolve().parents[2] / "shared/data/labelled-histories.parquet"
SHARES = (
    *("OF_FALL", "OF_LEARNT", "OF_LEVEL", "PLAIN_OF_GAP", "PLAIN_OF_FALL", "LEAST_OF_LEARNT"),
    *("PEOPLE", "ALONG", "CAME_APART", "DROWNED", "JUMPS", "FURTHER", "STOOD_STILL"),
    *("CERTAINLY_LEARNT", "EXPECTED_NOISE", "EXPECTED_COUNTS"),
)
FLAT, SHORT, TIMES = 100, 5, 300


@contextmanager
def changed(name: str, value: float) -> Iterator[None]:
    """One threshold with another value, wherever it is used."""
    with ExitStack() as stack:
        for module in (chances, label, learnt, measure, short, underfit):
            if hasattr(module, name):
                stack.enter_context(patch.object(module, name, value))
        yield


def flat(epochs: int, seed: int) -> History:
    """A validation curve that is flat beside a training curve that falls."""
    random = np.random.default_rng([epochs, seed])
    at = np.linspace(0, 1, epochs)
    validation = 1 + 0.05 * random.normal(size=epochs)
    return History("made up", "loss", np.arange(epochs), 0.5 - 0.1 * at, validation)


def shares(found: list[Findings]) -> dict[str, float]:
    """The share of each label."""
    again = [replace(f, needed=learnt.needed_rise(f.learnt)) for f in found]
    labels = [label.label(f).label for f in again]
    return {one: labels.count(one) / len(labels) for one in set(labels)}


def main() -> None:
    """Print the table."""
    histories, overfit = read(LABELLED)
    people = [measure.measure(history) for history in histories]
    curves = {n: [flat(n, seed) for seed in range(TIMES)] for n in (SHORT, FLAT)}
    lines = []
    for name in ("as shipped", *SHARES):
        for times in (1.0,) if name == "as shipped" else (0.5, 2.0):
            value = getattr(rules, name, 1.0)
            with changed(name, value * times):
                again = [replace(f, needed=learnt.needed_rise(f.learnt)) for f in people]
                labels = np.array([label.label(f).label for f in again])
                made = {n: shares([measure.measure(h) for h in curves[n]]) for n in curves}
            called = labels == "overfit"
            counts = [f"{(labels == one).sum()}" for one in ("improving", "unstable", "underfit")]
            lines.append(
                [
                    name if times == 1 else f"{name} {value:g} x {times:g}",
                    f"{(called & overfit).sum()} of {overfit.sum()}",
                    f"{(called & ~overfit).sum()}",
                    *counts,
                    *(f"{100 * made[n].get('overfit', 0):.1f} %" for n in made),
                    f"{100 * made[FLAT].get('unstable', 0):.1f} %",
                ]
            )
    head = ["threshold", "overfit found", "false", "improving", "unstable", "underfit"]
    head += [f"flat, {n} epochs: overfit" for n in curves] + [f"flat, {FLAT} epochs: unstable"]
    print(table(head, lines))


if __name__ == "__main__":
    main()
