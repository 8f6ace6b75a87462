"""One line a model: the numbers that the closing table and the page both show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fitscope.report.words import estimate, shown

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

CROSSENTROPY = "val_binary_crossentropy"
ACCURACY = "val_accuracy"


@dataclass(frozen=True)
class Estimate:
    """A score of a model, with the standard error of its mean if there are several runs."""

    mean: float
    error: float | None = None

    def __str__(self) -> str:
        return estimate(self.mean, self.error)


@dataclass(frozen=True)
class Score:
    """A model's line.

    Attributes:
        model: its name.
        parameters: trainable parameters.
        epochs: epochs of each finished run.
        best_epochs: best epoch of each finished run, from 0.
        crossentropy: validation cross-entropy around the best epochs.
        accuracy: validation accuracy around the same epochs.
        corrected: whether both are corrected for the best epoch having been picked; folders of
            earlier versions hold the picked epochs' values only.
        verdict: what is known of over- and underfitting, None where nothing is.
        diverged: number of runs that diverged.
        best: whether this is the lowest cross-entropy of several.
    """

    model: str
    parameters: int
    epochs: tuple[int, ...]
    best_epochs: tuple[int, ...]
    crossentropy: Estimate
    accuracy: Estimate
    corrected: bool
    verdict: Mapping[str, Any] | None
    diverged: int
    best: bool


def scores(stored: StoredStudy) -> list[Score]:
    """The models that have a finished run, lowest cross-entropy first, without one last."""
    models = {model["name"]: model for model in stored.results["models"]}
    found = []
    for entry in stored.document.models:
        runs = [run for run in stored.results["runs"] if run["model"] == entry.name]
        if entry.name not in models or not runs:
            continue
        model = models[entry.name]
        corrected = model.get("best_corrected") or {}
        shown_scores = {**model["best"], **corrected}
        found.append(
            Score(
                model=entry.name,
                parameters=entry.parameters,
                epochs=tuple(run["epochs"] for run in runs),
                best_epochs=tuple(run["best_epoch"] for run in runs),
                crossentropy=_estimate(shown_scores.get(CROSSENTROPY)),
                accuracy=_estimate(shown_scores.get(ACCURACY)),
                corrected=CROSSENTROPY in corrected,
                verdict=model.get("verdict"),
                diverged=sum(run["stopped"] == "diverged" for run in runs),
                best=False,
            )
        )
    found.sort(key=lambda line: _or_last(line.crossentropy.mean))
    if len(found) > 1 and math.isfinite(found[1].crossentropy.mean):
        found[0] = replace(found[0], best=True)
    return found


def remarks(stored: StoredStudy, lines: Sequence[Score]) -> list[str]:
    """What must be read beside the scores."""
    found = []
    if lines and all(line.corrected for line in lines):
        sources = "rows and runs" if stored.document.repeats > 1 else "rows and epochs"
        found.append(
            "Scores: means around each run's best epoch, corrected for picking it, ± one standard "
            f"error over {sources}. The models share their rows: differences are surer."
        )
    if any(line.best for line in lines):
        found.append("* lowest validation cross-entropy of this study")
    if stored.document.repeats == 1 and len(lines) > 1:
        found.append(
            "one run a model: this compares trained networks on these rows, not the models"
        )
    found += _saved(stored)
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


def _saved(stored: StoredStudy) -> list[str]:
    rule = stored.document.training_plan.stopping
    ended = [run["stopping"] for run in stored.results["runs"] if run.get("stopping")]
    if rule is None or not ended:
        return []
    epochs = sum(stopping["epochs_saved"] for stopping in ended)
    return [
        f"stopped by verdicts: at least {epochs:,} epochs fewer than a patience of "
        f"{rule.patience:,} would have trained"
    ]


def _estimate(pair: Sequence[Any] | None) -> Estimate:
    mean, error = pair if pair is not None else (None, None)
    return Estimate(math.nan if mean is None else mean, error)


def _or_last(mean: float) -> float:
    return mean if math.isfinite(mean) else math.inf
