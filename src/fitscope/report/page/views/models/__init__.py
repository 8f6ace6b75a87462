"""A card for each model: its verdict, and folded away the evidence and the layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fitscope.report.page.lines import Line, ranked
from fitscope.report.page.view import View
from fitscope.report.page.views.models.sketch import HEIGHT, WIDTH, sketches
from fitscope.report.page.words import badge, number, sure
from fitscope.report.scores import span
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import facts

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

GUIDE_ROLES = {
    "Tiny": "One hidden layer of 16 units: the baseline, and all the others must beat it.",
    "Small": "Two layers of 16 units: does a little more room help?",
    "Medium": "Three layers of 64 units, twenty times Tiny's parameters.",
    "Large": "Four layers of 512 units: far more room than the rows can fill.",
    "L2": "Large with an L2 penalty of 0.001 on its weights.",
    "Dropout": "Large with half of the units dropped at each step.",
    "Combined": "Large with dropout and a light L2 penalty of 0.0001.",
}


def content(stored: StoredStudy) -> dict[str, Any]:
    """The cards in the study's order."""
    document = stored.document
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
        role = GUIDE_ROLES.get(entry.name) if document.kind == "guide" else None
        cards.append(
            {
                "line": line,
                "badge": badge(line.verdict),
                "sure": sure(line.verdict.get("confidence")) if line.verdict else "",
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
        "badge_of": badge,
        "sure_of": sure,
        "span": span,
        "number": number,
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


VIEW = View(title="Model by model", order=65, order_in_guide=65, content=content)
