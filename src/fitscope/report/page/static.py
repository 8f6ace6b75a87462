"""The drawn figures, for readers whose program runs no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from fitscope.report.figures import plan_figures
from fitscope.report.svg import inline

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def static_figures(stored: StoredStudy, section: str) -> list[Markup]:
    """Figures that lie in the study folder, as SVG elements.

    Args:
        stored: the study.
        section: the section of the page that shows them.
    """
    found = []
    for planned in plan_figures(stored):
        file = stored.folder.figures / f"{planned.name}.svg"
        if planned.section == section and file.exists():
            drawn = file.read_text(encoding="utf-8")
            alt = f"{planned.title}. {planned.caption}"
            found.append(Markup(inline(drawn, planned.name, alt)))
    return found
