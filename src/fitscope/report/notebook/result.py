"""What a study found, as a notebook shows it: the advice and the closing table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.report.lines import ranked, remarks
from fitscope.report.notices import notices
from fitscope.report.presentation import palette_of
from fitscope.report.templates import render
from fitscope.report.words import step_of

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def result_html(stored: StoredStudy) -> str:
    """The models, best loss first, and what to do about them.

    Args:
        stored: a study with verdicts.

    Returns:
        HTML.
    """
    lines = ranked(stored)
    done = [line for line in lines if line.runs]
    return render(
        "fitscope.report.notebook/result.html.j2",
        advice=stored.results.advice,
        lines=done,
        task=stored.document.task,
        step=step_of(stored.document),
        costs=any(line.verdict and line.verdict.cost for line in done),
        palette=palette_of(stored.document),
        remarks=[*remarks(stored, lines), *notices(stored.document)],
    )
