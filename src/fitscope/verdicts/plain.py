"""Typed results as plain values, for JSON."""

from __future__ import annotations

import math
from typing import Any


def plain(value: Any) -> Any:
    """A field as JSON has it: no NaN, no infinity (None instead), lists for tuples.

    Example:
        >>> plain(float("nan")), plain((3, 4)), plain("rows")
        (None, [3, 4], 'rows')
    """
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
