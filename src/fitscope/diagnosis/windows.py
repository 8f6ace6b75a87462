"""Local straight lines: the value of a curve at every epoch from the epochs around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int

WILD = 1e6  # a curve that spans more than this, by a few of its epochs, is summed in tiers
TIER = 16  # powers of two that share a tier


def local_line(
    values: Float[np.ndarray, " n"], half: Int[np.ndarray, "*widths n"]
) -> tuple[Float[np.ndarray, "*widths n"], Float[np.ndarray, "*widths n"]]:
    """The value at each epoch of a straight line through the epochs around it.

    Every window holds 2 * half + 1 epochs, as centred as the end of the curve allows; inside
    the curve the value is then their plain mean. Running sums make it cost the same for every
    width.

    Args:
        values: one value an epoch.
        half: half the width of the window at each epoch, in epochs; any number of leading axes.

    Returns:
        The values, and their leverage: the variance of each value in units of the variance of
        one measurement, for noise without correlation.

    Example:
        >>> line, leverage = local_line(np.arange(5.0), np.full(5, 2))
        >>> line.round(6).tolist(), leverage.round(2).tolist()
        ([0.0, 1.0, 2.0, 3.0, 4.0], [0.6, 0.3, 0.2, 0.3, 0.6])
    """
    n = len(values)
    at = np.arange(n)
    half = np.minimum(half, (n - 1) // 2)
    low = np.clip(at - half, 0, n - 1 - 2 * half)
    count = 2.0 * half + 1
    middle = low + half
    level = near_level(values)
    high = low + 2 * half + 1
    mean = _between(running_sums(values - level), low, high) / count
    spread = np.maximum(count * (count * count - 1) / 12, 1.0)
    moment = _between(running_sums((values - level) * at), low, high)
    slope = (moment - middle * count * mean) / spread
    offset = at - middle
    return level + mean + slope * offset, 1 / count + offset * offset / spread


def fixed_line(
    values: Float[np.ndarray, " n"],
    half: int,
    sums: Float[np.ndarray, "*tiers n+1"] | None = None,
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " half"]]:
    """`local_line` for one width everywhere, several times as fast.

    Args:
        values: one value an epoch.
        half: half the width of every window, in epochs, at most (n - 1) // 2.
        sums: running sums of the values from 0, if they are at hand.

    Returns:
        The values; and the leverage of the last `half` of them (the first ones have the same,
        backwards, and those between 1 / (2 * half + 1)).

    Example:
        >>> curve = np.array([3.0, 1.0, 2.0, 2.0, 5.0, 4.0])
        >>> bool(np.allclose(fixed_line(curve, 1)[0], local_line(curve, np.full(6, 1))[0]))
        True
    """
    n = len(values)
    count = 2 * half + 1
    if sums is None:
        sums = running_sums(values)
    line = np.empty(n)
    inside = sums[..., count:] - sums[..., : n + 1 - count]
    line[half : n - half] = (inside if inside.ndim == 1 else inside.sum(axis=0)) / count
    if not half:
        return line, np.empty(0)
    offset = np.arange(-half, half + 1.0)
    spread = half * (half + 1) * count / 3
    first, last = line[half], line[n - 1 - half]
    ends = offset[half + 1 :]
    line[:half] = first + offset @ values[:count] / spread * offset[:half]
    line[n - half :] = last + offset @ values[n - count :] / spread * ends
    return line, 1 / count + ends * ends / spread


def running_sums(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, "*tiers n+1"]:
    """Sums of the first 0, 1, 2, ... values.

    The difference of two sums is what lies between them, but for rounding, which goes by the
    sums: after a value of 1e16 nothing would be left of values around 1. Where values differ by
    that much, those of like size are summed by themselves, a tier each: a tier that has no value
    between two places then adds exactly 0.

    Example:
        >>> running_sums(np.array([1.0, 2.0])).tolist()
        [0.0, 1.0, 3.0]
        >>> sums = running_sums(np.array([1e17, 1.0, 2.0]))
        >>> float((sums[..., 3] - sums[..., 1]).sum())
        3.0
    """
    n = len(values)
    size = np.abs(values)
    if n and size.max() > WILD * size[n // 16 :: max(n // 8, 1)].min():
        tier = np.frexp(size)[1] // TIER
        sums = np.zeros((len(tiers := np.unique(tier)), n + 1))
        np.cumsum(np.where(tier == tiers[:, None], values, 0.0), axis=1, out=sums[:, 1:])
        return sums
    sums = np.zeros(n + 1)
    np.cumsum(values, out=sums[1:])
    return sums


def _between(
    sums: Float[np.ndarray, "*tiers sums"],
    low: Int[np.ndarray, "*widths n"],
    high: Int[np.ndarray, "*widths n"],
) -> Float[np.ndarray, "*widths n"]:
    """Sums of the values from `low` to before `high`."""
    found = sums[..., high] - sums[..., low]
    return found if sums.ndim == 1 else found.sum(axis=0)


def near_level(values: Float[np.ndarray, " n"]) -> float:
    """Some value of the curve that is not far off: sums are taken of what differs from it.

    Example:
        >>> near_level(np.array([1e16, 3.0, 2.0, 1.0]))
        1.0
    """
    few = values[[len(values) // 4, len(values) // 2, -1]]
    return float(few[np.argmin(np.abs(few))])


def box_mean(values: Float[np.ndarray, " n"], half: int) -> Float[np.ndarray, " n"]:
    """Mean of the epochs at most `half` away, fewer at the ends.

    Example:
        >>> box_mean(np.array([0.0, 3.0, 6.0]), 1).tolist()
        [1.5, 3.0, 4.5]
    """
    at = np.arange(len(values))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return _between(running_sums(values), low, high) / (high - low)
