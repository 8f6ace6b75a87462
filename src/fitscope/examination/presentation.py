"""`EXAMINATION`: the answer's own sections and figures, and the order of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.examination.lines import LADDER, REMEDIES
from fitscope.report.presentation import Group, Presentation

if TYPE_CHECKING:
    from fitscope.report.planned import Planned
    from fitscope.study.folder import StoredStudy

RUNGS = (
    "The rungs of the ladder, plainest first. Where the validation curve of a rung rises while "
    "its training curve still falls, it overfits by its own curve; where a plainer rung does "
    "better, by comparison."
)
CHANGES = (
    "What was tried against overfitting, on the rung that overfits worst and on the best one. "
    "A remedy that works lifts the training curve and lowers the validation curve."
)


def figures(stored: StoredStudy) -> list[Planned]:
    """Ladder, remedies and learning curve; nothing before there is an answer."""
    from fitscope.examination.figures import answer_figures

    return answer_figures(stored)


EXAMINATION = Presentation(
    views="fitscope.examination.page.views",
    order={"results": 30},
    titles={"results": "All models", "comparisons": "Every model against every other"},
    folded=frozenset({"results", "models", "comparisons"}),
    templates={"results": "fitscope.examination.page.sections/results.html.j2"},
    groups={LADDER: Group("The ladder", RUNGS), REMEDIES: Group("Remedies", CHANGES)},
    figures=figures,
)
