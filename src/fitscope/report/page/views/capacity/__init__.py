"""The capacity curve: loss against size, on training and on validation rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fitscope.learners.knobs import is_plain
from fitscope.report.page.view import View
from fitscope.study.estimate import Estimate

if TYPE_CHECKING:
    from fitscope.study.document import ModelEntry, StudyDocument
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import RunResult


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """Nothing to see where all models have the same size, or none has been trained."""
    entries = compared(stored.document)
    sizes = {entry.size.count for entry in entries if is_plain(entry.learner)}
    if len(sizes) < 2 or not stored.results.runs:
        return None
    return {
        "unit": entries[0].size.unit,
        "step": entries[0].learner.step,
        "others": len(stored.document.models) - len(entries),
        "models": [entry.name for entry in entries if stored.results.runs_of(entry.name)],
        "smallest": min(sizes),
        "largest": max(sizes),
        "loss": stored.document.task.loss,
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """For each model its losses with regularization off, at its best and at its last epoch."""
    task, results = stored.document.task, stored.results
    train, validation = f"fit_{task.loss.name}", task.loss.validation
    known = {model.name: model for model in results.models}
    shown = {entry.name for entry in compared(stored.document)}
    points = []
    for number, entry in enumerate(stored.document.models):
        runs = results.runs_of(entry.name)
        if not runs or entry.name not in shown:
            continue
        corrected = known[entry.name].best_corrected or {}
        points.append(
            {
                "model": number,
                "size": entry.size.count,
                "plain": is_plain(entry.learner),
                "best": {
                    "train": _over(runs, "best", train),
                    "validation": corrected[validation].as_pair()
                    if validation in corrected
                    else _over(runs, "best", validation),
                },
                "last": {
                    "train": _over(runs, "final", train),
                    "validation": _over(runs, "final", validation),
                },
            }
        )
    units = {entry.size.unit for entry in compared(stored.document)}
    return {"points": points, "unit": min(units, default=""), "title": task.loss.title}


def compared(document: StudyDocument) -> list[ModelEntry]:
    """The models whose sizes have one unit: that of most different sizes of plain models.

    Of two units with as many sizes it is the one that comes first in the study.
    """
    plain = [entry.size for entry in document.models if is_plain(entry.learner)]
    counts = Counter(size.unit for size in dict.fromkeys(plain))
    if not counts:
        return []
    (unit, _), *_ = counts.most_common(1)
    return [entry for entry in document.models if entry.size.unit == unit]


def _over(runs: Sequence[RunResult], which: str, metric: str) -> list[float | None]:
    return Estimate.over([getattr(run, which).get(metric) for run in runs]).as_pair()


VIEW = View(__name__, title="Capacity", order=60, content=content, data=data)
