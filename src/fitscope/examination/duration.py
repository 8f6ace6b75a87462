"""Lengths of time as people write them: "90s", "5m", "1h30m"."""

from __future__ import annotations

import re

from fitscope.errors import UserError

SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}
LONGEST = 30 * 24 * 3600.0


def seconds(given: str | float) -> float:
    """The seconds that a length of time lasts.

    Args:
        given: such as "5m" or "1h30m"; a number is seconds.

    Raises:
        UserError: no length of time, none at all, or more than thirty days.

    Example:
        >>> seconds("5m"), seconds("1h30m"), seconds("0.5m"), seconds(90)
        (300.0, 5400.0, 30.0, 90.0)
        >>> seconds("300")
        Traceback (most recent call last):
        fitscope.errors.UserError: budget: 300 has no unit; say 300s or 300m
    """
    if isinstance(given, str):
        text = given.strip().lower().replace(" ", "")
        if re.fullmatch(r"[0-9]*\.?[0-9]+", text):
            raise UserError(f"budget: {given} has no unit; say {given}s or {given}m")
        parts = re.findall(r"([0-9]*\.?[0-9]+)([hms])", text)
        if not parts or "".join(number + unit for number, unit in parts) != text:
            raise UserError(f"budget: {given!r} is no length of time; say 90s, 5m or 1h30m")
        total = sum(float(number) * SECONDS[unit] for number, unit in parts)
    else:
        total = float(given)
    if not 0 < total <= LONGEST:
        raise UserError(f"budget: {given} must be above 0 and at most 30 days; say 90s, 5m or 1h")
    return total


def told(length: float) -> str:
    """A length of time in short.

    Example:
        >>> told(300), told(90), told(5400), told(0.4)
        ('5m', '1m30s', '1h30m', '0s')
    """
    left = round(length)
    text = ""
    for unit, worth in SECONDS.items():
        whole, left = divmod(left, int(worth))
        if whole:
            text += f"{whole}{unit}"
    return text or "0s"
