"""Names and verdicts on a console, and plain text to streams that may not know all of its signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from rich.text import Text

from fitscope.report.look import badge
from fitscope.report.words import shown


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


def put(stream: IO[str], text: str) -> None:
    """Write and flush `text`; a sign that the stream's encoding lacks becomes a question mark."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()
