"""Has the trend risen above its minimum by more than noise explains?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fitscope.diagnosis.gaussian import GRID, below, quantile
from fitscope.diagnosis.lowest import Lowest, smallest_of
from fitscope.diagnosis.trend import Trend

WEIGHTS = np.exp(-(GRID**2) / 2)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
CAUTION = 1.1  # what the estimate of the noise misses, from simulated flat curves
WALKS = np.array([quantile(0.5 + (k + 0.5) / 64) for k in range(32)])  # sizes of normal numbers


@dataclass(frozen=True)
class Rise:
    """How far a trend ends above its minimum.

    Attributes:
        value: the rise, with the optimism of the minimum taken out.
        error: its standard error on these validation rows, from the noise of the epochs.
        error_elsewhere: with the choice of the rows as well; the same where that is not known.
        probability: 1 minus the chance that a trend without any rise shows as much on these rows.
        elsewhere: the same for other rows, None where losses of single rows are not known.
    """

    value: float
    error: float
    error_elsewhere: float
    probability: float
    elsewhere: float | None

    @property
    def test(self) -> Literal["rows", "curve"]:
        """Whether other rows could be spoken of."""
        return "curve" if self.elsewhere is None else "rows"


def chance_without_rise(
    shown: float, end_error: float, low_error: float, chances: float, rows_error: float = 0.0
) -> float:
    """How often a flat trend shows at least this rise.

    The end is one noisy value, the minimum the smallest of several. What the choice of
    validation rows adds drifts like a random walk, and the minimum was searched on the same
    rows: by the reflection principle the last value of a walk lies above the lowest one like the
    size of a normal number does above 0.

    Args:
        shown: the raw rise, end minus minimum.
        end_error: standard error of the end.
        low_error: standard error of one candidate for the minimum.
        chances: how many candidates there were.
        rows_error: standard error of the difference between the two over validation rows.

    Returns:
        The chance, 0 to 1.

    Example:
        >>> round(chance_without_rise(1.645 * 2**0.5, 1.0, 1.0, chances=1), 3)
        0.05
    """
    if low_error <= 0 and end_error <= 0 and rows_error <= 0:
        return 0.0 if shown > 0 else 1.0
    tiny = 1e-9 * max(end_error, low_error, rows_error)
    walk = WALKS * rows_error if rows_error > 0 else np.zeros(1)
    # The chance that the lowest candidate lies below what the end and the walk leave.
    needed = (walk[:, None] + GRID[None, :] * end_error - shown) / (low_error + tiny)
    exceeds = 1 - (1 - below(needed)) ** chances
    return float(np.clip((exceeds @ WEIGHTS).mean(), 0.0, 1.0))


def rise(found: Trend, low: Lowest, rows_error: float | None = None, order: float = 1.0) -> Rise:
    """Measure the rise of a trend above its minimum.

    Args:
        found: the trend of the validation curve.
        low: its lowest point.
        rows_error: standard error over validation rows of end minus minimum, where known.
        order: the chance that what follows the minimum rises as steadily in random order.

    Returns:
        The rise and how sure it is, here and elsewhere.
    """
    end, end_error = float(found.values[-1]), float(found.errors[-1])
    shown = end - low.value
    optimism = smallest_of(low.chances) * low.trend_error
    extra = rows_error or 0.0

    def surely(choice: float) -> float:
        if low.at == len(found.values) - 1:
            return 0.0
        return 1.0 - chance_without_rise(
            shown, CAUTION * end_error, CAUTION * low.trend_error, low.chances, choice
        )

    here = max(surely(0.0), 1 - order)
    error = float(np.hypot(end_error, low.trend_error))
    return Rise(
        value=max(shown + optimism, 0.0),
        error=error,
        error_elsewhere=float(np.hypot(error, extra)),
        probability=here,
        elsewhere=None if rows_error is None else min(here, surely(extra)),
    )
