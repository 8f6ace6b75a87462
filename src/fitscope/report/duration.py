"""Lengths of time for people."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Seconds, or minutes and seconds, or hours and minutes.

    Example:
        >>> duration(5.21), duration(125), duration(7_320)
        ('5.2 s', '2:05 min', '2:02 h')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3_600}:{whole % 3_600 // 60:02d} h"
