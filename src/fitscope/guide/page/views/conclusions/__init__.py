"""For learners: what to take away, with this study's own figures where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.page.view import View
from fitscope.report.words import shown

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """Which models the study found to overfit and which not."""
    labels: dict[str, list[str]] = {}
    for model in stored.results.models:
        if model.verdict is not None and not model.verdict.undecided:
            labels.setdefault(model.verdict.label, []).append(shown(model.name))
    return {"overfit": labels.get("overfit", []), "good": labels.get("good", [])}


VIEW = View(__name__, title="What to take away", order=80, content=content)
