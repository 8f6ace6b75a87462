"""Would more rows help: the learning curve of an examination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.learning_curve import FEWEST, Prediction, learning_curve
from fitscope.examination.measured import whole_rounds
from fitscope.examination.outputs import Outputs, badness
from fitscope.study.answer import Gain, MoreData

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import RunResult
    from fitscope.task import Metric


def more_data(
    document: StudyDocument,
    runs: Sequence[RunResult],
    outputs: Outputs,
    metric: Metric,
    seed: int,
) -> MoreData | None:
    """The learning curve that was measured, and where it leads; None where there is none.

    Args:
        document: study.json; its learners on fewer rows say of which model the curve is.
        runs: all finished runs, those on fewer rows too.
        outputs: of the study.
        metric: the one that decides.
        seed: of the draws that intervals are made of.
    """
    if not document.subsets:
        return None
    learner = document.subsets[0].learner
    whole = next((entry for entry in document.models if entry.learner == learner), None)
    if whole is None:
        return None
    losses = {
        entry.rows: found
        for entry in document.subsets
        if entry.learner == learner and (found := _losses(entry.name, runs, outputs, metric)).size
    }
    losses[document.data.train_rows] = _losses(whole.name, runs, outputs, metric)
    sizes = sorted(losses)
    if len(sizes) < FEWEST or not losses[sizes[-1]].size or len(losses[sizes[0]][0]) < 2:
        return None
    found = learning_curve(sizes, [losses[size] for size in sizes], 0.0, seed)
    return MoreData(
        model=whole.name,
        predictable=found.predictable,
        sizes=found.sizes,
        losses=tuple(zip(map(float, found.losses), map(float, found.errors), strict=True)),
        doubling=_gain(found.doubling),
        tenfold=_gain(found.tenfold),
        why=found.why or "",
    )


def _losses(
    name: str, runs: Sequence[RunResult], outputs: Outputs, metric: Metric
) -> Float[np.ndarray, "rounds rows"]:
    """Losses of each whole round, as they are at the best epochs."""
    mine = [run.repeat for run in runs if run.model == name]
    rounds = whole_rounds(mine, len(outputs.splits))
    task, y = outputs.document.task, outputs.y
    found = [badness(outputs.of_round(name, number), y, task, metric) for number in rounds]
    return np.array(found).reshape(len(rounds), len(y))


def _gain(found: Prediction | None) -> Gain | None:
    return None if found is None else Gain(found.gain, found.interval, found.sure)
