"""Logs, figures and page of a stored study: what `fitscope report DIR` makes anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.report.figures import draw_figures
from fitscope.report.page import write_page
from fitscope.report.tensorboard import write_logs

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def write_report(stored: StoredStudy) -> None:
    """Write TensorBoard logs that are not there yet, draw all figures and write report.html.

    Args:
        stored: the study.

    Raises:
        UserError: the folder cannot be written to.
    """
    write_logs(stored)
    draw_figures(stored)
    write_page(stored)
