"""What a model is like on validation rows: its outputs and losses, round by round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from fitscope.diagnosis.folds import Folds
from fitscope.diagnosis.grouped import by_group
from fitscope.examination.outputs import Outputs, badness
from fitscope.names import joined
from fitscope.serving.ensemble import averaged
from fitscope.study.rounds import runs_of_rounds, whole_rounds

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.study.answer import Part
    from fitscope.study.results import Results
    from fitscope.task import Metric


@dataclass(frozen=True, eq=False)
class Measured:
    """A model on the validation rows of all folds.

    A round is one run on each fold, so that every row is predicted once in it.

    Attributes:
        name: of the model.
        outputs: predictions of each round.
        losses: of each round and row by the metric that decides, less is better, and as much as
            the row counts. Their level is corrected for best epochs having been picked.
        served: losses of all rounds averaged into one model, at the same corrected level.
        moved: how far the mean of the rounds' levels was corrected.
        folds: which rows were validated together; None for a single validation part.
        groups: what names the group of each row; None where each row stands for itself.
    """

    name: str
    outputs: Float[np.ndarray, "rounds rows ..."]
    losses: Float[np.ndarray, "rounds rows"]
    served: Float[np.ndarray, " rows"]
    moved: Float[np.ndarray, " rows"]
    folds: Folds | None = None
    groups: Int[np.ndarray, " rows"] | None = None

    @property
    def rounds(self) -> int:
        """How many there are."""
        return len(self.losses)

    @property
    def vary(self) -> bool:
        """Whether rounds differ: those of a learner without chance do not."""
        return float(np.ptp(self.losses, axis=0).max()) > 0

    @property
    def units(self) -> Float[np.ndarray, " units"]:
        """`served`, one value for each row or group that was drawn by chance."""
        return by_group(self.served, self.groups)

    @property
    def mean(self) -> float:
        """Mean loss of a run."""
        return float(self.losses.mean())


def members(results: Results, part: Part, folds: int) -> dict[str, list[int]]:
    """What a recommended model's runs are called in the study, to the numbers of those averaged.

    Args:
        results: the finished runs.
        part: the model, and how many of its runs.
        folds: runs of a round.
    """
    validated = runs_of_rounds([run.repeat for run in results.runs_of(part.model)], folds)
    return {
        name: (validated if name == part.model else list(range(count)))[:count]
        for name, count in part.runs.items()
    }


def measure(outputs: Outputs, results: Results, name: str, metric: Metric) -> Measured | None:
    """A model's outputs and losses; None without a whole round, or where it came apart.

    The best epoch was picked because its loss is low on these very rows. What that flatters is
    known from the verdicts of judged runs; before they are judged, and for any metric but the
    loss, levels stay as they are.

    Args:
        outputs: of the study.
        results: its finished runs.
        name: of the model.
        metric: the one that decides.
    """
    task, folds = outputs.document.task, len(outputs.splits)
    runs = {run.repeat: run for run in results.runs_of(name)}
    rounds = whole_rounds(runs, folds)
    if not rounds:
        return None
    found = np.stack([outputs.of_round(name, number) for number in rounds])
    if not np.isfinite(found).all():
        return None
    y = outputs.y
    losses = outputs.counted(np.stack([badness(one, y, task, metric) for one in found]))
    moved = np.zeros_like(losses)
    if metric.name == task.loss.name:
        ends = np.cumsum([0, *(len(split.y_validation) for split in outputs.splits)])
        for place, number in enumerate(rounds):
            for fold in range(folds):
                verdict = runs[number * folds + fold].verdict
                corrected = None if verdict is None else verdict.evidence.best_corrected
                if verdict is None or corrected is None:
                    continue
                rows = slice(ends[fold], ends[fold + 1])
                moved[place, rows] = corrected - losses[place, rows].mean()
    raised = moved.mean(axis=0)
    served = outputs.counted(badness(averaged(found, task), y, task, metric)) + raised
    parted = folds_of(outputs.splits)
    return Measured(name, found, losses + moved, served, raised, parted, outputs.group_of)


def averaging(
    measured: Mapping[str, Measured], outputs: Outputs, metric: Metric
) -> Callable[[Sequence[str]], Measured]:
    """What averages models into one, told their names, each of them with all its rounds.

    Args:
        measured: name to losses.
        outputs: of the study.
        metric: the one that decides.
    """
    task, y = outputs.document.task, outputs.y

    @cache
    def rounds_averaged(name: str) -> Float[np.ndarray, "rows ..."]:
        return averaged(measured[name].outputs, task)

    def together(names: Sequence[str]) -> Measured:
        first, *_ = parts = [measured[name] for name in names]
        found = averaged(np.stack([rounds_averaged(name) for name in names]), task)
        moved = np.mean([one.moved for one in parts], axis=0)
        served = outputs.counted(badness(found, y, task, metric)) + moved
        name = joined(names)
        return Measured(name, found[None], served[None], served, moved, first.folds, first.groups)

    return together


def folds_of(splits: Sequence[Split]) -> Folds | None:
    """Which validation rows belong to which fold; None of a single split.

    Args:
        splits: one a fold.
    """
    if len(splits) == 1:
        return None
    sizes = [len(split.y_validation) for split in splits]
    train = float(np.mean([len(split.y_train) for split in splits]))
    return Folds(np.repeat(np.arange(len(sizes)), sizes), train)
