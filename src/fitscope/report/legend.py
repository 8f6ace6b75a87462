"""A legend with one entry a model and one a line style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from fitscope.report.words import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 6
WIDEST = 26  # characters of a name, so that three stand side by side
LINE = 0.19  # inches of a line of the legend
FREE_LINES = 4  # for which a figure of the usual height has room


def legend(
    ax: Axes,
    colours: Mapping[str, str],
    validation: bool,
    above: bool = False,
    shapes: Mapping[str, str] | None = None,
) -> None:
    """Name the models' colours, and say what solid and dashed lines are.

    Args:
        ax: the axes.
        colours: colour a model, in the legend's order.
        validation: whether validation curves are drawn beside those of training.
        above: between title and axes instead of inside, where it could hide curves.
        shapes: what marks on the curves mean, and their shapes.
    """
    handles = [Line2D([], [], color=colour, linewidth=2.4) for colour in colours.values()]
    texts = [shown(name, WIDEST) for name in colours]
    if validation:
        ink = ax.yaxis.label.get_color()
        handles += [Line2D([], [], color=ink, linestyle=style) for style in ("-", "--")]
        texts += ["training", "validation"]
    for meaning, shape in (shapes or {}).items():
        ink = ax.yaxis.label.get_color()
        handles.append(Line2D([], [], color=ink, linestyle="none", marker=shape))
        texts.append(meaning)
    columns = columns_above(texts) if above else 1
    # Matplotlib drops labels with a leading underscore and reads dollar signs as mathematics,
    # so names are put in afterwards, as they are.
    drawn = ax.legend(
        handles,
        [str(number) for number in range(len(texts))],
        loc="lower left" if above else "best",
        bbox_to_anchor=(-0.012, 1.0) if above else None,
        ncols=columns,
        fontsize="small",
        borderaxespad=0.3,
        handlelength=1.8,
        columnspacing=1.6,
    )
    for label, text in zip(drawn.get_texts(), texts, strict=True):
        label.set_parse_math(False)
        label.set_text(text)


def columns_above(texts: Sequence[str]) -> int:
    """How many entries of a legend above its axes stand side by side."""
    return min(len(texts), COLUMNS if max(map(len, texts)) <= 12 else 3)


def room_above(names: Sequence[str]) -> float:
    """Inches that a figure must grow by, or a legend of many models leaves its axes no room.

    Example:
        >>> room_above(["Tiny", "Small"]), room_above([f"net {i}" for i in range(100)]) > 2
        (0.0, True)
    """
    texts = [*(shown(name, WIDEST) for name in names), "training", "validation"]
    return LINE * max(-(-len(texts) // columns_above(texts)) - FREE_LINES, 0)
