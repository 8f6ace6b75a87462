"""The ranked table: one line a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.page.lines import Line, ranked
from fitscope.report.page.view import View
from fitscope.report.scores import remarks

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """The lines and what must be read beside them."""
    lines = ranked(stored)
    return {
        "lines": lines,
        "remarks": _remarks(stored, lines),
        "verdicts": any(line.verdict for line in lines),
    }


def _remarks(stored: StoredStudy, lines: list[Line]) -> list[str]:
    said = remarks(stored, [line.score for line in lines if line.score])
    said = [remark for remark in said if not remark.startswith("*")]  # the table shows the best
    if any(line.score and not line.score.corrected for line in lines):
        said.append(
            "scores are the lowest points of the curves; the lowest point of a noisy curve is "
            "optimistic"
        )
    if stored.document.repeats > 1:
        said.append("epochs run from the smallest to the largest of a model's runs")
    return [f"{remark[0].upper()}{remark[1:].rstrip('.')}." for remark in said]


VIEW = View(__name__, title="Results", order=10, content=content)
