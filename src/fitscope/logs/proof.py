"""Which way a metric is better, proven by the training curve: the optimizer pushed it there."""

from __future__ import annotations

import math

import numpy as np

from fitscope.logs.log import Logged

SURE = 4.0
"""Standard errors of Kendall's trend test: a curve without any trend passes once in 16,000."""
MOST = 200  # points looked at


def proven_direction(train: Logged) -> bool | None:
    """True where training drove the metric up, False where it drove it down, None if unproven.

    Kendall's test for a trend: the pairs of values that rise minus those that fall, over the
    standard error of that count without a trend (Kendall 1975, Rank Correlation Methods).

    Example:
        >>> proven_direction(Logged(np.linspace(0.2, 0.8, 20))), proven_direction(
        ...     Logged(np.linspace(5.0, 1.0, 20)))
        (True, False)
        >>> proven_direction(Logged(np.array([0.5, 0.6, 0.55]))) is None
        True
    """
    values = train.values[np.isfinite(train.values)]
    if len(values) > MOST:
        values = values[np.linspace(0, len(values) - 1, MOST).astype(int)]
    n = len(values)
    if n < 3:
        return None
    first, second = np.triu_indices(n, 1)
    excess = float(np.sign(values[second] - values[first]).sum())
    error = math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return excess > 0 if abs(excess) >= SURE * error else None
