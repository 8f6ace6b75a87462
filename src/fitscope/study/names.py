"""Model names, which may hold anything, made fit to be shown."""

from __future__ import annotations


def shown(name: str, width: int = 28) -> str:
    """The name on one line, without control characters, cut at `width` characters.

    Example:
        >>> shown("two\\nlines"), shown("abcdefgh", width=5)
        ('two lines', 'abcd…')
    """
    line = "".join(sign if sign.isprintable() else " " for sign in name)
    return line if len(line) <= width else line[: width - 1] + "…"
