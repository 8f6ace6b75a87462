"""`View`: one section of the page; each lies in a folder of its own under `views`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from fitscope.report.page import views

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def nothing(stored: StoredStudy) -> dict[str, Any]:
    """For a view without template variables, or without a script."""
    del stored
    return {}


@dataclass(frozen=True)
class View:
    """A section of the page.

    A view is a package `views/<name>` with this description as `VIEW`, the template
    `view.html.j2` and, where something is drawn, `view.js`.

    Attributes:
        title: its heading and its entry in the table of contents.
        order: where it stands on the page; lower is earlier.
        content: the template's variables, or None if this study has no such section.
        data: what its script draws from, as plain values.
        order_in_guide: where it stands on the page of the guide, if elsewhere.
    """

    title: str
    order: int
    content: Callable[[StoredStudy], dict[str, Any] | None] = nothing
    data: Callable[[StoredStudy], dict[str, Any]] = nothing
    order_in_guide: int | None = None


def views_of(kind: str) -> dict[str, View]:
    """All views by name, in the order in which a study of this kind ("guide", "study") has them.

    Example:
        >>> list(views_of("guide"))[:4]
        ['headline', 'results', 'idea', 'rows']
    """
    found: dict[str, View] = {}
    for module in iter_modules(views.__path__):
        found[module.name] = import_module(f"{views.__name__}.{module.name}").VIEW

    def place(name: str) -> int:
        view = found[name]
        if kind == "guide" and view.order_in_guide is not None:
            return view.order_in_guide
        return view.order

    return {name: found[name] for name in sorted(found, key=place)}
