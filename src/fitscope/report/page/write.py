"""report.html: the sections, their scripts and the charting library in one file."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from fitscope.files import write_text
from fitscope.report.look import LOOKS
from fitscope.report.page.data import page_data
from fitscope.report.page.view import views_of
from fitscope.report.presentation import Presentation, presentation_of
from fitscope.report.templates import render

if TYPE_CHECKING:
    from pathlib import Path

    from fitscope.study.folder import StoredStudy

PACKAGE = "fitscope.report.page"


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
    data = page_data(stored, live)
    sections = [(section["name"], section["title"]) for section in data["sections"]]
    html = [Markup(section.pop("html")) for section in data["sections"]]
    # a section may only come with the first finished run, so all of their scripts are there
    presentation = presentation_of(stored.document.kind)
    scripts = [_chart_library(), _asset("page.js"), *_of_views(presentation, "view.js")]
    return render(
        f"{PACKAGE}/page.html.j2",
        title=data["title"],
        live=live,
        status=data["status"],
        contents=sections,
        sections=html,
        style=Markup("".join([_style(), *_of_views(presentation, "view.css")])),
        data=Markup(embedded(data)),
        scripts=[Markup(script) for script in scripts],
        script_hashes=[_hash(script) for script in scripts],
    )


def embedded(value: Any) -> str:
    """JSON that can stand inside a script element whatever its texts hold.

    Example:
        >>> embedded({"name": "</script>"})
        '{"name":"\\\\u003c/script>"}'
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _of_views(presentation: Presentation, name: str) -> list[str]:
    found = [files(view.package) / name for view in views_of(presentation)]
    return [file.read_text(encoding="utf-8") for file in found if file.is_file()]


@cache
def _style() -> str:
    return _asset("page.css") + render(f"{PACKAGE}/verdicts.css.j2", looks=LOOKS)


@cache
def _asset(name: str) -> str:
    return (files(PACKAGE) / name).read_text(encoding="utf-8")


@cache
def _chart_library() -> str:
    return (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


@cache
def _hash(script: str) -> str:
    """What a content security policy calls a script by, so that no other one runs."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
