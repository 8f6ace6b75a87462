"""JSON whose numbers are numbers of a computer: what a damaged file may hold beside is refused."""

from __future__ import annotations

import json
import math
from typing import Any

DIGITS = 18  # of a whole number


def loaded(text: bytes) -> Any:
    """What JSON holds.

    Raises:
        ValueError: it is no JSON, or a number is not finite or larger than anything counted.

    Example:
        >>> loaded(b'{"epochs": 9}')
        {'epochs': 9}
        >>> loaded(b"1e999")
        Traceback (most recent call last):
        ValueError: 1e999 is no number
    """
    return json.loads(text, parse_float=_finite, parse_constant=_finite, parse_int=_whole)


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError(f"{text[:DIGITS]}... is larger than anything counted")
    return int(text)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is no number")
    return number
