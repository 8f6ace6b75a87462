"""For learners: what overfitting and underfitting are. The guide's page alone has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.page.view import View

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """No variables; only the guide explains itself from the start."""
    return {} if stored.document.kind == "guide" else None


VIEW = View(title="Overfit and underfit", order=20, content=content)
