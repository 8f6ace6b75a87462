"""The ladder: what each rung loses on training and on validation rows, and what its gap costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.frames import ladder_frame
from fitscope.examination.lines import answer_of, ladder, take_words, taken_loss
from fitscope.report.page.view import View
from fitscope.report.words import number

if TYPE_CHECKING:
    from fitscope.examination.lines import RungLine
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The lines of the table; nothing before there is an answer."""
    if stored.results.answer is None:
        return None
    lines, answer = ladder(stored), answer_of(stored)
    task = stored.document.task
    taken = taken_loss(task, answer, lines)
    return {
        "lines": lines,
        "metric": task.loss.words,
        "frame": ladder_frame(lines, taken),
        "taken": taken,
        "take": take_words(answer),
        "several": sum(line.taken for line in lines) > 1,
        "told": told,
    }


def told(line: RungLine) -> str:
    """What a rung's drawing is told in words."""
    rung = line.rung
    text = f"training {number(rung.train, rung.validation)}, validation {number(rung.validation)}"
    if line.interval is not None:
        low, high = (number(end, rung.validation) for end in line.interval)
        text += f", 95 % interval {low} to {high}"
    if rung.gap is not None:
        text += f"; gap {number(rung.gap, rung.validation)}"
    return text


VIEW = View(__name__, title="The ladder", order=2, content=content)
