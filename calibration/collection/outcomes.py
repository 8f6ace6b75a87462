"""Every history of the collection judged, a process a core."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from calibration.collection.curves import SHAPES
from calibration.collection.population import Truth, truth
from calibration.collection.seen import Case, epochs_of, seen
from calibration.collection.trained import KINDS, cases
from fitscope.diagnosis.label import Label
from fitscope.verdicts.judge import diagnose

SURE = 1.96
DEVELOPMENT, HELD_OUT = 0, 8
"""Streams of seeds. Rules were looked at and mended on the first; the page's figures are those of
the second."""


@dataclass(frozen=True)
class Outcome:
    """One history, what is true of it and what was said.

    Attributes:
        shape: its shape.
        number: its number, which with the shape makes its seed.
        epochs: how many were validated.
        costume: how it was told.
        truth: the shares of people for each label.
        label: what was said.
        confidence: how sure.
        rose: the rise of the population loss, in rises that matter.
        held: whether the interval of the best score holds the population's minimum, on these rows.
        onset: whether the interval of the onset holds the true one; None where it is not overfit.
    """

    shape: str
    number: int
    epochs: int
    costume: str
    truth: Truth
    label: Label
    confidence: float
    rose: float
    held: bool | None
    onset: bool | None

    @property
    def right(self) -> float:
        """How many people would have said the same."""
        return self.truth.shares.get(self.label, 0.0)


def case(shape: str, number: int, stream: int) -> Case:
    """One history of the collection.

    Args:
        shape: one of `SHAPES`.
        number: which.
        stream: `DEVELOPMENT` or `HELD_OUT`.
    """
    random = np.random.default_rng([stream, list(SHAPES).index(shape), number])
    return seen(random, SHAPES[shape](random, epochs_of(random)))


def judged(shape: str, number: int, shown: Case) -> Outcome:
    """The verdict on one history beside the truth."""
    run, history = shown.run, shown.history
    true = truth(run, history)
    found = diagnose(history)
    sign = -1 if history.higher_is_better else 1
    least, error = float(run.validation.min()), found.evidence.best_corrected_error
    held = onset = None
    best = found.evidence.best_corrected
    if (
        best is not None
        and error is not None
        and true.clear
        and true.label in ("good", "overfit", "improving")
    ):
        level = np.hypot(error, run.level_error) if history.rows is None else error
        held = bool(abs(sign * best - least) <= SURE * level)
    interval = found.evidence.onset_interval
    if true.label == found.label == "overfit" and interval is not None and true.clear:
        turns = int(np.flatnonzero(run.validation <= least + 1e-9 * abs(least))[-1])
        onset = interval[0] <= turns <= interval[1]
    return Outcome(
        shape,
        number,
        len(run),
        shown.costume,
        true,
        found.label,
        found.confidence,
        run.rise / true.needed if true.needed > 0 else 0.0,
        held,
        onset,
    )


def _some(work: tuple[str, range, int]) -> list[Outcome]:
    shape, numbers, stream = work
    if shape in KINDS:
        return [
            judged(shape, number, one) for number in numbers for one in cases(shape, number, stream)
        ]
    return [judged(shape, number, case(shape, number, stream)) for number in numbers]


def outcomes(times: int, stream: int) -> list[Outcome]:
    """All verdicts.

    Args:
        times: histories of each shape.
        stream: `DEVELOPMENT` or `HELD_OUT`.
    """
    pieces = [
        (shape, range(first, min(first + 50, times)), stream)
        for first in range(0, times, 50)
        for shape in SHAPES
    ]
    pieces += [
        (kind, range(first, min(first + 10, times // 4)), stream)
        for first in range(0, times // 4, 10)
        for kind in KINDS
    ]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return [one for some in pool.map(_some, pieces) for one in some]
