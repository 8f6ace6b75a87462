"""Trend of a curve: windows as wide as the curve is straight, as narrow as it bends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.noise import Noise, close_noise, lasting_noise, moves_along, stretch
from fitscope.diagnosis.spikes import without_spikes
from fitscope.diagnosis.windows import fixed_line, local_line, near_level, running_sums

if TYPE_CHECKING:
    from jaxtyping import Float, Int

HALVES = (1, 2, 3, 5, 8, 12, 18, 27, 40, 60, 90)
WIDEST = 1 / 10  # half a window is at most this share of the epochs
AGREE = 2.5  # standard errors by which a wider window may differ from a narrower one
CUT = 3.0  # standard deviations beyond which a single epoch counts as that far off only
NEIGHBOURS = 4  # widths are settled with so many epochs on either side
PARTS = 50  # the late part begins at one of so many places
LATE = 0.2  # the late part of a run, where its noise is measured, is at least this share


@dataclass(frozen=True, eq=False)
class Trend:
    """A curve without its noise.

    Attributes:
        values: the trend at each epoch.
        errors: standard error of each value.
        half: half the width of the window behind each value, in epochs.
        noise: the noise that was taken away.
        tamed: the curve with spikes and single far-off epochs cut.
    """

    values: Float[np.ndarray, " n"]
    errors: Float[np.ndarray, " n"]
    half: Int[np.ndarray, " n"]
    noise: Noise
    tamed: Float[np.ndarray, " n"]


def trend(values: Float[np.ndarray, " n"], beside: Float[np.ndarray, " n"] | None = None) -> Trend:
    """The trend of a curve.

    At each epoch a straight line is fitted in windows of growing width. The widest one is
    taken whose value agrees, within its error, with those of all narrower ones (Goldenshluger
    and Nemirovski 1997): wide on a noisy plateau, narrow at a steep start or a sharp minimum.
    Windows reach at most half way back to the first epoch, so that the first steep epochs do
    not lift what follows.

    Args:
        values: one value an epoch, finite.
        beside: the training curve. Where it shares every move, these are no noise.

    Returns:
        The trend with its errors.

    Example:
        >>> trend(np.array([3.0, 2.0, 1.0, 2.0, 3.0])).values.argmin()
        np.int64(2)
    """
    n = len(values)
    if beside is not None and not moves_along(values, beside):
        beside = None
    close = close_noise(values, beside)
    tamed = without_spikes(values, close)
    rough = fixed_line(tamed, max(n // 40, 1))[0] if n > 2 else tamed

    # The late part: from where the curve first is as low as where it ends.
    late = int(np.argmax(rough <= max(rough[-1], rough.min() + 2 * close[-1])))
    late = min(late, n - min(n, max(5, int(LATE * n))))
    late -= late % max(n // PARTS, 1)  # few lengths: what is made for one serves many curves
    noise = lasting_noise(
        np.clip(tamed, rough - CUT * close, rough + CUT * close), close, late, beside
    )

    half = _settled(_widths(tamed, noise))
    line, leverage = local_line(tamed, half)
    cut = CUT * noise.deviation
    tamed = np.clip(tamed, line - cut, line + cut)
    line = local_line(tamed, half)[0]
    errors = noise.deviation * np.sqrt(leverage * stretch(noise.correlation, 2.0 * half + 1))
    return Trend(line, errors, half, noise, tamed)


def _widths(values: Float[np.ndarray, " n"], noise: Noise) -> Int[np.ndarray, " n"]:
    n = len(values)
    chosen = np.zeros(n, np.int64)
    level = near_level(values)
    values = values - level
    sums = running_sums(values)
    reach = AGREE * noise.deviation + 1e-12 * abs(level)
    low, high = values - reach, values + reach
    agrees = np.ones(n, bool)
    for half in HALVES:
        if half > max(int(n * WIDEST), 1) or 2 * half >= n:
            break
        line, ends = fixed_line(values, half, sums)
        count = 2 * half + 1
        longer = float(stretch(noise.correlation, np.asarray(float(count))))
        error = reach * float(np.sqrt(longer / count))
        error[n - half :] *= np.sqrt(ends * count)
        np.maximum(low, line - error, out=low)
        np.minimum(high, line + error, out=high)
        agrees &= low <= high
        # Windows that reach further back than half way to the first epoch are not taken.
        chosen[2 * half :][agrees[2 * half :]] = half
    return chosen


def _settled(half: Int[np.ndarray, " n"]) -> Int[np.ndarray, " n"]:
    """The median width among the neighbours: one odd epoch does not make a narrow window."""
    n = len(half)
    reach = min(NEIGHBOURS, (n - 1) // 4)
    if reach == 0:
        return half
    # The ends see their neighbours on both sides, lest their own width win by itself.
    padded = np.concatenate([half[reach:0:-1], half, half[-2 : -reach - 2 : -1]])
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    middle = np.partition(near, reach, axis=1)[:, reach]
    return np.minimum(middle, np.arange(n) // 2)
