"""report.html: the whole of a study on one page that needs no network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from fitscope.atomic import write_text
from fitscope.report.colours import colours
from fitscope.report.facts import facts
from fitscope.report.figures import plan_figures
from fitscope.report.names import shown
from fitscope.report.notices import notices
from fitscope.report.scores import Score, remarks, scores, span
from fitscope.report.svg import inline

if TYPE_CHECKING:
    from pathlib import Path

    from fitscope.study.folder import StoredStudy


def write_page(stored: StoredStudy) -> Path:
    """Write report.html from the study and the figures that `draw_figures` has drawn.

    Args:
        stored: the study.

    Returns:
        The file.

    Raises:
        UserError: the folder cannot be written to.
    """
    lines = scores(stored)
    document = stored.document
    page = _template().render(
        title=f"fitscope: {', '.join(shown(entry.name) for entry in document.models)}",
        headline=headline(lines, document.data.validation_rows),
        created=document.created[:16].replace("T", " "),
        notices=notices(document),
        scores=lines,
        remarks=remarks(stored, lines),
        repeats=document.repeats,
        palette=colours(entry.name for entry in document.models),
        figures=_figures(stored),
        facts=facts(stored),
        shown=shown,
        span=span,
    )
    write_text(stored.folder.page, page)
    return stored.folder.page


def headline(lines: list[Score], validation_rows: int) -> str:
    """What the study found, in one sentence that claims no more than the scores hold."""
    best = next((line for line in lines if line.best), None)
    if best is None:
        name = shown(lines[0].model, 80) if len(lines) == 1 else f"{len(lines)} models"
        return f"{name} on {validation_rows:,} validation rows"
    return (
        f"{shown(best.model, 80)} reached the lowest validation cross-entropy of "
        f"{len(lines)} models: {best.crossentropy} on {validation_rows:,} rows"
    )


def _figures(stored: StoredStudy) -> list[Markup]:
    found = []
    for planned in plan_figures(stored):
        drawn = (stored.folder.figures / f"{planned.name}.svg").read_text(encoding="utf-8")
        found.append(Markup(inline(drawn, planned.name, f"{planned.title}. {planned.caption}")))
    return found


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("fitscope.report"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html.j2")
