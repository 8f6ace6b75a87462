"""The closing table of a study on the console."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fitscope.report.colours import colours
from fitscope.report.console.mark import marked
from fitscope.report.console.output import put
from fitscope.report.names import shown
from fitscope.report.notices import notices
from fitscope.report.scores import remarks, scores, span

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

WIDTH = 100  # of plain text, which may be read anywhere later
NARROW = 72  # terminals with fewer columns get fewer of ours
HEADINGS = ("Model", "Parameters", "Epochs", "Best epoch", "Val cross-entropy", "Val accuracy")
DROPPED = (1, 2)  # on a narrow terminal


def print_table(stored: StoredStudy, console: Console) -> None:
    """Print parameters, epochs and best validation scores of each model.

    Coloured on a terminal; elsewhere plain text of at most 100 columns.

    Args:
        stored: the study.
        console: where to.
    """
    if console.is_terminal:
        _print(stored, console)
    else:
        text = io.StringIO()
        _print(stored, Console(file=text, width=WIDTH, force_terminal=False, color_system=None))
        put(console.file, text.getvalue())


def _print(stored: StoredStudy, console: Console) -> None:
    lines = scores(stored)
    palette = colours(entry.name for entry in stored.document.models)
    narrow = console.width < NARROW
    table = Table(box=None, pad_edge=False, padding=(0, 1 if narrow else 2, 0, 0))
    for column, heading in enumerate(HEADINGS):
        if not (narrow and column in DROPPED):
            table.add_column(
                Text(heading, style="dim"),
                justify="right" if column else "left",
                no_wrap=bool(column),
                overflow="fold",
            )
    for line in lines:
        name = marked(line.model, palette) if console.is_terminal else Text(shown(line.model))
        cells = (
            name.append(" *" if line.best else ""),
            f"{line.parameters:,}",
            span(line.epochs),
            span(line.best_epochs),
            str(line.crossentropy),
            str(line.accuracy),
        )
        kept = [cell for at, cell in enumerate(cells) if not (narrow and at in DROPPED)]
        table.add_row(*kept, style="bold" if line.best else None)
    console.print(table)
    console.print()
    for remark in [*remarks(stored, lines), *notices(stored.document)]:
        console.print(Text(remark, style="dim"))
