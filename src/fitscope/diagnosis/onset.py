"""Where the rise begins, with an interval."""

from __future__ import annotations

from fitscope.diagnosis.lowest import Lowest

LEVEL = 0.95


def onset(low: Lowest) -> tuple[int, int, int]:
    """The last place at which the curve without its noise is at its minimum.

    Of a kink that is the kink; of a parabola, and of an exponential fall with a line, the place
    of the minimum; of a curve that lies flat before it rises, the end of the flat stretch.

    Args:
        low: the lowest point of the validation curve.

    Returns:
        The onset: the median over shapes (see `turn`), but no place before the best epoch. Then
        the first and the last place of its 95 % interval, which may begin before the best
        epoch: that one is an estimate, too.

    Example:
        >>> import numpy as np
        >>> from fitscope.diagnosis.lowest import lowest
        >>> from fitscope.diagnosis.trend import trend
        >>> at = np.arange(200)
        >>> steps = np.random.default_rng(0).normal(size=200)
        >>> begin, first, last = onset(lowest(trend(0.01 * np.maximum(at - 120, 0) + 0.05 * steps)))
        >>> first <= 120 <= last
        True
    """
    first, last = low.turn.within(LEVEL)
    begin = max(low.turn.middle(), low.at)
    return begin, min(first, begin), max(last, begin)
