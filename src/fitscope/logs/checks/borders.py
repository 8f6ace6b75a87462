"""A check on the borders of epochs: a training loss that drops there has been memorizing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure

if TYPE_CHECKING:
    from fitscope.logs.checks.seen import Floats

FEWEST = 6  # values an epoch
BORDERS = 2
FAR = 4.0
"""Standard deviations of the drops elsewhere by which those at the borders must be larger."""


def drops_at_borders(seen: Seen) -> Check | None:
    """FS218: the training loss drops where rows come again, and hardly between."""
    if seen.trained is None:
        return None
    curve = seen.log.curves[seen.trained]
    if curve.epochs is None:
        return None
    finite = np.isfinite(curve.values)
    found = border_drop(curve.values[finite], np.floor(curve.epochs[finite] - 1e-9))
    if found is None:
        return None
    drop, borders, usual = found
    return Check(
        "FS218",
        "warning",
        "The training loss drops at the borders of epochs",
        f"{seen.trained} falls by {figure(drop)} in the mean at {borders} borders, and by "
        f"{figure(usual)} over as many steps elsewhere. It drops where rows are seen again: they "
        "are remembered one by one. Watch a validation curve, train fewer epochs, or on more rows.",
        (seen.trained,),
    )


def border_drop(values: Floats, epochs: Floats) -> tuple[float, int, float] | None:
    """Mean drop at the borders of epochs, how many there are, and the mean drop elsewhere.

    Args:
        values: a training loss, several values an epoch.
        epochs: the whole epoch of each.

    Returns:
        None unless the drops at the borders are surely larger.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 0.02, 60)
        >>> epochs = np.repeat(np.arange(3.0), 20)
        >>> border_drop(2 - 0.5 * epochs + noise, epochs)[1]
        2
        >>> border_drop(2 - 0.02 * np.arange(60) + noise, epochs) is None
        True
    """
    borders = np.flatnonzero(np.diff(epochs) > 0) + 1
    lengths = np.diff(np.r_[0, borders, len(values)])
    if len(borders) < BORDERS or np.median(lengths) < FEWEST or np.any(np.diff(epochs) < 0):
        return None
    half = max(int(np.median(lengths)) // 3, 2)
    sums = np.r_[0.0, np.cumsum(values)]
    rows = np.arange(half, len(values) - half + 1)
    drops = (2 * sums[rows] - sums[rows - half] - sums[rows + half]) / half
    at_border = np.isin(rows, borders)
    far = np.min(np.abs(rows[:, None] - borders[None, :]), axis=1) >= half
    if at_border.sum() < BORDERS or far.sum() < 2 * half:
        return None
    elsewhere = drops[far]
    usual, spread = float(elsewhere.mean()), float(elsewhere.std())
    drop = float(drops[at_border].mean())
    error = spread / np.sqrt(at_border.sum())
    plain = drop > usual + FAR * max(error, 1e-12) and drop > 3 * abs(usual)
    return (drop, int(at_border.sum()), usual) if plain and np.all(drops[at_border] > 0) else None
