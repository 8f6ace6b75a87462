"""What must be said wherever a figure or a number of a study is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument


def notices(document: StudyDocument) -> list[str]:
    """One sentence each for simulated rows and for the shortened protocol, if they apply."""
    found = []
    if document.data.simulated:
        found.append("Simulated: these rows were generated, not measured.")
    if document.quick:
        found.append("Quick: a shortened protocol; the ranking needs the full one.")
    return found
