"""From finished runs to what is known of the models before anything is judged."""

from __future__ import annotations

from collections.abc import Sequence

from fitscope.study.document import StudyDocument
from fitscope.study.estimate import Estimate
from fitscope.study.results import ModelResult, Results, RunResult


def summarize(document: StudyDocument, runs: Sequence[RunResult]) -> Results:
    """Results without verdicts and what follows from them: `judge` adds those.

    Args:
        document: study.json.
        runs: the finished runs, in any order, of learners on fewer rows, too.
    """
    order = {entry.name: number for number, entry in enumerate(document.entries)}
    runs = sorted(runs, key=lambda run: (order[run.model], run.repeat))
    subsets = [run for run in runs if order[run.model] >= len(document.models)]
    runs = runs[: len(runs) - len(subsets)]
    models = []
    for entry in document.models:
        mine = [run for run in runs if run.model == entry.name]
        if mine:
            best = {name: Estimate.over([run.best[name] for run in mine]) for name in mine[0].best}
            groups = tuple(entry.groups)
            models.append(ModelResult(entry.name, groups, entry.size, len(mine), best))
    return Results(
        tuple(models),
        tuple(runs),
        task=document.task,
        subsets=tuple(subsets),
        precision=document.precision,
        cautions=tuple(document.cautions),
    )
