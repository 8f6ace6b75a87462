"""The range of values that a drawing shows, chosen from its curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

FLIGHT = 30  # times as far from the best value as half of a curve: that much has come apart
SETTLED = 5  # the first epochs start from random weights and would stretch the range


def frame(
    leading: Sequence[Float[np.ndarray, " epochs"]],
    others: Sequence[Float[np.ndarray, " epochs"]] = (),
    falling: bool = True,
) -> tuple[float, float] | None:
    """A range that shows how far the leading curves came, whatever runs away.

    It goes from about where the leading (validation) curves start to well past the best value
    that any of them reaches. A curve that overfits leaves the frame instead of flattening all
    others. Where the curves fill less than that, the frame is as small as they are.

    Args:
        leading: the curves that matter, usually those of the validation rows.
        others: further curves drawn in the same frame.
        falling: True if lower values are better.

    Returns:
        Lowest and highest value to show, or None if there is nothing finite.

    Example:
        >>> curve = np.linspace(0.7, 0.5, 100)
        >>> low, high = frame([curve])
        >>> round(low, 2), round(high, 2)
        (0.49, 0.7)
    """
    sign = 1.0 if falling else -1.0
    leading = [_settled(sign * curve) for curve in leading]
    leading = [curve for curve in leading if curve.size]
    drawn = [*leading, *(_settled(sign * curve) for curve in others)]
    if not leading:
        return None
    everything = np.concatenate(drawn)
    start = float(np.median([curve[0] for curve in leading]))
    lows = [float(curve.min()) for curve in leading]
    span = max(start - min(lows), 0.02 * abs(start), 1e-6)
    low = max(min(lows) - 0.6 * span, float(everything.min()) - 0.05 * span)
    high = min(max(start, *lows) + 0.25 * span, float(everything.max()) + 0.05 * span)
    return (low, high) if falling else (-high, -low)


def whole(
    curves: Sequence[Float[np.ndarray, " epochs"]], falling: bool = True
) -> tuple[float, float] | None:
    """A range for the curves of a single run, which shows all of a rise.

    A few epochs far off do not flatten the rest: one value in a hundred may lie outside, at either
    end. Where lower is worse the first epochs do not stretch it downwards, either. A run that comes
    apart leaves the range soon above its start, or nothing of what it had learnt would be seen.

    Args:
        curves: training and validation values.
        falling: True if lower values are better.

    Returns:
        Lowest and highest value to show, or None if all are the same or none is finite.

    Example:
        >>> [round(end, 2) for end in whole([np.linspace(1.0, 0.0, 101)])]
        [0.01, 0.99]
    """
    finite = [found for curve in curves if (found := curve[np.isfinite(curve)]).size]
    if not finite:
        return None
    lows, highs = zip(*(np.percentile(curve, [1, 99]) for curve in finite), strict=True)
    low, high = float(min(lows)), float(max(highs))
    if not falling:
        start = _start(finite)
        low = min(low, 2 * low - start) if start < low else low
    low, high = _without_flight(finite, low, high, falling)
    return (low, high) if high > low else None


def _without_flight(
    curves: Sequence[np.ndarray], low: float, high: float, falling: bool
) -> tuple[float, float]:
    """The range without where a curve flees to, if all the rest would be a flat line in it."""
    if not falling:
        low, high = _without_flight([-curve for curve in curves], -high, -low, True)
        return -high, -low
    middle = max(float(np.median(curve)) for curve in curves)
    if high - low <= FLIGHT * (middle - low):
        return low, high
    start = _start(curves)
    return low, min(high, start + (start - low))


def _start(curves: Sequence[np.ndarray]) -> float:
    """The highest of what the first fiftieths of the curves are about."""
    return max(float(np.median(curve[: max(1, len(curve) // 50)])) for curve in curves)


def _settled(curve: np.ndarray) -> np.ndarray:
    later = curve[SETTLED:]
    later = later[np.isfinite(later)]
    return later if later.size else curve[np.isfinite(curve)]
