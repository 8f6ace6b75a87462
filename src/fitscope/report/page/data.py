"""Everything the page shows, as plain values: for the file and for a page that is being served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.page.view import views_of
from fitscope.report.presentation import palette_of, presentation_of
from fitscope.report.templates import render
from fitscope.report.words import shown, step_of
from fitscope.verdicts.plain import plain

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def page_data(stored: StoredStudy, live: bool = False) -> dict[str, Any]:
    """The page as data: each section's HTML and what its script draws from.

    Args:
        stored: the study; its histories may hold epochs of runs that are still training.
        live: whether there is more to come, so that the page asks again.

    Returns:
        Plain values for JSON, without NaN: `live`, `status`, `title`, `models` and `sections`,
        each with `name`, `title`, `html` and `data`.
    """
    document = stored.document
    presentation = presentation_of(document.kind)
    palette = palette_of(document)
    filled = [(view, view.content(stored)) for view in views_of(presentation)]
    replaced = {view.instead_of for view, content in filled if content is not None}
    sections = []
    for view, content in filled:
        if content is None or view.name in replaced:
            continue
        title = presentation.titles.get(view.name, view.title)
        own = presentation.templates.get(view.name)
        html = render(
            own or f"{view.package}/view.html.j2",
            name=view.name,
            title=title,
            presentation=presentation,
            palette=palette,
            folded=view.folded or view.name in presentation.folded,
            document=document,
            live=live,
            **content,
        )
        data = plain(view.data(stored))
        sections.append({"name": view.name, "title": title, "html": html, "data": data})
    return {
        "live": live,
        "title": f"fitscope: {_listed([shown(entry.name) for entry in document.models])}",
        "status": _status(stored),
        "models": [
            {"name": shown(entry.name, 80), "colour": palette[entry.name]}
            for entry in document.models
        ],
        "sections": sections,
    }


def _status(stored: StoredStudy) -> dict[str, Any]:
    document = stored.document
    return {
        "finished": len(stored.results.runs),
        "wanted": document.wanted,
        "epochs": stored.histories.height,
        "step": step_of(document),
        "note": "",
    }


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{len(names)} models"
