"""What was read and what was found in it, on one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fitscope.examination.severity import SEVERITIES, headed
from fitscope.examination.treatments import Treatment, treatments
from fitscope.names import shown
from fitscope.report.console.text import READABLE
from fitscope.verdicts.check import gravest_first

if TYPE_CHECKING:
    from fitscope.data.prepared import Prepared
    from fitscope.task import Task
    from fitscope.verdicts.check import Check

GROUPS = 12  # lines of columns at most
LABELS = 5  # classes that are named
TOLD = 6  # checks that are told in full


def print_read(prepared: Prepared, console: Console) -> None:
    """Rows, target, parts, and what is done with each column.

    Args:
        prepared: the table.
        console: where to.
    """
    width = min(console.width, READABLE)
    parts, features = prepared.parts[0], prepared.splits[0].features
    used = sum(column.used for column in prepared.columns)
    folds = len(prepared.parts)
    in_folds = f", in {folds} folds" if folds > 1 else ""
    said = [
        f"{prepared.table.source}: {len(prepared.y):,} rows, {len(prepared.columns):,} columns",
        f"{shown(prepared.target)} is to be predicted: {_task(prepared.task)}",
        f"{len(parts.train):,} rows train, {len(parts.validation):,} validate{in_folds}, "
        f"{len(prepared.y_test):,} test",
        f"{used:,} columns are used, as {features:,} numbers a row",
    ]
    for number, text in enumerate(said):
        for line in textwrap.wrap(text, width, subsequent_indent="  "):
            console.print(Text(line, style="" if number else "bold"))
    console.print(_columns(treatments(prepared.columns), width))
    for note in prepared.notes:
        for line in textwrap.wrap(f"{note[:1].upper()}{note[1:]}", width):
            console.print(Text(line, style="yellow"))


def print_checks(checks: Sequence[Check], console: Console) -> None:
    """What was found in the table, the gravest first.

    Args:
        checks: all of them.
        console: where to.
    """
    width = min(console.width, READABLE)
    ordered = gravest_first(checks)
    if not ordered:
        console.print(Text("The checks on the table found nothing.", style="dim"))
    for number, check in enumerate(ordered):
        look = SEVERITIES[check.severity]
        head = Text.assemble((f"{look.sign} {look.word} {check.code}", look.terminal), ": ")
        head.append(headed(check), "bold" if check.severity == "problem" else "")
        console.print(head, soft_wrap=False)
        if number < TOLD and check.severity != "note":
            for line in textwrap.wrap(check.text, width - 2):
                console.print(Text(f"  {line}", style="dim"))


def _task(task: Task) -> str:
    """The task, and its classes where it has some."""
    if not task.labels:
        return "a number" if task.kind == "regression" else task.kind
    named = [shown(label, 20) for label in task.labels[:LABELS]]
    more = len(task.labels) - LABELS
    kind = "one of two labels" if task.kind == "binary" else f"one of {len(task.labels):,} labels"
    return f"{kind}, {', '.join(named)}{f' and {more:,} more' if more > 0 else ''}"


def _columns(groups: Sequence[Treatment], width: int) -> Table:
    """A line a treatment: how many columns, what was done, and the first of their names."""
    counts = max(len(f"{len(group.columns):,}") for group in groups)
    titles = min(max(cell_len(group.title) for group in groups[:GROUPS]), max(width // 2, 24))
    room = max(width - counts - titles - 4, 12)
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(width=titles, overflow="fold")
    table.add_column(style="dim", no_wrap=True, overflow="ellipsis")
    for group in groups[:GROUPS]:
        names = shown(", ".join(column.name for column in group.columns[:40]), room)
        style = "" if group.used else "dim"
        table.add_row(f"{len(group.columns):,}", Text(group.title, style=style), Text(names))
    rest = groups[GROUPS:]
    if rest:
        count = sum(len(group.columns) for group in rest)
        table.add_row(f"{count:,}", Text("others: see the page", style="dim"), Text())
    return table
