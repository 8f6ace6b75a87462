"""What a model is made of, as an HTML table for notebooks."""

from __future__ import annotations

from fitscope.learners.mlp.summary import Summary
from fitscope.report.templates import render


def layers_html(summary: Summary) -> str:
    """A line a layer, then the counts of parameters."""
    return render("fitscope.report.notebook/layers.html.j2", summary=summary)
