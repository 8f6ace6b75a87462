"""What was read: every curve of a log, and which pair was judged and why."""

from __future__ import annotations

from functools import partial

import numpy as np
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from fitscope.logs.direction import higher_is_better, measures_nothing
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning
from fitscope.names import plain
from fitscope.numbers import place
from fitscope.report.console.text import labelled, printed
from fitscope.report.verdicts.chart import BRAILLE, dots
from fitscope.report.words import shown
from fitscope.verdicts.figures import figure
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import headline, sentence

WIDTH = 100  # of plain text
NARROW = 96  # terminals with fewer columns get fewer of ours
SPARK = 16  # columns of a small drawing
ENDS = ("From", "To")
COLUMNS = ("Curve", "Rows", "Better", "Values", "Where", *ENDS, "Shape", "Use")
MOST = 60  # curves that are listed


def print_curves(found: Verdict | Unread, log: Log | None, why: str, console: Console) -> None:
    """Print what was read of one run, and its verdict in a line.

    Args:
        found: its verdict, or why there is none.
        log: its curves; None where nothing could be read, or they are a study's.
        why: what made its validation curve the one to judge.
        console: where to; colours and small drawings on a terminal alone.
    """
    printed(partial(_print, found, log, why), console, WIDTH)


def _print(found: Verdict | Unread, log: Log | None, why: str, console: Console) -> None:
    parts: list[RenderableType] = [Text(shown(found.source, console.width), style="bold")]
    if isinstance(found, Unread):
        parts.append(Text(f"not judged: {plain(found.error)}", "dim"))
    else:
        parts.append(labelled(found.label, found.confidence, headline(found)))
    if log is not None and log.curves:
        parts.append(_table(found, log, console.width, console.is_terminal))
        if len(log.curves) > MOST:
            parts.append(Text(f"and {len(log.curves) - MOST} more curves", "dim"))
    if isinstance(found, Verdict):
        e = found.evidence
        pair = f"Judged: {e.validation_key}" + (f" against {e.train_key}" if e.train_key else "")
        parts.append(Text(f"{pair}{f', {why}' if why else ''}."))
        parts += [Text(sentence(note)) for note in e.notes]
    console.print(*parts, Text(), sep="\n")


def _table(found: Verdict | Unread, log: Log, width: int, drawn: bool) -> Table:
    """A line a curve; a narrow screen has no room for both of its ends."""
    narrow = width < NARROW
    table = Table(box=None, pad_edge=False, padding=(0, 1 if narrow else 2, 0, 0))
    left_out = {*(ENDS if narrow else ()), *(() if drawn else ("Shape",))}
    headings = [name for name in COLUMNS if name not in left_out]
    for name in headings:
        table.add_column(
            Text(name, style="dim"),
            justify="right" if name in ("Values", *ENDS) else "left",
            no_wrap=name != "Curve",
            overflow="fold",
        )
    judged = {}
    if isinstance(found, Verdict):
        judged = {found.evidence.validation_key: "validation", found.evidence.train_key: "training"}
    for name, curve in list(log.curves.items())[:MOST]:
        known = meaning(name)
        finite = curve.values[np.isfinite(curve.values)]
        first, last = (figure(float(finite[at])) if len(finite) else "none" for at in (0, -1))
        cells = {
            "Curve": shown(" ".join(name.split()), 40),
            "Rows": known.part or "not said",
            "Better": _better(known.metric),
            "Values": f"{len(curve.values):,}",
            "Where": _where(curve, log.step),
            "From": first,
            "To": last,
            "Shape": _spark(curve, SPARK // 2 if narrow else SPARK),
            "Use": judged.get(name, ""),
        }
        table.add_row(*(Text(cells[name]) for name in headings))
    return table


def _better(metric: str) -> str:
    if measures_nothing(metric):
        return "no metric"
    return {True: "higher", False: "lower", None: "not known"}[
        higher_is_better(metric) if metric else False
    ]


def _where(curve: Logged, step: str) -> str:
    """Both numberings, where both are known, a line each."""
    told = [
        f"{word} {place(places.min())} to {place(places.max())}"
        for word, places in ((step, curve.epochs), ("step", curve.steps))
        if places is not None and len(places)
    ]
    return "\n".join(told) or "in order"


def _spark(curve: Logged, across: int) -> str:
    finite = curve.values[np.isfinite(curve.values)]
    if len(finite) < 2 or finite.min() == finite.max():
        return ""
    low, high = np.percentile(finite, [1, 99])
    if not high > low:
        return ""
    layer = dots(curve.values, np.arange(len(curve.values)), float(low), float(high), across, 1)
    return "".join(chr(BRAILLE + int(sign)) for sign in layer[0])
