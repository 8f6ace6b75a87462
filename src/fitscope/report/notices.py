"""What must be said wherever a figure or a number of a study is shown."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fitscope.study.document import StudyDocument


def notices(document: StudyDocument) -> list[str]:
    """Sentences on simulated rows, a shortened protocol, rows that cannot show what is asked."""
    found = []
    if document.data.simulated:
        found.append("Simulated: these rows were generated, not measured.")
    if document.quick:
        found.append("Quick: a shortened protocol; the ranking needs the full one.")
    return [*found, *(f"{one[:1].upper()}{one[1:]}." for one in document.cautions)]


def write_notices(ax: Axes, document: StudyDocument) -> None:
    """Write the notices into a corner of axes that have no room for them elsewhere."""
    from fitscope.report.look import WARNING

    lines = [line for notice in notices(document) for line in wrap(notice, 100)]
    for number, line in enumerate(reversed(lines)):
        ax.annotate(
            line,
            (0, 0),
            xytext=(4, 4 + 11 * number),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=8,
            color=WARNING,
        )
