"""A check for validation that rose and fell again, while training went on falling."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fitscope.diagnosis.gaussian import quantile
from fitscope.diagnosis.lowest import SLIDING
from fitscope.diagnosis.rise import CAUTION
from fitscope.diagnosis.rules import ALONG, ESTABLISHED
from fitscope.diagnosis.trend import Trend
from fitscope.logs.checks.rate import rate_step, warm_restart
from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure
from fitscope.verdicts.verdict import Verdict

FEWEST = 30
"""Evaluations from which on a hump can be told from chance."""
AGAIN = 0.5
"""Share of its rise by which validation must fall again. Less is a rise that levels off."""


class Hump(NamedTuple):
    """A curve that falls, rises and falls again.

    Attributes:
        first: place of the first minimum.
        peak: place of the highest point behind it.
        second: place of the lowest point behind that.
        rise: how far the peak lies above the first minimum.
        fall: how far it lies above the second one.
    """

    first: int
    peak: int
    second: int
    rise: float
    fall: float


def second_descent(seen: Seen, verdict: Verdict) -> Check | None:
    """FS224: validation rose, surely and by as much as matters, and then fell again.

    Networks that have fitted all of their training rows may go on to generalize better: epoch-wise
    double descent (Nakkiran, Kaplun, Bansal, Yang, Barak and Sutskever 2020). Where the learning
    rate was stepped or started again, that explains it. Where training rose along, nothing was
    fitted better meanwhile.

    Args:
        seen: the run.
        verdict: on it.
    """
    history, measured = seen.history, seen.found
    if history is None or measured is None or measured.train is None or measured.curve.missing:
        return None
    if len(measured.curve) < FEWEST or rate_step(seen) or warm_restart(seen):
        return None
    found = hump(measured.validation, verdict.evidence.needed or 0.0)
    if found is None:
        return None
    values, fitted = measured.validation.values, measured.train.values
    if fitted[found.peak] - fitted[: found.peak + 1].min() > ALONG * found.rise:
        return None
    epochs = [int(measured.curve.epochs[at]) for at in found[:3]]
    levels = [figure(measured.curve.sign * float(values[at])) for at in found[:3]]
    step, called = history.step, history.called
    below = np.flatnonzero(values[found.peak :] < values[found.first])
    if len(below):
        back = int(measured.curve.epochs[found.peak + below[0]]) - epochs[0]
        end = f"Early stopping reaches that only with a patience of more than {back} {step}s."
    else:
        end = "It does not come back to what it had before."
    return Check(
        "FS224",
        "note",
        "Validation rose and fell again, while training went on",
        f"Validation {called} was {levels[0]} near {step} {epochs[0]}, {levels[1]} near "
        f"{epochs[1]} and {levels[2]} near {epochs[2]}: a second descent, unless the learning rate "
        f"was lowered there. {end}",
        tuple(seen.names),
    )


def hump(found: Trend, needed: float) -> Hump | None:
    """The clearest rise of a trend that falls again; None where there is none beyond noise.

    The peak is the place that stands highest above both the lowest point before and the lowest one
    behind it. Three places were searched, so each of the two differences must be as sure as the
    best of all pairs of independent windows is by chance in one curve out of twenty (Bonferroni).

    Args:
        found: the trend of losses.
        needed: the smallest difference that matters.

    Example:
        >>> from fitscope.diagnosis.trend import trend
        >>> at = np.linspace(0, 1, 120)
        >>> noise = 0.01 * np.random.default_rng(0).normal(size=120)
        >>> falls = 2 * np.exp(-20 * at) - at
        >>> hump(trend(falls + noise), 0.1) is None
        True
        >>> found = hump(trend(falls + np.exp(-((at - 0.5) ** 2) / 0.02) + noise), 0.1)
        >>> 20 < found.first < 40 and 50 < found.peak < 65 and found.second > 100
        True
    """
    values, errors = found.values, CAUTION * found.errors
    before, behind = np.minimum.accumulate(values), np.minimum.accumulate(values[::-1])[::-1]
    peak = int(np.minimum(values - before, values - behind).argmax())
    first = int(values[: peak + 1].argmin())
    second = peak + int(values[peak:].argmin())
    rise, fall = float(values[peak] - values[first]), float(values[peak] - values[second])
    windows = max(float(SLIDING * np.sum(1 / (2.0 * found.half + 1))), 2.0)
    sure = -quantile((1 - ESTABLISHED) / (windows * windows))
    surely = all(
        difference > sure * float(np.hypot(errors[peak], errors[at]))
        for difference, at in ((rise, first), (fall, second))
    )
    if not surely or rise < needed or fall < max(needed, AGAIN * rise):
        return None
    return Hump(first, peak, second, rise, fall)
