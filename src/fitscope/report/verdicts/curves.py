"""What was read: every curve of a log, and which pair was judged and why."""

from __future__ import annotations

import io

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from fitscope.logs.direction import higher_is_better, measures_nothing
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning
from fitscope.report.console.text import labelled, put
from fitscope.report.verdicts.chart import BRAILLE, dots
from fitscope.report.words import shown
from fitscope.verdicts.explain import figure
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import headline

WIDTH = 100  # of plain text
SPARK = 16
MOST = 60  # curves that are listed


def print_curves(found: Verdict | Unread, log: Log | None, why: str, console: Console) -> None:
    """Print what was read of one run, and its verdict in a line.

    Args:
        found: its verdict, or why there is none.
        log: its curves; None where nothing could be read, or they are a study's.
        why: what made its validation curve the one to judge.
        console: where to; colours and small drawings on a terminal alone.
    """
    if console.is_terminal:
        console.print(what_was_read(found, log, why, console.width, True), Text())
        return
    text = io.StringIO()
    plain = Console(file=text, width=WIDTH, force_terminal=False, color_system=None)
    plain.print(what_was_read(found, log, why, WIDTH, False), Text())
    put(console.file, "\n".join(line.rstrip() for line in text.getvalue().split("\n")))


def what_was_read(
    found: Verdict | Unread, log: Log | None, why: str, width: int, drawn: bool
) -> RenderableType:
    """A heading, a line a curve, the pair and the reasons."""
    parts: list[RenderableType] = [Text(shown(found.source, width), style="bold")]
    if isinstance(found, Unread):
        parts.append(Text(f"not judged: {found.error}", "dim"))
    else:
        parts.append(labelled(found.label, found.confidence, headline(found)))
    if log is not None:
        parts.append(_table(found, log, drawn))
        if len(log.curves) > MOST:
            parts.append(Text(f"and {len(log.curves) - MOST} more curves", "dim"))
    if isinstance(found, Verdict):
        e = found.evidence
        pair = f"Judged: {e.validation_key}" + (f" against {e.train_key}" if e.train_key else "")
        parts.append(Text(f"{pair}{f', {why}' if why else ''}."))
        parts += [Text(f"{note[:1].upper()}{note[1:]}.") for note in e.notes]
    return Group(*parts)


def _table(found: Verdict | Unread, log: Log, drawn: bool) -> Table:
    drawn_table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    headings = ["Curve", "Rows", "Better", "Values", "Where", "From", "To"]
    for name in [*headings, *(["Shape"] if drawn else []), "Use"]:
        right = name in ("Values", "From", "To")
        drawn_table.add_column(
            Text(name, style="dim"), justify="right" if right else "left", overflow="fold"
        )
    judged = {}
    if isinstance(found, Verdict):
        judged = {found.evidence.validation_key: "validation", found.evidence.train_key: "training"}
    for name, curve in list(log.curves.items())[:MOST]:
        known = meaning(name)
        finite = curve.values[np.isfinite(curve.values)]
        ends = [figure(float(finite[at])) if len(finite) else "none" for at in (0, -1)]
        cells = [
            shown(" ".join(name.split()), 40),
            known.part or "not said",
            _better(known.metric),
            f"{len(curve.values):,}",
            _where(curve, log.step),
            *ends,
            *([_spark(curve)] if drawn else []),
            judged.get(name, ""),
        ]
        drawn_table.add_row(*map(Text, cells))
    return drawn_table


def _better(metric: str) -> str:
    if measures_nothing(metric):
        return "no metric"
    return {True: "higher", False: "lower", None: "not known"}[
        higher_is_better(metric) if metric else False
    ]


def _where(curve: Logged, step: str) -> str:
    """Both numberings, where both are known."""
    told = [
        f"{word} {places.min():,.6g} to {places.max():,.6g}"
        for word, places in ((step, curve.epochs), ("step", curve.steps))
        if places is not None and len(places)
    ]
    return ", ".join(told) or "in order"


def _spark(curve: Logged) -> str:
    finite = curve.values[np.isfinite(curve.values)]
    if len(finite) < 2 or finite.min() == finite.max():
        return ""
    low, high = np.percentile(finite, [1, 99])
    if not high > low:
        return ""
    layer = dots(curve.values, np.arange(len(curve.values)), float(low), float(high), SPARK, 1)
    return "".join(chr(BRAILLE + int(sign)) for sign in layer[0])
