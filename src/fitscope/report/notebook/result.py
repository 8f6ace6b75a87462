"""What a study found, as a notebook shows it: the closing table and the advice."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from fitscope.report.notebook.table import dotted, html_table, quiet
from fitscope.report.notices import notices
from fitscope.report.presentation import palette_of
from fitscope.report.scores import Score, remarks, scores, span
from fitscope.verdicts.comparison import sureness

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

HEADINGS = (
    "Model",
    "Verdict",
    "Validation cross-entropy",
    "Validation accuracy",
    "Best epoch",
    "Epochs",
    "Parameters",
)


def result_html(stored: StoredStudy) -> str:
    """The models, lowest cross-entropy first, and what to do about them.

    Args:
        stored: a study with verdicts.

    Returns:
        HTML.
    """
    lines = scores(stored)
    palette = palette_of(stored.document)
    table = html_table(HEADINGS, [_line(line, palette[line.model]) for line in lines])
    advice = "".join(
        f"<p style='margin:.5em 0;max-width:48em'><b>{escape(one['title'])}</b><br>"
        f"{escape(one['text'])}</p>"
        for one in stored.results["advice"]
    )
    said = [*remarks(stored, lines), *notices(stored.document)]
    return advice + table + "".join(map(quiet, said))


def _line(line: Score, colour: str) -> tuple[str, ...]:
    verdict = ""
    if line.verdict:
        verdict = f"{line.verdict['verdict']} {sureness(line.verdict['confidence'])}"
    cells = (
        verdict,
        str(line.crossentropy),
        str(line.accuracy),
        span(line.best_epochs),
        span(line.epochs),
        f"{line.parameters:,}",
    )
    return (dotted(line.model, colour) + (" *" if line.best else ""), *map(escape, cells))
