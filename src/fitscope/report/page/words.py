"""The words and signs of the page for what a verdict says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {
    "underfit": ("Underfit", "▽"),
    "good": ("Good", "●"),
    "overfit": ("Overfit", "▲"),
    "improving": ("Improving", "↘"),
    "unstable": ("Unstable", "≈"),
}
"""Label to its word and its sign, so that no verdict is told by colour alone."""


def badge(verdict: Mapping[str, Any] | None) -> dict[str, str]:
    """Label, word and sign of a verdict, for the badge macro."""
    label = (verdict or {}).get("verdict")
    word, sign = LABELS.get(str(label), ("No verdict yet", "–"))
    return {"label": str(label) if label in LABELS else "none", "word": word, "sign": sign}


def sure(confidence: float | None) -> str:
    """A confidence in words; the number only where it is one.

    Example:
        >>> sure(0.9231), sure(0.9999), sure(None)
        ('92 % sure', '>99 % sure', '')
    """
    if confidence is None:
        return ""
    percent = 100 * confidence
    return ">99 % sure" if percent > 99 else f"{percent:.0f} % sure"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    Example:
        >>> listed(["Tiny"]), listed(["Tiny", "Small", "L2"])
        ('Tiny', 'Tiny, Small and L2')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def number(value: Any, digits: int = 4) -> str:
    """A piece of evidence as text.

    Example:
        >>> number(0.58061234), number(1234), number(None), number([3, 9]), number(1.2e-5)
        ('0.5806', '1,234', 'not known', '3 to 9', '1.2e-05')
    """
    if value is None:
        return "not known"
    if isinstance(value, list | tuple):
        return " to ".join(number(item, digits) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        small = value != 0 and abs(value) < 10.0**-digits * 5
        return f"{value:.2g}" if small else f"{value:,.{digits}f}"
    return str(value)
