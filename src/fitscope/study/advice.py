"""`Advice`: one of the things that a study says when it has been judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitscope.study.schema import StoredAdvice


@dataclass(frozen=True)
class Advice:
    """One thing that a study says.

    Attributes:
        title: in one line, never with a confidence below one half.
        text: what it rests on.
        models: the models it is about.
        confidence: how sure it is, None where no figure can be given.
    """

    title: str
    text: str
    models: tuple[str, ...]
    confidence: float | None

    def as_dict(self) -> StoredAdvice:
        """The entry of results.json."""
        return {
            "title": self.title,
            "text": self.text,
            "models": list(self.models),
            "confidence": self.confidence,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Advice:
        """The advice that `as_dict` was called on."""
        return cls(
            stored["title"], stored["text"], tuple(stored["models"]), stored.get("confidence")
        )
