"""Everything the page shows, as plain values: for the file and for a page that is being served."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fitscope.report.colours import colours
from fitscope.report.names import shown
from fitscope.report.page.view import views_of
from fitscope.report.page.words import listed

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
    palette = colours(entry.name for entry in document.models)
    sections = []
    for name, view in views_of(document.kind).items():
        content = view.content(stored)
        if content is None:
            continue
        template = environment().get_template(f"views/{name}/view.html.j2")
        html = template.render(
            name=name,
            title=view.title,
            guide=document.kind == "guide",
            palette=palette,
            document=document,
            live=live,
            **content,
        )
        sections.append(
            {"name": name, "title": view.title, "html": html, "data": plain(view.data(stored))}
        )
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


def plain(value: Any) -> Any:
    """The value with None for whatever number JSON does not know.

    Example:
        >>> plain({"a": (1.5, float("nan")), "b": [float("inf"), "x"]})
        {'a': [1.5, None], 'b': [None, 'x']}
    """
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@cache
def environment() -> Environment:
    """Templates of the page and of its views; whatever they are given is escaped."""
    made = Environment(
        loader=PackageLoader("fitscope.report.page", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["thousands"] = lambda number: f"{number:,}"
    made.filters["listed"] = listed
    made.globals.update(shown=lambda name: shown(name, 80), Markup=Markup)
    return made


def _status(stored: StoredStudy) -> dict[str, Any]:
    document = stored.document
    return {
        "finished": len(stored.results["runs"]),
        "wanted": len(document.models) * document.repeats,
        "epochs": stored.histories.height,
        "note": "",
    }


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{len(names)} models"
