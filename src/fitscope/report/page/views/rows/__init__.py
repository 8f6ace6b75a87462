"""The rows: where they come from and how their features are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View
from fitscope.report.target import target_words

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """Counts and labels of the rows, in words; the drawn histogram for pages without scripts."""
    data, histogram = stored.document.data, stored.document.histogram
    edges, counts = histogram.edges, histogram.counts
    tallest = max(range(len(counts)), key=counts.__getitem__, default=0)
    return {
        "rows": data,
        "target": target_words(data),
        "histogram": histogram,
        "low": edges[0] if edges else 0.0,
        "high": edges[-1] if edges else 0.0,
        "peak": (edges[tallest], edges[tallest + 1]) if counts else (0.0, 0.0),
        "static": static_figures(stored, "rows"),
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """The histogram's bins."""
    return {"counts": stored.document.histogram.counts, "edges": stored.document.histogram.edges}


VIEW = View(__name__, title="The rows", order=85, folded=True, content=content, data=data)
