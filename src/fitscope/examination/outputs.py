"""What runs predict on validation rows, averaged over runs, and what a metric makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from fitscope.diagnosis.by_weight import by_weight
from fitscope.study.folder import read_learnt
from fitscope.task import Metric, Task

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import Folder


def badness(
    outputs: Shaped[np.ndarray, "rows ..."],
    y: Shaped[np.ndarray, " rows"],
    task: Task,
    metric: Metric,
) -> Float[np.ndarray, " rows"]:
    """What a metric says of each row, turned so that less is better.

    Args:
        outputs: predictions.
        y: targets.
        task: what was learnt.
        metric: the task's loss or its score; of an accuracy the rows that it misses count.

    Example:
        >>> from fitscope.task import ACCURACY, BINARY
        >>> badness(np.array([2.0, -1.0]), np.array([1, 1]), BINARY, ACCURACY)
        array([0., 1.])
    """
    if metric.name == task.loss.name:
        return task.row_losses(outputs, y)
    scores = task.row_scores(outputs, y)
    return 1.0 - scores if metric.higher_is_better else scores


def of_rows(
    folder: Folder,
    document: StudyDocument,
    model: str,
    repeat: int,
    x: Any,
) -> Float[np.ndarray, "rows ..."]:
    """Outputs of a run for rows, with what it had learnt at its best epoch, a refit in the end.

    Args:
        folder: of the study.
        document: study.json.
        model: name of the model.
        repeat: number of the run.
        x: rows as the runs of its fold take them: encoded, or a frame of a table's columns.
    """
    entry = document.entry(model)
    state = read_learnt(folder, entry, repeat, entry.used)
    outputs = entry.learner.predict(state, x, document.task)
    return np.asarray(outputs, np.float64)


def of_members(
    folder: Folder,
    document: StudyDocument,
    model: str,
    repeats: Sequence[int],
    encoded: Callable[[int], np.ndarray],
) -> Float[np.ndarray, "members rows ..."]:
    """Outputs of several runs for the same rows.

    Args:
        folder: of the study.
        document: study.json.
        model: name of the model.
        repeats: numbers of its runs.
        encoded: gives the rows as the runs of a fold take them.
    """
    folds = document.data.folds
    rows = {fold: encoded(fold) for fold in {repeat % folds for repeat in repeats}}
    return np.stack(
        [of_rows(folder, document, model, repeat, rows[repeat % folds]) for repeat in repeats]
    )


@dataclass
class Outputs:
    """Predictions of runs on the validation rows of their folds, each made once.

    Attributes:
        folder: the study's.
        document: study.json.
        splits: one a fold.
        made: those that are there already.
        groups: for each fold, what names the group of each of its validation rows; none where
            each row stands for itself.
    """

    folder: Folder
    document: StudyDocument
    splits: Sequence[Split]
    made: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)
    groups: Sequence[Int[np.ndarray, " validation"]] = ()

    def of_run(self, model: str, repeat: int) -> Float[np.ndarray, "rows ..."]:
        """Outputs of a run."""
        key = (model, repeat)
        if key not in self.made:
            x = self.splits[repeat % len(self.splits)].validation_rows
            self.made[key] = of_rows(self.folder, self.document, model, repeat, x)
        return self.made[key]

    def of_round(self, model: str, number: int) -> Float[np.ndarray, "rows ..."]:
        """Outputs of one run on each fold, for validation rows of all folds, fold by fold."""
        folds = len(self.splits)
        return np.concatenate([self.of_run(model, number * folds + fold) for fold in range(folds)])

    @property
    def y(self) -> Float[np.ndarray, " rows"]:
        """Targets of the same rows."""
        return np.concatenate([np.asarray(split.y_validation) for split in self.splits])

    def counted(self, values: Float[np.ndarray, "... rows"]) -> Float[np.ndarray, "... rows"]:
        """Values of the same rows, each as much as its row counts in its fold; see `by_weight`."""
        weights = [split.validation_weights for split in self.splits]
        ends = np.cumsum([len(split.y_validation) for split in self.splits])[:-1]
        parts = zip(np.split(values, ends, axis=-1), weights, strict=True)
        return np.concatenate([by_weight(*part) for part in parts], axis=-1)

    @property
    def weights(self) -> Float[np.ndarray, " rows"] | None:
        """What the same rows count; None where all count alike."""
        found = [split.validation_weights for split in self.splits]
        known = [one for one in found if one is not None]
        return np.concatenate(known) if known else None

    @property
    def group_of(self) -> Int[np.ndarray, " rows"] | None:
        """What names the group of each of the same rows; None where each stands for itself."""
        return np.concatenate(self.groups) if self.groups else None
