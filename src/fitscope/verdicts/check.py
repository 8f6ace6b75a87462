"""`Check`: something found beside the verdicts, with a code, a severity and a page in the docs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from typing_extensions import TypedDict

Severity = Literal["problem", "warning", "note"]
"""How grave a check is, the gravest first."""
CODES = (*(f"FS{number}" for number in range(101, 119)), *(f"FS{n}" for n in range(201, 226)))
"""Every code there is; each has a page in the docs."""


class StoredCheck(TypedDict):
    """A check as results.json keeps it."""

    code: str
    severity: Severity
    title: str
    columns: list[str]
    text: str
    page: str


@dataclass(frozen=True)
class Check:
    """One finding.

    Attributes:
        code: what it is called, "FS" and three digits: FS1.. is about tables, FS2.. about curves.
        severity: "problem" makes the answer worthless until it is mended, "warning" may, "note"
            does not.
        title: what was found, in one line.
        text: the figures that it rests on, and what to do.
        columns: the columns, or curves, that it is about.

    Example:
        >>> leak = Check("FS101", "problem", "A column gives the target away", "Drop it.", ("id",))
        >>> leak.page, Check.from_dict(leak.as_dict()) == leak
        ('checks/fs101', True)
    """

    code: str
    severity: Severity
    title: str
    text: str
    columns: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """Its page in the docs."""
        return f"checks/{self.code.lower()}"

    def as_dict(self) -> StoredCheck:
        """Plain values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "title": self.title,
            "columns": list(self.columns),
            "text": self.text,
            "page": self.page,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Check:
        """The check that `as_dict` was called on.

        Raises:
            KeyError: a key is missing.
        """
        return cls(
            stored["code"],
            stored["severity"],
            stored["title"],
            stored["text"],
            tuple(stored["columns"]),
        )


def gravest_first(checks: Iterable[Check]) -> list[Check]:
    """The checks, the gravest first, in their order within a severity.

    Example:
        >>> found = [Check("FS103", "note", "", ""), Check("FS101", "problem", "", "")]
        >>> [check.code for check in gravest_first(found)]
        ['FS101', 'FS103']
    """
    order = get_args(Severity)
    return sorted(checks, key=lambda check: order.index(check.severity))
