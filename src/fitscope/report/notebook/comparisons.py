"""Comparisons of models as an HTML table for notebooks."""

from __future__ import annotations

from fitscope.report.templates import render
from fitscope.verdicts.comparisons import Comparisons


def comparisons_html(pairs: Comparisons) -> str:
    """A line a pair and metric, and what must be read beside them."""
    return render("fitscope.report.notebook/comparisons.html.j2", pairs=pairs)
