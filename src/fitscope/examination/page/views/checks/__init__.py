"""What was found in the table: codes, what each rests on, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.lines import answer_of
from fitscope.examination.severity import SEVERITIES
from fitscope.report.page.view import View
from fitscope.verdicts.check import gravest_first

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

MOST = 12  # columns that are named


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The checks, the gravest first; nothing before there is an answer."""
    if stored.results.answer is None:
        return None
    return {
        "checks": gravest_first(answer_of(stored).checks),
        "severities": SEVERITIES,
        "most": MOST,
    }


VIEW = View(__name__, title="Checks on the table", order=5, content=content)
