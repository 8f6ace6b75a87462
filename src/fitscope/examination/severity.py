"""How grave a check is: its word, its sign, its colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SeverityLook:
    """How a severity looks: never told by colour alone.

    Attributes:
        word: as a heading has it.
        sign: a sign for it.
        terminal: colour in a terminal's own palette.
    """

    word: str
    sign: str
    terminal: str


SEVERITIES = {
    "problem": SeverityLook("Problem", "✖", "red"),
    "warning": SeverityLook("Warning", "▲", "yellow"),
    "note": SeverityLook("Note", "●", "blue"),
}
"""Severity to its look."""
