"""The closing table of a study on the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from fitscope.report.colours import colours
from fitscope.report.names import shown
from fitscope.report.notices import notices
from fitscope.report.scores import remarks, scores, span

if TYPE_CHECKING:
    from rich.console import Console

    from fitscope.study.folder import StoredStudy

WIDTH = 100  # of plain text, which may be read anywhere later


def print_table(stored: StoredStudy, console: Console) -> None:
    """Print parameters, epochs and best validation scores of each model.

    Coloured on a terminal; elsewhere plain text of at most 100 columns.

    Args:
        stored: the study.
        console: where to.
    """
    width = console.width if console.is_terminal else WIDTH
    lines = scores(stored)
    table = Table(
        box=SIMPLE_HEAD if console.is_terminal else None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="bold",
    )
    table.add_column("Model", overflow="fold", min_width=8)
    narrow = width < 90
    for heading in (
        "Params" if narrow else "Parameters",
        "Epochs",
        "Best epoch",
        "Val CE" if narrow else "Val cross-entropy",
        "Val acc" if narrow else "Val accuracy",
    ):
        table.add_column(heading, justify="right", overflow="fold")
    palette = colours(entry.name for entry in stored.document.models)
    for line in lines:
        table.add_row(
            Text(shown(line.model), style=palette[line.model]),
            f"{line.parameters:,}",
            span(line.epochs),
            span(line.best_epochs),
            f"{line.crossentropy}{' *' if line.best else '  '}",
            str(line.accuracy),
            style="bold" if line.best else None,
        )
    console.print(table, width=width)
    for remark in [*remarks(stored, lines), *notices(stored.document)]:
        console.print(Text(remark, style="dim"), width=width)
