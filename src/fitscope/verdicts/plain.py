"""Results as plain values, for JSON."""

from __future__ import annotations

import math
from typing import Any


def plain(value: Any) -> Any:
    """The value as JSON has it: no NaN, no infinity (None instead), lists for tuples.

    Example:
        >>> plain(float("nan")), plain((3, 4)), plain("rows")
        (None, [3, 4], 'rows')
        >>> plain({"a": (1.5, float("nan")), "b": [float("inf"), "x"]})
        {'a': [1.5, None], 'b': [None, 'x']}
    """
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
