"""The closing table of a study on the console."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fitscope.report.console.text import labelled, marked, put
from fitscope.report.notices import notices
from fitscope.report.presentation import palette_of
from fitscope.report.scores import Score, remarks, scores
from fitscope.report.words import shown, span, sure

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

WIDTH = 80  # of plain text, which may be read anywhere later
NARROW = 72  # terminals with fewer columns stand closer
NAME = 16  # columns that a name can be folded to
HEADINGS = (
    "Model",
    "Verdict",
    "Val cross-entropy",
    "Val accuracy",
    "Best epoch",
    "Epochs",
    "Parameters",
)


def print_table(stored: StoredStudy, console: Console) -> None:
    """Print the verdict on each model and its validation scores, best first, then what to do.

    Coloured on a terminal; elsewhere plain text of at most 80 columns. Columns that do not fit
    are left out, the last ones first.

    Args:
        stored: the study.
        console: where to.
    """
    if console.is_terminal:
        _print(stored, console)
    else:
        text = io.StringIO()
        plain = {"force_terminal": False, "force_jupyter": False, "color_system": None}
        _print(stored, Console(file=text, width=WIDTH, **plain))
        lines = (line.rstrip() for line in text.getvalue().splitlines())
        put(console.file, "\n".join([*lines, ""]))


def _print(stored: StoredStudy, console: Console) -> None:
    lines = scores(stored)
    palette = palette_of(stored.document)
    rows = [_cells(line, palette if console.is_terminal else None) for line in lines]
    if not any(line.verdict for line in lines):
        rows = [[cell for at, cell in enumerate(row) if at != 1] for row in rows]
    headings = [Text(heading, style="dim") for heading in HEADINGS]
    if rows and len(rows[0]) < len(headings):
        del headings[1]
    padding = 1 if console.width < NARROW else 2
    count = _fitting([headings, *rows], console.width, padding)
    table = Table(box=None, pad_edge=False, padding=(0, padding, 0, 0))
    for column, heading in enumerate(headings[:count]):
        table.add_column(
            heading,
            justify="left" if column < 2 and heading.plain in HEADINGS[:2] else "right",
            no_wrap=bool(column),
            overflow="fold",
        )
    for line, row in zip(lines, rows, strict=True):
        table.add_row(*row[:count], style="bold" if line.best else None)
    console.print(table)
    console.print()
    for remark in [*remarks(stored, lines), *notices(stored.document)]:
        console.print(Text(remark, style="dim"))
    _print_advice(stored.results.get("advice") or [], console)


def _cells(line: Score, palette: Mapping[str, str] | None) -> list[Text]:
    name = marked(line.model, palette) if palette else Text(shown(line.model))
    return [
        name.append(" *" if line.best else ""),
        _verdict(line.verdict),
        Text(str(line.crossentropy)),
        Text(str(line.accuracy)),
        Text(span(line.best_epochs)),
        Text(span(line.epochs)),
        Text(f"{line.parameters:,}"),
    ]


def _verdict(verdict: Mapping[str, Any] | None) -> Text:
    if not verdict:
        return Text("")
    label, confidence = verdict["verdict"], verdict["confidence"]
    return labelled(label, confidence, f"{label} {sure(confidence)}")


def _fitting(rows: Sequence[Sequence[Text]], width: int, padding: int) -> int:
    """How many of the columns fit; the first three stay whatever the width is."""
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*rows, strict=True)]
    widths[0] = min(widths[0], NAME)
    count = len(widths)
    while count > 3 and sum(widths[:count]) + padding * (count - 1) > width:
        count -= 1
    return count


def _print_advice(advice: Sequence[Mapping[str, Any]], console: Console) -> None:
    """The headline in full; of the rest the titles."""
    for number, one in enumerate(advice):
        if number < 2:
            console.print()
        console.print(Text(one["title"], style="" if number else "bold"))
        if number == 0:
            console.print(Text(one["text"]))
