"""Names and verdicts on a console, and plain text to streams that may not know all of its signs."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import IO

from rich.console import Console
from rich.text import Text

from fitscope.report.look import badge
from fitscope.report.words import shown

READABLE = 100
"""Columns of running text at most, however wide a terminal is."""


def marked(name: str, palette: Mapping[str, str], dim: bool = False) -> Text:
    """The name in the terminal's own colour, readable on any ground, and a coloured square."""
    return Text.assemble(("■ ", palette[name]), (shown(name), "dim" if dim else ""))


def labelled(label: str, confidence: float, text: str) -> Text:
    """A verdict: a square of its colour and the text; only an outline where little is sure.

    Example:
        >>> labelled("overfit", 0.99, "overfit").plain, labelled("overfit", 0.52, "overfit").plain
        ('■ overfit', '□ overfit')
    """
    worn = badge(label, confidence)
    return Text.assemble((f"{worn.square} ", worn.look.terminal), text)


def printed(draw: Callable[[Console], None], console: Console, width: int) -> None:
    """Draw on a terminal as it is; elsewhere plain text without trailing spaces.

    Args:
        draw: prints to the console that it is given.
        console: where to.
        width: columns of plain text, which may be read anywhere later.
    """
    if console.is_terminal:
        draw(console)
        return
    text = io.StringIO()
    draw(
        Console(
            file=text, width=width, force_terminal=False, force_jupyter=False, color_system=None
        )
    )
    lines = (line.rstrip() for line in text.getvalue().splitlines())
    put(console.file, "\n".join([*lines, ""]))


def put(stream: IO[str], text: str) -> None:
    """Write and flush `text`; a sign that the stream's encoding lacks becomes a question mark."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()
