"""One line a model: what the closing table, the page and notebooks all show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fitscope.report.words import shown
from fitscope.study.estimate import Estimate
from fitscope.study.failed import failures

if TYPE_CHECKING:
    from fitscope.study.document import ModelEntry
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import ModelResult, RunResult
    from fitscope.task import Metric, Task
    from fitscope.verdicts.verdict import Verdict

UNKNOWN = Estimate(None)


@dataclass(frozen=True)
class Line:
    """What is known of a model.

    Attributes:
        entry: its entry in study.json.
        task: what is to be learnt.
        result: its entry in results.json, None before the first finished run.
        runs: its finished runs.
        rank: 1 is the best loss; None without one.
        best: whether this is the best loss of several.
    """

    entry: ModelEntry
    task: Task
    result: ModelResult | None
    runs: tuple[RunResult, ...]
    rank: int | None = None
    best: bool = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self.entry.name

    @property
    def loss(self) -> Estimate:
        """Validation loss around the best epochs."""
        return self._of(self.task.loss)

    @property
    def score(self) -> Estimate:
        """The task's second metric around the same epochs."""
        return self._of(self.task.score)

    @property
    def corrected(self) -> bool:
        """Whether the loss is corrected for the best epoch having been picked; folders of earlier
        versions hold the picked epochs' values only."""
        known = self.result.best_corrected if self.result else None
        return known is not None and self.task.loss.validation in known

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the model."""
        return self.result.verdict if self.result else None

    @property
    def epochs(self) -> tuple[int, ...]:
        """Epochs of each finished run."""
        return tuple(run.epochs for run in self.runs)

    @property
    def best_epochs(self) -> tuple[int, ...]:
        """Best epoch of each finished run, from 0."""
        return tuple(map(best_epoch, self.runs))

    @property
    def diverged(self) -> int:
        """Number of runs that diverged."""
        return sum(run.stopped == "diverged" for run in self.runs)

    def _of(self, metric: Metric) -> Estimate:
        if self.result is None:
            return UNKNOWN
        known = {**self.result.best, **(self.result.best_corrected or {})}
        return known.get(metric.validation, UNKNOWN)


def best_epoch(run: RunResult) -> int:
    """Best epoch of a run: of the validation trend, or as logged where there is no verdict."""
    return run.best_epoch if run.verdict is None else run.verdict.best_epoch


def ranked(stored: StoredStudy) -> list[Line]:
    """A line for every model of the study, best loss first, those without a score last."""
    results, task = stored.results, stored.document.task
    known = {model.name: model for model in results.models}
    lines = [
        Line(entry, task, known.get(entry.name), results.runs_of(entry.name))
        for entry in stored.document.models
    ]
    lines.sort(key=_place)
    scored = sum(_place(line)[0] == 0 for line in lines)
    return [
        replace(line, rank=number, best=number == 1 < scored) if number <= scored else line
        for number, line in enumerate(lines, 1)
    ]


def _place(line: Line) -> tuple[int, float]:
    """Models with a score, then those that have none but have run, then the others."""
    mean = line.loss.mean
    if mean is not None and math.isfinite(mean):
        return 0, -mean if line.task.loss.higher_is_better else mean
    return 1 if line.runs else 2, 0.0


def remarks(stored: StoredStudy, lines: Sequence[Line]) -> list[str]:
    """What must be read beside the scores: how to read them, then what happened in this study.

    Args:
        stored: the study.
        lines: all of its models.
    """
    return [*reading(stored, lines), *notes(stored, lines)]


def reading(stored: StoredStudy, lines: Sequence[Line]) -> list[str]:
    """How the scores are to be read."""
    found = []
    document = stored.document
    repeats = document.most_runs
    done = [line for line in lines if line.runs]
    if done and all(line.corrected for line in done):
        sources = "rows and runs" if repeats > 1 else "rows and epochs"
        found.append(
            "Scores: means around each run's best epoch, corrected for picking it, ± one standard "
            f"error over {sources}. The models share their rows: differences are surer."
        )
    if any(line.best for line in lines):
        found.append(f"* best validation {document.task.loss.words} of this study")
    if repeats == 1 and len(done) > 1:
        found.append(
            "one run a model: this compares the trained models on these rows; other seeds may "
            "rank them otherwise"
        )
    return found


def notes(stored: StoredStudy, lines: Sequence[Line]) -> list[str]:
    """What happened to runs of this study."""
    document = stored.document
    done = [line for line in lines if line.runs]
    found = _saved(stored)
    found += failures(stored.results.failed)
    failed = [run.model for run in stored.results.failed]
    for line in done:
        name = shown(line.name)
        if line.diverged:
            found.append(f"{name}: {line.diverged} of {len(line.runs)} runs diverged")
        wanted = len(document.runs_of(line.entry))
        if len(line.runs) + failed.count(line.name) < wanted:
            found.append(f"{name}: {len(line.runs)} of {wanted} runs finished so far")
    begun = {*failed, *(line.name for line in done)}
    missing = [entry.name for entry in document.models if entry.name not in begun]
    if missing:
        found.append(f"not finished: {', '.join(map(shown, missing))}")
    return found


def _saved(stored: StoredStudy) -> list[str]:
    rule = stored.document.training_plan.stopping
    ended = [run.stopping for run in stored.results.runs if run.stopping]
    if rule is None or not ended:
        return []
    epochs = sum(stopping["epochs_saved"] for stopping in ended)
    return [
        f"stopped by verdicts: at least {epochs:,} epochs fewer than a patience of "
        f"{rule.patience:,} would have trained"
    ]
