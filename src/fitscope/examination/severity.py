"""How grave a check is: its word, its sign, its colour, and which one is told first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.verdicts.check import Check


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
"""Severity to its look, the gravest first."""


def gravest_first(checks: Iterable[Check]) -> list[Check]:
    """The checks, the gravest first, by their code within a severity.

    Example:
        >>> from fitscope.verdicts.check import Check
        >>> found = [Check("FS103", "note", "", ""), Check("FS101", "problem", "", "")]
        >>> [check.code for check in gravest_first(found)]
        ['FS101', 'FS103']
    """
    order = list(SEVERITIES)
    return sorted(checks, key=lambda check: (order.index(check.severity), check.code))
