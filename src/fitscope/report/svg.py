"""An SVG file made ready to stand inside an HTML page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from fitscope.report.look import INK, MUTED, PAPER, WARNING

SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"
ON_THE_PAGE = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    WARNING: "var(--warning)",
    PAPER: "none",
}


def inline(svg: str, name: str, alt: str) -> str:
    """The drawing with ids of its own, a description, and the page's colours.

    Args:
        svg: a file that `fitscope.report.figures` wrote.
        name: unique on the page, of letters, digits and dashes; goes before every id.
        alt: what the figure shows, for people who do not see it.

    Returns:
        An `<svg>` element to put into the page as it is.
    """
    root = ElementTree.fromstring(svg)
    for defs in root.findall(f"{{{SVG}}}defs"):
        for style in defs.findall(f"{{{SVG}}}style"):
            defs.remove(style)  # it would apply to the whole page, which has its like
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, f"{name}-{value}")
            elif key == HREF:
                element.set(key, value.replace("#", f"#{name}-", 1))
            elif key == "clip-path":
                element.set(key, value.replace("url(#", f"url(#{name}-", 1))
            elif key == "d":
                element.set(key, re.sub(r"(\.\d\d)\d+", r"\1", value))  # a page has no finer dots
            elif key == "style":
                element.set(key, re.sub("#[0-9a-f]{6}", _page_colour, value))
    for size in ("width", "height"):
        root.attrib.pop(size)  # in points; the view box remains, so that it fits any page
    root.set("role", "img")
    root.set("aria-label", alt)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return ElementTree.tostring(root, encoding="unicode")


def _page_colour(found: re.Match[str]) -> str:
    return ON_THE_PAGE.get(found[0], found[0])
