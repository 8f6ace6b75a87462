"""A page in one file: its sections, their scripts and styles, and the charting library."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from fitscope.report.look import LOOKS
from fitscope.report.templates import render

PACKAGE = "fitscope.report.page"
CHARTS = "uplot"  # the charting library, version 1.6.32, as its makers build it
SCRIPTS = ("crisp.js", f"{CHARTS}/uPlot.iife.min.js", "page.js", "chart.js")


def page_html(data: dict[str, Any], packages: Sequence[str], live: bool = False) -> str:
    """The page as HTML, with everything in it that it needs.

    Args:
        data: as `page_data` gives it; the sections' HTML moves out of it into the page.
        packages: of the sections; `view.js` and `view.css` in them come along.
        live: the page asks `data.json` beside it for news.
    """
    contents = [(section["name"], section["title"]) for section in data["sections"]]
    html = [Markup(section.pop("html")) for section in data["sections"]]
    scripts = [*map(_asset, SCRIPTS), *_beside(packages, "view.js")]
    return render(
        f"{PACKAGE}/page.html.j2",
        title=data["title"],
        live=live,
        status=data["status"],
        contents=contents,
        sections=html,
        style=Markup("".join([_style(), *_beside(packages, "view.css")])),
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


def _beside(packages: Sequence[str], name: str) -> list[str]:
    found = [files(package) / name for package in packages]
    return [file.read_text(encoding="utf-8") for file in found if file.is_file()]


@cache
def _style() -> str:
    library = _asset(f"{CHARTS}/uPlot.min.css")
    return library + _asset("page.css") + render(f"{PACKAGE}/verdicts.css.j2", looks=LOOKS)


@cache
def _asset(name: str) -> str:
    return (files(PACKAGE) / name).read_text(encoding="utf-8")


@cache
def _hash(script: str) -> str:
    """What a content security policy calls a script by, so that no other one runs."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
