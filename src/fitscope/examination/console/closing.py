"""The answer on one screen: a paragraph, the ladder, what helped, and what is left to know."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fitscope.examination.lines import (
    Bought,
    RungLine,
    answer_of,
    bought,
    ladder,
    scale,
    scores,
    take_words,
)
from fitscope.examination.lines import told as told_of
from fitscope.examination.sweep_words import brief_sweep
from fitscope.names import shown
from fitscope.report.console.table import NARROW
from fitscope.report.console.text import READABLE
from fitscope.report.notices import notices
from fitscope.report.words import estimate, first_sentence, number, signed, sure

if TYPE_CHECKING:
    from fitscope.study.answer import Answer, Gain, Remedy
    from fitscope.study.folder import StoredStudy

FEWEST = 3  # steps by which a table of rungs gets narrower
TOP = 3  # remedies of a model that are shown
LEFT_OUT = 3  # things left out that are named
SAID = {"helps": "green", "does harm": "red"}


def print_answer(stored: StoredStudy, console: Console) -> None:
    """The answer of an examination.

    Args:
        stored: the examination.
        console: where to.
    """
    answer, width = answer_of(stored), min(console.width, READABLE)
    lines = ladder(stored)
    first, rest = first_sentence(answer.words)
    console.print(Text.assemble((first, "bold"), f" {rest}"), width=width)
    if lines:
        console.print()
        console.print(_ladder(lines, console.width, console.is_terminal))
        if any(line.taken for line in lines):
            console.print(Text(f"* {take_words(answer)}", style="dim"))
    groups = bought(answer)
    if groups:
        console.print()
        console.print(_bought(groups, console.width))
    facts = [*_facts(stored, answer), *(("", notice) for notice in notices(stored.document))]
    if facts:
        console.print()
    for term, text in facts:
        _put(console, term, text, width)


def _ladder(lines: Sequence[RungLine], width: int, coloured: bool) -> Table:
    """A line a rung, with as many columns and errors as the width holds."""
    padding = 1 if width < NARROW else 2
    rows: list[dict[str, Text]] = []
    for fewer in range(FEWEST + 1):
        rows = [_rung(line, fewer, coloured) for line in lines]
        widths = [max(cell_len(name), *(row[name].cell_len for row in rows)) for name in rows[0]]
        if sum(widths) + padding * (len(widths) - 1) <= width:
            break
    table = Table(box=None, pad_edge=False, padding=(0, padding, 0, 0))
    for name in rows[0]:
        words = name in ("Rung", "Verdict")
        table.add_column(
            Text(name, style="dim"),
            justify="left" if words else "right",
            no_wrap=name != "Rung",
            overflow="fold",
        )
    for line, row in zip(lines, rows, strict=True):
        table.add_row(*row.values(), style="bold" if line.taken else None)
    return table


def _rung(line: RungLine, fewer: int, coloured: bool) -> dict[str, Text]:
    """The cells of a rung by their headings.

    Args:
        line: the rung.
        fewer: from 1 on costs stand without errors, from 2 on training losses are left out, from
            3 on validation losses stand without errors, too.
        coloured: whether there are colours.
    """
    rung, cost = line.rung, line.cost.short if line.cost else ""
    cells = {
        "Rung": f"{shown(rung.model)}{' *' if line.taken else ''}",
        "Train": "" if rung.train is None else number(rung.train),
        "Validation": ""
        if rung.validation is None
        else estimate(rung.validation, None if fewer >= 3 else rung.error),
        "Gap": "" if rung.gap is None else signed(rung.gap, rung.validation),
        "It costs": cost.partition(" ± ")[0] if fewer >= 1 else cost,
    }
    if fewer >= 2:
        del cells["Train"]
    texts = {name: Text(cell) for name, cell in cells.items()}
    return {**texts, "Verdict": _verdict(line, coloured)}


def _verdict(line: RungLine, coloured: bool) -> Text:
    if not line.judged:
        return Text("")
    text = line.badge.label
    if not coloured:
        return Text(text)
    return Text.assemble((f"{line.badge.square} ", line.badge.look.terminal), text)


def _bought(groups: Sequence[Bought], width: int) -> Table:
    """The most helpful remedies of each model, and what they took away."""
    narrow = width < NARROW
    table = Table(
        box=None, pad_edge=False, padding=(0, 1 if narrow else 2, 0, 0), show_header=False
    )
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    if not narrow:
        table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    widest = scale(groups)
    headings = ("took away", *(() if narrow else ("95 % interval",)), "")
    for place, group in enumerate(groups):
        heads = headings if place == 0 else ("",) * len(headings)
        over = f"Tried on {shown(group.over)}"
        table.add_row(*(Text(text, style="dim") for text in (over, *heads)))
        for one in group.remedies[:TOP]:
            table.add_row(*_changed(one, widest, narrow))
        rest = [told_of(one.interval) for one in group.remedies[TOP:]]
        if rest:
            counts = ((rest.count("helps"), "helped"), (rest.count("does harm"), "did harm"))
            said = ", ".join(f"{count:,} {word}" for count, word in counts if count)
            table.add_row(Text(f"and {len(rest):,} more{f': {said}' if said else ''}", "dim"))
    return table


def _changed(one: Remedy, scale: float, narrow: bool) -> list[Text]:
    """The cells of a remedy."""
    said = told_of(one.interval)
    sureness = f"{said}, {sure(max(one.sure, 1 - one.sure))} sure" if said in SAID else said
    ends = " to ".join(signed(end, scale) for end in one.interval)
    return [
        Text(shown(one.remedy, 48)),
        Text(signed(one.difference, scale)),
        *([] if narrow else [Text(ends)]),
        Text(sureness, style=SAID.get(said, "")),
    ]


def _facts(stored: StoredStudy, answer: Answer) -> list[tuple[str, str]]:
    """Terms and what is to be said about them."""
    found = []
    if answer.test:
        found.append(("Test", ", ".join(scores(stored.document.task, answer))))
    if answer.sweep is not None:
        said = [*filter(None, brief_sweep(answer.sweep, stored.document.task))]
        found.append(("Sweep", ": ".join(said)))
    more = answer.more_data
    if more is not None:
        gains = [
            f"{times} take away {_gain(gain)}"
            for times, gain in (("twice the rows", more.doubling), ("ten times", more.tenfold))
            if more.predictable and gain is not None
        ]
        why = f"not predictable{f': {more.why}' if more.why else ''}"
        found.append(("More rows", ", ".join(gains) or why))
    left = answer.left_out
    if left:
        rest = [f"and {len(left) - LEFT_OUT:,} more"] if len(left) > LEFT_OUT else []
        terms = ("Left out", *("",) * LEFT_OUT)
        found += list(zip(terms, [*left[:LEFT_OUT], *rest], strict=False))
    return found


def _gain(gain: Gain) -> str:
    low, high = (number(end, gain.gain) for end in gain.interval)
    return f"{number(gain.gain)} ({low} to {high})"


def _put(console: Console, term: str, text: str, width: int) -> None:
    """A term, and its text beside it, folded."""
    room = 11
    lines = textwrap.wrap(text, max(width - room, 20)) or [""]
    for at, line in enumerate(lines):
        head = term if at == 0 else ""
        pad = " " * (room - cell_len(head))
        console.print(Text.assemble((head, "dim"), pad, line))
