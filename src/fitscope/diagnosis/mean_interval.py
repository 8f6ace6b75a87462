"""An interval for the mean of rows that were drawn by chance, skewed ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis import gaussian, student
from fitscope.diagnosis.grouped import by_group
from fitscope.errors import UserError

if TYPE_CHECKING:
    from jaxtyping import Shaped

LEVEL = 0.95


def mean_interval(
    values: Shaped[np.ndarray, " rows"],
    level: float = LEVEL,
    groups: Shaped[np.ndarray, " rows"] | None = None,
) -> tuple[float, float]:
    """The interval that holds the mean over all rows there could be.

    Losses are skewed: most rows cost little, a few cost much, and a sample without its share of
    those has a mean that is too low and a variance that is too small as well. Student's interval
    then lies too low. Hall (1992, Journal of the Royal Statistical Society B 54) transforms
    Student's t by a cubic polynomial that takes the skewness out and can be turned back,

        g(t) = t + b t² / 3 + b² t³ / 27 + b / 6,   b = skewness / √rows,

    which makes the far end longer where rows are skewed and is Student's interval where they are
    not. Hits and misses (0 and 1 alone) get Wilson's interval (1927), which stays between 0 and
    1 and covers near them as well.

    With `groups` it is groups that are drawn by chance, each of which counts as one value (see
    `by_group`).

    Args:
        values: losses or scores of rows that decided nothing, one a row.
        level: how often the interval shall hold the mean.
        groups: what names the group of each row; None where each row stands for itself.

    Returns:
        Lower and upper end. Values none of which is below zero have no mean below zero.

    Raises:
        UserError: fewer than two rows or groups, or values that are not finite.

    Example:
        >>> losses = np.random.default_rng(0).exponential(0.4, 1_000)
        >>> [round(end, 3) for end in mean_interval(losses)]
        [0.385, 0.435]
        >>> [round(end, 3) for end in mean_interval(np.arange(100) < 97)]
        [0.915, 0.99]
    """
    rows = np.asarray(values, np.float64)
    if len(rows) < 2:
        raise UserError("an interval needs at least two rows")
    if not np.isfinite(rows).all():
        raise UserError("an interval needs finite losses")
    mean, least, side = float(rows.mean()), float(rows.min()), 0.5 + level / 2
    share = bool(((rows == 0) | (rows == 1)).all())
    if groups is not None:
        rows = by_group(rows, groups)
        if len(rows) < 2:
            raise UserError("an interval needs rows of at least two groups")
    count = len(rows)
    if share and groups is None:
        return _wilson(mean, count, gaussian.quantile(side))
    if np.ptp(rows) == 0:
        return mean, mean
    deviation = float(rows.std(ddof=1))
    skewness = float(np.mean(((rows - mean) / deviation) ** 3))
    bend = skewness / count**0.5
    reach = student.quantile(side, count - 1)
    error = deviation / count**0.5
    low = mean - error * _turned_back(reach, bend)
    high = mean - error * _turned_back(-reach, bend)
    return (max(low, 0.0) if least >= 0 else low), (min(high, 1.0) if share else high)


def _turned_back(value: float, bend: float) -> float:
    """The t of which Hall's polynomial is `value`: 3 / b (∛(1 + b (value - b / 6)) - 1)."""
    root = float(np.cbrt(1 + bend * (value - bend / 6)))
    return 3 * (value - bend / 6) / (root * root + root + 1)


def _wilson(share: float, count: int, reach: float) -> tuple[float, float]:
    """Wilson's interval of a share (1927, Journal of the American Statistical Association 22)."""
    square = reach * reach / count
    middle = (share + square / 2) / (1 + square)
    half = reach / (1 + square) * (share * (1 - share) / count + square / (4 * count)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)
