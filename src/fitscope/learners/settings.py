"""`Settings`: what a learner without layers is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of a learner without layers; prints as a table.

    Attributes:
        settings: name and value of each, and an empty text.
        lines: what stands below.

    Example:
        >>> print(Settings((("max_depth", "3", ""),), ("At most 800 leaves",)))
        max_depth    3
        At most 800 leaves
    """

    settings: tuple[tuple[str, str, str], ...]
    lines: tuple[str, ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """Name and value of each setting, and an empty text."""
        return list(self.settings)

    def totals(self) -> list[str]:
        """Closing lines."""
        return list(self.lines)

    def __str__(self) -> str:
        width = max(len(name) for name, _, _ in self.settings)
        table = [f"{name:<{width}}    {value}" for name, value, _ in self.settings]
        return "\n".join([*table, *self.lines])
