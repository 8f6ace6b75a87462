"""A model's name behind a square of its colour."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from fitscope.report.names import shown


def marked(name: str, palette: Mapping[str, str], dim: bool = False) -> Text:
    """The name in the terminal's own colour, readable on any ground, and a coloured square."""
    return Text.assemble(("■ ", palette[name]), (shown(name), "dim" if dim else ""))
