"""The answer as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.examination.lines import (
    answer_of,
    bought,
    ladder,
    scale,
    scores,
    take_words,
    told,
)
from fitscope.examination.severity import SEVERITIES, headed
from fitscope.examination.sweep_words import brief_sweep
from fitscope.examination.words import times
from fitscope.report.notices import notices
from fitscope.report.templates import render
from fitscope.report.words import number, shown, sure
from fitscope.verdicts.check import gravest_first

if TYPE_CHECKING:
    from fitscope.study.answer import Answer
    from fitscope.study.folder import StoredStudy

TOP = 5  # remedies of a model that are shown


def examination_html(stored: StoredStudy) -> str:
    """The paragraph, the ladder, what remedies bought, and whether more rows would help.

    Args:
        stored: an examination with an answer.

    Returns:
        HTML.
    """
    answer = answer_of(stored)
    groups = bought(answer)
    return render(
        "fitscope.examination/notebook.html.j2",
        answer=answer,
        metric=stored.document.task.loss.words,
        lines=ladder(stored),
        take=take_words(answer),
        groups=groups,
        scale=scale(groups),
        top=TOP,
        told=told,
        checks=[one for one in gravest_first(answer.checks) if one.severity != "note"],
        severities=SEVERITIES,
        headed=headed,
        said=[
            *_scores(stored, answer),
            *_swept(stored, answer),
            *_more(answer),
            *notices(stored.document),
        ],
    )


def _scores(stored: StoredStudy, answer: Answer) -> list[str]:
    """The test part in a line."""
    if not answer.test:
        return []
    told = ", ".join(scores(stored.document.task, answer))
    return [f"Test rows, looked at {times(answer.looks)}: {told}, 95 % intervals"]


def _swept(stored: StoredStudy, answer: Answer) -> list[str]:
    """Whether double descent is seen, in a line."""
    if answer.sweep is None:
        return []
    return [": ".join(filter(None, brief_sweep(answer.sweep, stored.document.task)))]


def _more(answer: Answer) -> list[str]:
    """What more rows would buy, in a line."""
    more = answer.more_data
    if more is None:
        return []
    if not more.predictable or more.doubling is None:
        return [f"More rows: not predictable{f', {more.why}' if more.why else ''}"]
    gain = more.doubling
    low, high = (number(end, gain.gain) for end in gain.interval)
    return [
        f"Twice the rows of {shown(more.model)} would take away {number(gain.gain)} "
        f"({low} to {high}, 90 % interval), {sure(gain.sure)} sure that it helps"
    ]
