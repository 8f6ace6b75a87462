"""report.html: the page of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.files import write_text
from fitscope.report.page.data import page_data
from fitscope.report.page.html import page_html
from fitscope.report.page.view import views_of
from fitscope.report.presentation import presentation_of

if TYPE_CHECKING:
    from pathlib import Path

    from fitscope.study.folder import StoredStudy


def write_page(stored: StoredStudy) -> Path:
    """Write report.html; figures that `draw_figures` has drawn serve readers without JavaScript.

    Args:
        stored: the study.

    Returns:
        The file.

    Raises:
        UserError: the folder cannot be written to.
    """
    write_text(stored.folder.page, render_page(stored))
    return stored.folder.page


def render_page(stored: StoredStudy, live: bool = False) -> str:
    """The page as HTML, with everything in it that it needs.

    Args:
        stored: the study.
        live: the page asks `data.json` beside it for news while the study runs.
    """
    views = views_of(presentation_of(stored.document.kind))
    # a section may only come with the first finished run, so all of their scripts are there
    return page_html(page_data(stored, live), [view.package for view in views], live)
