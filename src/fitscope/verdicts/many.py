"""`Verdicts`: the verdicts on several histories, and what could not be judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fitscope.verdicts.check import Check
from fitscope.verdicts.shown import as_html
from fitscope.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Unread:
    """A source without a verdict.

    Attributes:
        source: which.
        error: why, one line.
        checks: what the curves that are there tell.
    """

    source: str
    error: str
    checks: tuple[Check, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The object that `fitscope diagnose --json` prints."""
        checks = [check.as_dict() for check in self.checks]
        return {"source": self.source, "error": self.error, "checks": checks}


class Verdicts(tuple[Verdict, ...]):
    """A tuple of verdicts that prints as their text, and as a table in a notebook.

    Attributes:
        unread: the sources that could not be judged.
    """

    unread: tuple[Unread, ...]

    def __new__(cls, verdicts: Iterable[Verdict] = (), unread: Iterable[Unread] = ()) -> Verdicts:
        """Gather them."""
        made = super().__new__(cls, verdicts)
        made.unread = tuple(unread)
        return made

    def as_dicts(self) -> list[dict[str, Any]]:
        """What `fitscope diagnose --json` prints: the verdicts, then what could not be judged."""
        return [one.as_dict() for one in (*self, *self.unread)]

    def __repr__(self) -> str:
        unread = [f"<not judged: {one.source}: {one.error}>" for one in self.unread]
        return "\n".join([*map(repr, self), *unread])

    def __str__(self) -> str:
        unread = [f"{one.source}\n  not judged: {one.error}" for one in self.unread]
        return "\n".join([*map(str, self), *unread])

    def _repr_html_(self) -> str | None:
        return as_html(self)
