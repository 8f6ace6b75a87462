"""The closing table of a study on the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fitscope.report.console.text import labelled, marked, printed
from fitscope.report.lines import Line, ranked, remarks
from fitscope.report.notices import notices
from fitscope.report.presentation import palette_of
from fitscope.report.words import estimate, shown, span, step_of
from fitscope.verdicts.cost_words import cost_words
from fitscope.verdicts.words import label_words

if TYPE_CHECKING:
    from fitscope.study.advice import Advice
    from fitscope.study.estimate import Estimate
    from fitscope.study.folder import StoredStudy

WIDTH = 80  # of plain text, which may be read anywhere later
NARROW = 72  # terminals with fewer columns stand closer
NAME = 16  # columns that a name can be folded to


def print_table(stored: StoredStudy, console: Console) -> None:
    """Print the verdict on each model and its validation scores, best first, then what to do.

    Coloured on a terminal; elsewhere plain text of at most 80 columns. Columns that do not fit
    are left out, the last ones first.

    Args:
        stored: the study.
        console: where to.
    """
    printed(partial(_print, stored), console, WIDTH)


def _print(stored: StoredStudy, console: Console) -> None:
    lines = ranked(stored)
    done = [line for line in lines if line.runs]
    columns = _columns(stored, done, coloured=console.is_terminal)
    padding = 1 if console.width < NARROW else 2
    count = _fitting(columns, console.width, padding)
    table = Table(box=None, pad_edge=False, padding=(0, padding, 0, 0))
    for number, column in enumerate(columns[:count]):
        table.add_column(
            Text(column.heading, style="dim"),
            justify="left" if column.words else "right",
            no_wrap=bool(number),
            overflow="fold",
        )
    for line, *row in zip(done, *(column.cells for column in columns[:count]), strict=True):
        table.add_row(*row, style="bold" if line.best else None)
    console.print(table)
    console.print()
    for remark in [*remarks(stored, lines), *notices(stored.document)]:
        console.print(Text(remark, style="dim"))
    _print_advice(stored.results.advice, console)


@dataclass(frozen=True)
class TableColumn:
    """A heading and a cell a model; words stand left, numbers right."""

    heading: str
    cells: list[Text]
    words: bool = False


def _columns(stored: StoredStudy, lines: Sequence[Line], coloured: bool) -> list[TableColumn]:
    """All columns, the most important ones first."""
    document, task, step = stored.document, stored.document.task, step_of(stored.document)
    palette = palette_of(document)
    names = [
        (marked(line.name, palette) if coloured else Text(shown(line.name))).append(
            " *" if line.best else ""
        )
        for line in lines
    ]
    columns = [TableColumn("Model", names, words=True)]
    if any(line.verdict for line in lines):
        columns.append(
            TableColumn("Verdict", [_verdict(line, coloured) for line in lines], words=True)
        )
    columns.append(TableColumn(f"Val {task.loss.words}", [_figure(line.loss) for line in lines]))
    if any(line.verdict and line.verdict.cost for line in lines):
        columns.append(TableColumn("Costs", [_costs(line) for line in lines]))
    units = {line.entry.size.unit for line in lines}
    sizes = [
        Text(f"{line.entry.size.count:,}" if len(units) == 1 else str(line.entry.size))
        for line in lines
    ]
    return [
        *columns,
        TableColumn(f"Val {task.score.words}", [_figure(line.score) for line in lines]),
        TableColumn(f"Best {step}", [Text(span(line.best_epochs)) for line in lines]),
        TableColumn(f"{step.capitalize()}s", [Text(span(line.epochs)) for line in lines]),
        TableColumn(units.pop().capitalize() if len(units) == 1 else "Size", sizes),
    ]


def _figure(of: Estimate) -> Text:
    return Text(estimate(of.mean, of.error))


def _costs(line: Line) -> Text:
    verdict = line.verdict
    if verdict is None or verdict.cost is None:
        return Text("")
    return Text(cost_words(verdict.cost, verdict.evidence.needed).short)


def _verdict(line: Line, coloured: bool) -> Text:
    verdict = line.verdict
    if verdict is None:
        return Text("")
    text = label_words(verdict)
    return labelled(verdict.label, verdict.confidence, text) if coloured else Text(text)


def _fitting(columns: Sequence[TableColumn], width: int, padding: int) -> int:
    """How many of the columns fit; the first three stay whatever the width is."""
    widths = [
        max(cell_len(text) for text in (column.heading, *(cell.plain for cell in column.cells)))
        for column in columns
    ]
    widths[0] = min(widths[0], NAME)
    count = len(widths)
    while count > 3 and sum(widths[:count]) + padding * (count - 1) > width:
        count -= 1
    return count


def _print_advice(advice: Sequence[Advice], console: Console) -> None:
    """The headline in full; of the rest the titles."""
    for number, one in enumerate(advice):
        if number < 2:
            console.print()
        console.print(Text(one.title, style="" if number else "bold"))
        if number == 0:
            console.print(Text(one.text))
