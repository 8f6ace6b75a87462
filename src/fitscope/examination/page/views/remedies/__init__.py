"""What each remedy bought: paired differences, by the model that it was tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.frames import bought_frame
from fitscope.examination.lines import answer_of, bought, metric_words, told
from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The lines of the tables; nothing where no remedy was tried."""
    if stored.results.answer is None or not answer_of(stored).remedies:
        return None
    answer = answer_of(stored)
    groups = bought(answer)
    low, high = bought_frame(groups)
    return {
        "groups": groups,
        "metric": metric_words(stored.document.task, answer.metric),
        "slugs": {entry.name: entry.slug for entry in stored.document.models},
        "scale": max(-low, high),
        "told": told,
        "static": static_figures(stored, "remedies"),
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """For each model that remedies were tried on, what they bought."""
    if stored.results.answer is None:
        return {}
    groups = bought(answer_of(stored))
    return {
        "metric": metric_words(stored.document.task, answer_of(stored).metric),
        "range": bought_frame(groups),
        "groups": [
            [
                {
                    "name": remedy.remedy,
                    "value": remedy.difference,
                    "interval": remedy.interval,
                    "told": told(remedy.interval),
                }
                for remedy in group.remedies
            ]
            for group in groups
        ],
    }


VIEW = View(__name__, title="What each remedy bought", order=3, content=content, data=data)
