"""The ranked table: one line a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.lines import Line, notes, ranked, reading
from fitscope.report.page.view import View
from fitscope.report.words import step_of

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """The lines and what must be read beside them."""
    lines = ranked(stored)
    units = {line.entry.size.unit for line in lines}
    return {
        "lines": lines,
        "notes": _sentences(notes(stored, lines)),
        "remarks": _sentences(_reading(stored, lines)),
        "task": stored.document.task,
        "step": step_of(stored.document),
        "unit": units.pop() if len(units) == 1 else None,
        "verdicts": any(line.verdict for line in lines),
        "onsets": any(line.verdict and line.verdict.onset_shown is not None for line in lines),
        "costs": any(line.verdict and line.verdict.cost for line in lines),
    }


def _reading(stored: StoredStudy, lines: list[Line]) -> list[str]:
    said = reading(stored, lines)
    said = [remark for remark in said if not remark.startswith("*")]  # the table shows the best
    step = step_of(stored.document)
    if any(line.verdict and line.verdict.cost for line in lines):
        said.append(
            "costs: what overfitting costs on rows that nobody has seen, of a run left to train "
            "to its end and of more room than needed; a gap to training that costs nothing is no "
            "fault"
        )
    if any(line.runs and not line.corrected for line in lines):
        said.append(
            "scores are the lowest points of the curves; the lowest point of a noisy curve is "
            "optimistic"
        )
    if stored.document.most_runs > 1:
        said.append(f"{step}s run from the smallest to the largest of a model's runs")
    return said


def _sentences(said: list[str]) -> list[str]:
    return [f"{remark[0].upper()}{remark[1:].rstrip('.')}." for remark in said]


VIEW = View(__name__, title="Results", order=10, content=content)
