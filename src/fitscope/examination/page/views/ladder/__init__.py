"""The ladder: what each rung loses on training and on validation rows, and what its gap costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.frames import ladder_frame
from fitscope.examination.lines import answer_of, ladder, metric_words
from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View
from fitscope.report.words import number, shown

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The lines of the table; nothing before there is an answer."""
    if stored.results.answer is None:
        return None
    answer, lines = answer_of(stored), ladder(stored)
    units = {line.size.unit for line in lines}
    return {
        "lines": lines,
        "metric": metric_words(stored.document.task, answer.metric),
        "unit": units.pop() if len(units) == 1 else None,
        "taken": any(line.taken for line in lines),
        "signs": {line.badge.label: line.badge.look for line in lines if line.judged},
        "static": static_figures(stored, "ladder"),
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """A line a rung, and the range that holds them."""
    if stored.results.answer is None:
        return {}
    lines = ladder(stored)
    return {
        "metric": metric_words(stored.document.task, answer_of(stored).metric),
        "range": ladder_frame(lines),
        "rungs": [
            {
                "name": shown(line.rung.model, 80),
                "train": line.rung.train,
                "validation": line.rung.validation,
                "interval": line.interval,
                "gap": number(line.rung.gap),
                "label": line.badge.label.replace(" ", "-"),
                "sign": line.badge.look.sign,
                "word": line.badge.look.word,
                "strong": line.badge.strong,
                "cost": line.cost.full if line.cost else None,
                "taken": line.taken,
            }
            for line in lines
        ],
    }


VIEW = View(__name__, title="The ladder", order=2, content=content, data=data)
