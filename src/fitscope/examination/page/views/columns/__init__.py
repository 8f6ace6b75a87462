"""What was done with each column, by what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.lines import answer_of
from fitscope.examination.treatments import treatments
from fitscope.report.page.view import View

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

NAMED = 24  # columns of a group that are named
LISTED = 500  # columns of the folded table


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """Columns by treatment; nothing where the answer has none."""
    if stored.results.answer is None or not answer_of(stored).columns:
        return None
    columns = answer_of(stored).columns
    used = sum(column.used for column in columns)
    return {
        "hint": f"{used:,} of {len(columns):,} used",
        "groups": treatments(columns),
        "columns": columns[:LISTED],
        "count": len(columns),
        "used": used,
        "features": len(stored.document.data.feature_names),
        "named": NAMED,
    }


VIEW = View(__name__, title="What was done with each column", order=6, content=content, folded=True)
