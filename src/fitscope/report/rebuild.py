"""Figures and page of a stored study, made anew: what `fitscope report DIR` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.report.figures import draw_figures
from fitscope.report.page import write_page

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def write_report(stored: StoredStudy) -> None:
    """Draw all figures and write report.html.

    Args:
        stored: the study.

    Raises:
        UserError: the folder cannot be written to.
    """
    draw_figures(stored)
    write_page(stored)
