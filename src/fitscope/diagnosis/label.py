"""From what was measured to a label and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.matters import SHARE_OF_LOSS
from fitscope.diagnosis.underfit import underfit_by_reference

Label = Literal["underfit", "good", "overfit", "improving", "unstable", "too few"]

LEVEL = 0.95
SURE = 1.645  # standard errors, one-sided 95 %
ALONG = 0.1  # of the validation rise: training that rises this much rises along with it
PEOPLE = 0.4  # by about this share people differ about how large a rise matters
FURTHER = 0.25  # of the epochs run: how much longer a run might go on
DROWNED = 0.1  # noise above this share of the loss may drown a trend
FEWEST = 6  # epochs below which noise cannot be told from a trend, whatever is seen
AGAINST = 2.0  # odds against a rise before anything is seen
ALONE = 0.9  # how far a validation curve without its training curve is to be believed


@dataclass(frozen=True)
class Judgement:
    """A label, how sure it is, and the reason for labels that have several.

    Attributes:
        label: the label.
        confidence: how sure it is, 0 to 1.
        because: "diverged", "training rose too", "noise" for unstable; otherwise "".
    """

    label: Label
    confidence: float
    because: str = ""


def _soft(value: float, needed: float, error: float) -> float:
    """Chance that a value is as large as needed, given its error and how people differ."""
    return float(below((value - needed) / max(np.hypot(error, PEOPLE * needed), 1e-300)))


def label(f: Findings) -> Judgement:
    """Label what was measured.

    Args:
        f: the findings.

    Returns:
        The label with its confidence. The rules are tried in this order: divergence,
        overfitting, underfitting, noise that drowns the trend, improving; what is left is good.
    """
    if f.curve.diverged:
        return Judgement("unstable", 0.99, "diverged")
    risen = f.rise.probability >= LEVEL and f.rise_matters
    sure_rise = f.rise.probability * _soft(f.rise.value, f.needed, f.rise.error)
    along = 0.0  # chance that the training loss rose along
    if f.train_rise is not None:
        along = _soft_along(f)
    if risen and along > 0.5:
        return Judgement("unstable", _bounded(sure_rise * along), "training rose too")
    believed = 1.0 if f.train is not None else ALONE
    if risen:
        return Judgement("overfit", _bounded(sure_rise * (1 - along) * believed))
    over = _soft(f.rise.value, f.needed, f.rise.error) * (1 - along)
    over *= unproven(1 - f.rise.probability)

    under = 0.0
    if f.reference is not None and (f.train is not None or f.reference_kind != "first epoch"):
        under = underfit_by_reference(f.fitted, f.low.corrected, _reference_error(f), f.reference)
    if under > 0.5:
        return Judgement("underfit", _bounded((1 - over) * under))

    size = abs(f.low.corrected)
    deviation = f.validation.noise.typical()
    start_error = float(f.validation.errors[: f.low.at + 1].max())
    few = len(f.curve) < FEWEST
    if not few and deviation > DROWNED * size and f.fall < 2 * np.hypot(start_error, f.low.error):
        return Judgement("unstable", _bounded(1 - over), "noise")

    gain, gain_error, needed = further_gain(f)
    better = float(below(gain / gain_error)) if gain_error > 0 else float(gain > 0)
    improves = better * _soft(gain, needed, gain_error)
    sure_gain = few or gain >= SURE * gain_error
    if gain > 0 and gain >= needed and sure_gain and _ends_lowest(f, few):
        return Judgement("improving", _bounded((1 - over) * improves))
    improves = unproven(1 - better) * _soft(gain, needed, gain_error)
    return Judgement("good", _bounded((1 - over) * (1 - improves) * (1 - under)))


def unproven(chance: float) -> float:
    """How likely something is that a test has not established.

    The chance that noise alone shows as much is not the chance that it was noise: the odds for
    noise are at least those of Sellke, Bayarri and Berger, -e p ln p.

    Args:
        chance: that noise alone shows as much (the test's p value).

    Returns:
        The probability that it is there, with odds of 2 to 1 against it before.

    Example:
        >>> round(unproven(0.05), 2), round(unproven(0.5), 2)
        (0.55, 0.33)
    """
    p = min(max(chance, 1e-9), 1 / np.e)
    return 1 / (1 + AGAINST * float(-np.e * p * np.log(p)))


def further_gain(f: Findings) -> tuple[float, float, float]:
    """What a quarter more epochs would gain at the present slope.

    Returns:
        The gain, its standard error, and the gain that matters.
    """
    epochs = f.curve.epochs
    n = len(epochs)
    ahead = FURTHER * float(epochs[-1] - epochs[0]) * n / (n - 1)
    slope, error = f.slope
    return -slope * ahead, error * ahead, SHARE_OF_LOSS * abs(float(f.validation.values[-1]))


def _ends_lowest(f: Findings, few: bool) -> bool:
    """Whether the curve is at its lowest at the end: what turned before falls no longer.

    The slope of a short run reaches back to where it fell.
    """
    values = f.curve.validation if few else f.validation.values
    return bool(values[-1] <= (values.min() if few else f.low.value))


def _soft_along(f: Findings) -> float:
    assert f.train_rise is not None
    limit = max(ALONG * f.rise.value, SURE * f.train_rise_error)
    if f.train_rise <= 0:
        return 0.0
    return float(below((f.train_rise - limit) / max(f.train_rise_error, 0.1 * limit, 1e-300)))


def _reference_error(f: Findings) -> float:
    error = f.low.error
    if f.reference_kind == "first epoch":
        return float(np.hypot(error, f.validation.noise.deviation[0]))
    return float(np.hypot(error, f.score_error or 0.0))


def _bounded(chance: float) -> float:
    return round(float(np.clip(chance, 0.01, 0.99)), 4)
