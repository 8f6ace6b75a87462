"""Verdicts on a terminal: a table, and a small chart a run; plain text elsewhere."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import partial

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fitscope.report.console.text import READABLE, labelled, printed
from fitscope.report.sources import short_sources
from fitscope.report.verdicts.chart import chart, legend, spark
from fitscope.report.words import shown
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure, share
from fitscope.verdicts.many import Unread, Verdicts
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import check_words, facts, headline, onset_words, plus_minus, sure

WIDTH = 100  # of plain text, which may be read anywhere later
NARROW = 96  # terminals with fewer columns get fewer of ours
CHARTS = 8  # runs with a chart of their own; more get theirs as a line of the table
ACCOUNTS = 200  # runs whose reasons are written out
SPARK = 16  # columns of such a line
LEAST = 12  # columns of a source's name in the table, for which others are left out
LEFT_OUT = ("Epochs", "Rise", "Checks", "Sure")  # in this order
CODES = 2  # of checks in a line of the table
SEVERITIES = {"problem": "bold red", "warning": "yellow", "note": "dim"}


def print_verdicts(found: Verdicts, console: Console) -> None:
    """Print verdicts: charts and colours on a terminal, elsewhere plain text of 100 columns.

    Args:
        found: the verdicts.
        console: where to.
    """
    if not found and not any(one.checks for one in found.unread):
        return
    printed(partial(_print, found), console, WIDTH)


def _print(found: Verdicts, console: Console) -> None:
    draw = screen if console.is_terminal else plain_text
    for line in draw(found, console.width):
        console.print(line)


def plain_text(found: Verdicts, width: int) -> list[RenderableType]:
    """What a file or a pipe of `width` columns is given: the table, then accounts of the runs."""
    lines: list[RenderableType] = [table(found, width, charts=False)] if found else []
    for verdict in found[:ACCOUNTS]:
        lines += [Text(), account(verdict, width, charts=False)]
    if len(found) > ACCOUNTS:
        lines += [Text(), Text(f"{len(found) - ACCOUNTS:,} more: --json gives reasons for all.")]
    for one in found.unread[:ACCOUNTS]:
        lines += beside_unread(one, width)
    return lines


def screen(found: Verdicts, width: int) -> list[RenderableType]:
    """What a terminal of `width` columns is shown: accounts of the runs, then the table."""
    lines: list[RenderableType] = []
    if len(found) <= CHARTS:
        for verdict in found:
            lines += [account(verdict, width, charts=True), Text()]
    if len(found) > 1:
        lines.append(table(found, width, charts=len(found) > CHARTS))
    if len(found) > CHARTS:
        lines += [Text(), Text("Name one of them alone for its chart and the reasons.", "dim")]
    for one in found.unread:
        lines += beside_unread(one, width)
    return lines


def beside_unread(one: Unread, width: int) -> list[RenderableType]:
    """What the curves of a source tell that has no verdict; nothing where there is nothing."""
    if not one.checks:
        return []
    return [
        Text(),
        Text(shown(one.source, width), style="bold"),
        Text("no verdict", "dim"),
        *check_lines(one.checks, min(width, READABLE)),
    ]


def account(verdict: Verdict, width: int, charts: bool) -> RenderableType:
    """One run: headline, chart, explanation, figures, advice."""
    width = min(width, READABLE)
    parts: list[RenderableType] = [
        Text(shown(verdict.source, width), style="bold"),
        labelled(verdict.label, verdict.confidence, headline(verdict)),
    ]
    if charts:
        drawn = chart(verdict, width - 2)
        if drawn:
            parts += [Text(), *(Padding(line, (0, 0, 0, 2)) for line in drawn)]
            parts += [Padding(legend(verdict), (0, 0, 0, 2)), Text()]
    parts += [Text(line) for line in textwrap.wrap(verdict.explanation, width)]
    figures = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    figures.add_column(style="dim", no_wrap=True)
    figures.add_column(overflow="fold")
    for name, value in facts(verdict):
        figures.add_row(Text(name), Text(value))
    parts.append(Padding(figures, (0, 0, 0, 2)))
    if verdict.advice:
        parts.append(Text("Try next:"))
    for text in verdict.advice:
        wrapped = textwrap.wrap(text, width, initial_indent="  • ", subsequent_indent="    ")
        parts += [Text(line) for line in wrapped]
    if verdict.checks:
        parts.append(Text("Found beside it:"))
    return Group(*parts, *check_lines(verdict.checks, width))


def check_lines(checks: Sequence[Check], width: int) -> list[RenderableType]:
    """Checks as paragraphs, their titles in the colour of their severity."""
    lines: list[RenderableType] = []
    for check in checks:
        wrapped = textwrap.wrap(check_words(check), width - 2, subsequent_indent="  ")
        first = Text(wrapped[0])
        first.stylize(SEVERITIES[check.severity], 0, len(check.code))
        lines += [Padding(line, (0, 0, 0, 2)) for line in (first, *map(Text, wrapped[1:]))]
    return lines


def table(found: Sequence[Verdict], width: int, charts: bool) -> Table:
    """One line a run, its validation curve in small if `charts`."""
    narrow = width < NARROW
    gap = 1 if narrow else 2
    columns: dict[str, list[Text]] = {"Verdict": [_label(verdict) for verdict in found]}
    if not (narrow and charts):
        columns["Sure"] = [Text(sure(verdict.confidence)) for verdict in found]
    if not narrow:
        columns["Epochs"] = [Text(f"{verdict.epochs:,}") for verdict in found]
    columns["Best at"] = [Text(f"{verdict.best_epoch:,}") for verdict in found]
    columns["Best"] = [Text(_best(verdict, narrow)) for verdict in found]
    if narrow:
        columns["Onset"] = [
            Text("" if v.onset_epoch is None else f"{v.onset_epoch:,}") for v in found
        ]
    else:
        columns["Overfits from"] = [
            Text(onset_words(v).removeprefix(f"{v.evidence.step} ")) for v in found
        ]
    columns["Rise"] = [Text(_rise(verdict)) for verdict in found]
    if not narrow and any(verdict.checks for verdict in found):
        columns["Checks"] = [_codes(verdict) for verdict in found]
    if charts:
        columns["Validation"] = [Text(spark(verdict, SPARK), style="cyan") for verdict in found]
    for name in LEFT_OUT:
        if _room(columns, width, gap) < LEAST:
            columns.pop(name, None)
    room = max(_room(columns, width, gap), LEAST)
    sources = [Text(_folded(name, room)) for name in short_sources([one.source for one in found])]
    columns = {"Source": sources, **columns}
    drawn = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for name in columns:
        words = name in ("Source", "Verdict", "Validation", "Checks")
        drawn.add_column(
            Text(name, style="dim"),
            justify="left" if words else "right",
            no_wrap=name != "Source",
            overflow="fold",
        )
    for row in zip(*columns.values(), strict=True):
        drawn.add_row(*row)
    return drawn


def _room(columns: Mapping[str, Sequence[Text]], width: int, gap: int) -> int:
    """What is left of the width beside these columns."""
    taken = [
        gap + max(cell_len(name), *(cell.cell_len for cell in cells))
        for name, cells in columns.items()
    ]
    return width - sum(taken) - gap


def _folded(name: str, room: int) -> str:
    """The name in lines of at most `room` columns, broken after signs where possible."""
    lines = [""]
    for piece in re.findall(r"[^-/ _.:]*[-/ _.:]?", name):
        if lines[-1] and cell_len(lines[-1] + piece) > room:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def _label(verdict: Verdict) -> Text:
    return labelled(verdict.label, verdict.confidence, verdict.label)


def _codes(verdict: Verdict) -> Text:
    """The codes of the worst checks."""
    text = Text()
    for check in verdict.checks[:CODES]:
        text.append(f"{' ' if text else ''}{check.code}", SEVERITIES[check.severity])
    more = len(verdict.checks) - CODES
    return text.append(f" +{more}") if more > 0 else text


def _best(verdict: Verdict, narrow: bool) -> str:
    best, error = verdict.evidence.best_corrected, verdict.evidence.best_corrected_error
    if best is None:
        return ""
    return figure(best) if narrow else plus_minus(best, error)


def _rise(verdict: Verdict) -> str:
    relative = verdict.evidence.rise_relative
    return "" if relative is None or verdict.label != "overfit" else share(relative)
