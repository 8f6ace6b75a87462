"""Where the rise begins, with an interval."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.lowest import Lowest
from fitscope.diagnosis.trend import Trend

SURE = 1.96  # standard errors
SMALL = 0.02  # of the rise, where there is no noise to speak of
FLAT = 0.005  # of the lowest loss: more is no flat stretch, however far the curve rises later


def onset(found: Trend, low: Lowest) -> tuple[int, int, int]:
    """The place after which the trend stays above its minimum.

    Args:
        found: the trend of the validation curve.
        low: its lowest point.

    Returns:
        The onset: the last place that noise cannot tell from the minimum by one standard
        error. Then the first and the last place where it may be: the stretch around the
        minimum within which the trend stays inside two standard errors of it.
    """
    values = found.values
    rise = values - low.value
    small = min(SMALL * max(float(rise[-1]), 0.0), FLAT * abs(low.value))
    error = np.hypot(found.errors, low.error)
    after = np.arange(len(values)) >= low.at
    close = np.flatnonzero((rise <= np.maximum(error, small)) & after)
    begin = int(close[-1]) if len(close) else low.at
    inside = rise <= np.maximum(SURE * error, small)
    outside_before = np.flatnonzero(~inside[: low.at])
    first = int(outside_before[-1]) + 1 if len(outside_before) else 0
    still = np.flatnonzero(inside & after)
    last = min(int(still[-1]) + 1, len(values) - 1) if len(still) else low.at
    return begin, min(first, begin), max(last, begin)
