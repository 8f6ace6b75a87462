"""`View`: one section of the page; each lies in a folder of its own under `views`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitscope.report.presentation import Presentation
    from fitscope.study.folder import StoredStudy

VIEWS = "fitscope.report.page.views"


def nothing(stored: StoredStudy) -> dict[str, Any]:
    """For a view without template variables, or without a script."""
    del stored
    return {}


@dataclass(frozen=True)
class View:
    """A section of the page.

    A view is a package with this description as `VIEW`, the template `view.html.j2` and, where
    something is drawn, `view.js`; what only its own elements look like is in `view.css`.

    Attributes:
        package: the package, `__name__` there.
        title: its heading and its entry in the table of contents.
        order: where it stands on the page; lower is earlier.
        content: the template's variables, or None if this study has no such section.
        data: what its script draws from, as plain values.
        instead_of: name of a section that is not shown where this one is.
        folded: whether it is folded away until somebody opens it; it prints unfolded.

    Example:
        >>> View("fitscope.report.page.views.results", "Results", 10).name
        'results'
    """

    package: str
    title: str
    order: int
    content: Callable[[StoredStudy], dict[str, Any] | None] = nothing
    data: Callable[[StoredStudy], dict[str, Any]] = nothing
    instead_of: str | None = None
    folded: bool = False

    @property
    def name(self) -> str:
        """Its id on the page."""
        return self.package.rpartition(".")[2]


def views_of(presentation: Presentation) -> list[View]:
    """All sections of a page, those that the presentation adds among them, from top to bottom.

    Example:
        >>> from fitscope.report.presentation import Presentation
        >>> [view.name for view in views_of(Presentation(order={"rows": 5}))][:3]
        ['headline', 'rows', 'results']
    """
    found: list[View] = []
    for package in filter(None, (VIEWS, presentation.views)):
        for module in iter_modules(import_module(package).__path__):
            found.append(import_module(f"{package}.{module.name}").VIEW)
    return sorted(found, key=lambda view: presentation.order.get(view.name, view.order))
