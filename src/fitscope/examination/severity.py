"""How a check is told: the word, sign and colour of its severity, and the columns it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.names import shown

if TYPE_CHECKING:
    from fitscope.verdicts.check import Check

NAMED = 3  # columns in a line


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


def headed(check: Check) -> str:
    """The title of a check, and the first columns that it is about.

    Example:
        >>> from fitscope.verdicts.check import Check
        >>> headed(Check("FS109", "note", "Hardly any values", "", ("a", "b", "c", "d")))
        'Hardly any values (a, b, c, …)'
    """
    if not check.columns:
        return check.title
    more = ["…"] if len(check.columns) > NAMED else []
    named = [*map(shown, check.columns[:NAMED]), *more]
    return f"{check.title} ({', '.join(named)})"
