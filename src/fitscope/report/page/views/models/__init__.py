"""A card for each model: its verdict, and folded away the evidence and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.learners.base import is_reference
from fitscope.report.lines import best_epoch, ranked
from fitscope.report.page.view import View
from fitscope.report.page.views.models.sketch import sketches
from fitscope.report.polyline import HEIGHT, WIDTH
from fitscope.report.presentation import presentation_of
from fitscope.verdicts.words import facts

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import RunResult
    from fitscope.task import Task


def content(stored: StoredStudy) -> dict[str, Any]:
    """The cards in the study's order."""
    document = stored.document
    presentation, task = presentation_of(document.kind), document.task
    features = len(document.data.feature_names)
    lines = {line.name: line for line in ranked(stored)}
    drawn = sketches(stored.histories, list(lines), task.loss)
    cards = []
    for entry in document.models:
        line, layers = lines[entry.name], entry.learner.layers(features, task)
        cards.append(
            {
                "line": line,
                "role": presentation.roles.get(entry.name),
                "sketch": drawn.get(entry.name),
                "spec": repr(entry.learner),
                "step": entry.learner.step,
                "evidence": facts(line.verdict) if line.verdict else [],
                "runs": [_run(run, task) for run in line.runs],
                "unjudged": "what others are held against"
                if is_reference(entry.learner)
                else "no verdict yet",
                "layers": layers,
                "layered": any(row[2] for row in layers.rows()),
            }
        )
    hint = f"{len(cards)} model{'' if len(cards) == 1 else 's'}, one by one"
    return {"hint": hint, "cards": cards, "width": WIDTH, "height": HEIGHT, "loss": task.loss}


def _run(run: RunResult, task: Task) -> dict[str, Any]:
    corrected = run.verdict.evidence.best_corrected if run.verdict else None
    return {
        "number": run.repeat + 1,
        "epochs": run.epochs,
        "best_epoch": best_epoch(run),
        "best": run.best.get(task.loss.validation) if corrected is None else corrected,
        "stopped": run.stopped,
        "verdict": run.verdict,
    }


VIEW = View(__name__, title="Model by model", order=65, content=content)
