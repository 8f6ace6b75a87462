"""A card for each model: its verdict, and folded away the evidence and the layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fitscope.report.page.lines import Line, ranked
from fitscope.report.page.view import View
from fitscope.report.page.views.models.sketch import HEIGHT, WIDTH, sketches
from fitscope.report.presentation import presentation_of
from fitscope.report.words import sure
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import facts

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """The cards in the study's order."""
    document = stored.document
    presentation = presentation_of(document.kind)
    features = len(document.data.feature_names)
    lines = {line.entry.name: line for line in ranked(stored)}
    own = {
        (run["model"], run["repeat"]): run.get("verdict")
        for run in stored.results["runs"]
        if run.get("verdict")
    }
    drawn = sketches(stored.histories, list(lines))
    cards = []
    for entry in document.models:
        line = lines[entry.name]
        role = presentation.roles.get(entry.name)
        cards.append(
            {
                "line": line,
                "role": role,
                "sketch": drawn.get(entry.name),
                "spec": repr(entry.model),
                "evidence": facts(Verdict.from_dict(line.verdict)) if line.verdict else [],
                "runs": _runs(line, own),
                "summary": entry.model.summary(features),
            }
        )
    return {
        "cards": cards,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _runs(line: Line, verdicts: Mapping[tuple[str, int], Any]) -> list[dict[str, Any]]:
    return [
        {
            "repeat": run["repeat"],
            "epochs": run["epochs"],
            "best_epoch": run["best_epoch"],
            "best": (run["best"] or {}).get("val_binary_crossentropy"),
            "stopped": run.get("stopped", ""),
            "verdict": verdicts.get((line.entry.name, run["repeat"])),
        }
        for run in line.runs
    ]


VIEW = View(__name__, title="Model by model", order=65, content=content)
