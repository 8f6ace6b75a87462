"""One line a model: the numbers that the closing table and the page both show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitscope.report.names import shown

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

CROSSENTROPY = "val_binary_crossentropy"
ACCURACY = "val_accuracy"


@dataclass(frozen=True)
class Estimate:
    """A score of a model, with the standard error of its mean if there are several runs.

    Example:
        >>> str(Estimate(0.58061, 0.00312)), str(Estimate(0.58061))
        ('0.5806 ± 0.0031', '0.5806')
    """

    mean: float
    error: float | None = None

    def __str__(self) -> str:
        if not math.isfinite(self.mean):
            return "none"
        if self.error is None or not math.isfinite(self.error):
            return f"{self.mean:.4f}"
        return f"{self.mean:.4f} ± {self.error:.4f}"


@dataclass(frozen=True)
class Score:
    """A model's line.

    Attributes:
        model: its name.
        parameters: trainable parameters.
        epochs: epochs of each finished run.
        best_epochs: best epoch of each finished run, from 0.
        crossentropy: validation cross-entropy at the best epochs.
        accuracy: validation accuracy at the same epochs.
        diverged: number of runs that diverged.
        best: whether this is the lowest cross-entropy of several.
    """

    model: str
    parameters: int
    epochs: tuple[int, ...]
    best_epochs: tuple[int, ...]
    crossentropy: Estimate
    accuracy: Estimate
    diverged: int
    best: bool


def scores(stored: StoredStudy) -> list[Score]:
    """The models that have a finished run, in the study's order."""
    lines = {line["name"]: line["best"] for line in stored.results["models"]}
    means = [_estimate(best.get(CROSSENTROPY)).mean for best in lines.values()]
    finite = [mean for mean in means if math.isfinite(mean)]
    lowest = min(finite) if len(finite) > 1 else math.nan
    found = []
    for entry in stored.document.models:
        runs = [run for run in stored.results["runs"] if run["model"] == entry.name]
        if entry.name not in lines or not runs:
            continue
        best = lines[entry.name]
        crossentropy = _estimate(best.get(CROSSENTROPY))
        found.append(
            Score(
                model=entry.name,
                parameters=entry.parameters,
                epochs=tuple(run["epochs"] for run in runs),
                best_epochs=tuple(run["best_epoch"] for run in runs),
                crossentropy=crossentropy,
                accuracy=_estimate(best.get(ACCURACY)),
                diverged=sum(run["stopped"] == "diverged" for run in runs),
                best=crossentropy.mean == lowest,
            )
        )
    return found


def span(numbers: Sequence[int]) -> str:
    """The number, or the smallest and the largest of several.

    Example:
        >>> span([1338]), span([1204, 990, 1402])
        ('1,338', '990–1,402')
    """
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def remarks(stored: StoredStudy, lines: Sequence[Score]) -> list[str]:
    """What must be read beside the scores."""
    found = []
    if any(line.best for line in lines):
        found.append(
            "* lowest validation cross-entropy of this study; the lowest point of a noisy curve "
            "is optimistic"
        )
    if stored.document.repeats == 1 and len(lines) > 1:
        found.append(
            "one run a model: this compares trained networks on these rows, not the models"
        )
    missing = [entry.name for entry in stored.document.models]
    for line in lines:
        missing.remove(line.model)
        if line.diverged:
            found.append(
                f"{shown(line.model)}: {line.diverged} of {len(line.epochs)} runs diverged"
            )
        if len(line.epochs) < stored.document.repeats:
            done, wanted = len(line.epochs), stored.document.repeats
            found.append(f"{shown(line.model)}: {done} of {wanted} runs finished so far")
    if missing:
        found.append(f"not finished: {', '.join(map(shown, missing))}")
    return found


def _estimate(pair: Sequence[Any] | None) -> Estimate:
    mean, error = pair if pair is not None else (None, None)
    return Estimate(math.nan if mean is None else mean, error)
