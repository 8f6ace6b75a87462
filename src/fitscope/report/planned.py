"""`Planned`: a figure before it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AXES_HEIGHT = 4.4  # inches


@dataclass(frozen=True)
class Planned:
    """A figure of a study before it is drawn.

    Attributes:
        name: file name without its ending.
        title: what is shown.
        caption: how to read it: smoothing, means, bands.
        draw: puts it on axes.
        section: the section of the page that shows it to readers without JavaScript; None where
            another figure shows the same and more.
        height: of the axes, in inches.
    """

    name: str
    title: str
    caption: str
    draw: Callable[[Axes], object]
    section: str | None = "curves"
    height: float = AXES_HEIGHT
