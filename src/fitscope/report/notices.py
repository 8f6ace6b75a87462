"""What must be said wherever a figure or a number of a study is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fitscope.study.document import StudyDocument


def notices(document: StudyDocument) -> list[str]:
    """One sentence each for simulated rows and for the shortened protocol, if they apply."""
    found = []
    if document.data.simulated:
        found.append("Simulated: these rows were generated, not measured.")
    if document.quick:
        found.append("Quick: a shortened protocol; the ranking needs the full one.")
    return found


def write_notices(ax: Axes, document: StudyDocument) -> None:
    """Write the notices into a corner of axes that have no room for them elsewhere."""
    from fitscope.report.look import WARNING

    for number, notice in enumerate(reversed(notices(document))):
        ax.annotate(
            notice,
            (0, 0),
            xytext=(4, 4 + 11 * number),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=8,
            color=WARNING,
        )
