"""From what was measured to a label and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fitscope.diagnosis import chances
from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.gaussian import below, quantile
from fitscope.diagnosis.learnt import CONSTANT, needed_gain
from fitscope.diagnosis.rules import (
    ABSURD,
    ALONE,
    BENDS,
    DOUBTED,
    ELSEWHERE,
    ESTABLISHED,
    EXPECTED_ONLY,
    FEWEST_TO_DENY,
    FLATTENS,
    FURTHER,
    GROWN,
    JUMPY,
    LOWEST,
    NOTHING_TO_SHOW,
    PLAINLY,
    SHORT,
    STEADILY,
    THESE_ROWS,
    TURNED,
    UNDECIDED,
    UNSHOWN,
    WORSE_THAN_NOTHING,
)

Label = Literal["underfit", "good", "overfit", "improving", "unstable", "too few"]
Reason = Literal[
    "", "lost", "absurd", "training rose too", "training rose", "noise", "jumps", "memorized"
]
SUREST = 0.99
"""No confidence is higher."""


@dataclass(frozen=True)
class Judgement:
    """A label, how sure it is, and the reason for labels that have several.

    Attributes:
        label: the label.
        confidence: how sure it is, 0 to 1.
        because: of unstable: "lost" (the run ended in no numbers), "absurd" (in absurd ones),
            "training rose too", "training rose", "noise", "jumps"; of overfit: "memorized" where
            the training rows are fitted and validation never beat a constant; otherwise "".
    """

    label: Label
    confidence: float
    because: Reason = ""

    @property
    def diverged(self) -> bool:
        """Whether the run ended in nothing that could be trained further."""
        return self.because in ("lost", "absurd")


def label(f: Findings) -> Judgement:
    """Label what was measured.

    Args:
        f: the findings.

    Returns:
        The label with its confidence. The rules are tried in this order: divergence,
        overfitting, underfitting, training that comes apart, noise that drowns the trend,
        improving; what is left is good, or too few epochs to say so.
    """
    if f.curve.diverged:
        return Judgement("unstable", SUREST, "lost")
    if _absurd(f):
        return Judgement("unstable", SUREST, "absurd")
    over, along = _overfit(f), chances.along(f)
    shown = f.rise.probability >= ESTABLISHED and f.rise_matters
    if shown and along > UNDECIDED:
        sure = f.rise.probability * along * _matters(f)
        return Judgement("unstable", bounded(sure), "training rose too")
    if shown and _elsewhere(f) and over > UNDECIDED:
        return Judgement("overfit", bounded(_believed(f)))
    return _unless_overfit(f, min(over, 1 - UNDECIDED) if shown else _unproven(f))


def _unless_overfit(f: Findings, over: float) -> Judgement:
    """The label of a run of which overfitting is not shown, but has this chance.

    `left` is what the labels that were tried leave to those after them. Where neither curve ever
    got better than it was at first, a rise that is not shown is none: nothing was learnt by heart.
    """
    memorized = chances.memorized(f)
    if memorized > UNDECIDED:
        return Judgement("overfit", bounded(memorized), "memorized")
    left = 1 - memorized
    under = chances.at_chance(f)
    if under > UNDECIDED:
        return Judgement("underfit", bounded((1 - over) * left * under))
    left *= 1 - under
    lost = chances.training_lost(f)
    if lost > UNDECIDED:
        return Judgement("unstable", bounded((1 - over) * left * lost), "training rose")
    left *= 1 - lost
    few = len(f.curve) < FEWEST_TO_DENY
    if not few:
        jumps, drowned = chances.jumps(f), chances.drowned(f)
        if jumps > UNDECIDED:
            return Judgement("unstable", bounded(JUMPY * jumps), "jumps")
        if drowned > UNDECIDED:
            return Judgement("unstable", bounded(JUMPY * drowned), "noise")
        left *= (1 - jumps) * (1 - drowned)
    stood = chances.stands_at_its_start(f)
    if stood > UNDECIDED:
        return Judgement("underfit", bounded(left * stood))
    return _still_learning(f, (1 - over) * left * (1 - stood), few)


def _still_learning(f: Findings, left: float, few: bool) -> Judgement:
    """Improving, good, or too few epochs to say so."""
    gain, gain_error = further_gain(f)
    better = float(below(gain / gain_error)) if gain_error > 0 else float(gain > 0)
    better = max(better, (1 - f.falls) * (gain > 0))
    sure_gain = few or better >= ESTABLISHED
    improves, lowest = _improves(f, gain, gain_error, better), _ends_lowest(f, few)
    if gain > 0 and gain >= needed_gain(f.learnt) and sure_gain and lowest:
        return Judgement("improving", bounded(left * improves))
    if few:
        return Judgement("too few", NOTHING_TO_SHOW)
    return Judgement("good", bounded(left * (1 - improves * (1 if lowest else TURNED))))


def believable(chance: float, doubted: float) -> float:
    """How likely something is there of which noise alone shows as much with this chance.

    The chance that noise alone shows as much is not the chance that it was noise: with even odds
    before, the odds for noise are at least -e p ln p (Sellke, Bayarri and Berger 2001).

    Args:
        chance: that noise alone shows as much (the test's p value).
        doubted: so many times as large as measured errors may be; p is taken as if they were.

    Returns:
        The probability that it is there, at least one half.

    Example:
        >>> [round(believable(p, 2.0), 2) for p in (0.5, 0.05, 0.001, 1e-6)]
        [0.5, 0.53, 0.68, 0.9]
    """
    p = float(below(quantile(min(max(chance, 1e-15), 0.5)) / doubted))
    return float(1 / (1 - np.e * p * np.log(p))) if p < 1 / np.e else 0.5


def further_gain(f: Findings) -> tuple[float, float]:
    """What a quarter more epochs would gain at the present slope, and its standard error."""
    epochs = f.curve.epochs
    n = len(epochs)
    ahead = FURTHER * float(epochs[-1] - epochs[0]) * n / (n - 1)
    slope, error = f.slope
    return -slope * ahead, error * ahead


def _elsewhere(f: Findings) -> bool:
    """Whether other rows would show the rise, too, as far as that must be known."""
    if f.rise.elsewhere is None:
        return True
    asked = ELSEWHERE if f.rise.value >= PLAINLY * f.needed else ESTABLISHED
    return f.rise.elsewhere > asked


def _matters(f: Findings) -> float:
    """The chance that the true rise is as large as it must be."""
    return chances.matters(f.rise.value, f.needed, f.rise.error)


def _beside_training(f: Findings) -> float:
    """How far a rise is to be believed, by whether there is a training curve beside it."""
    return ALONE if f.train is None else 1.0


def _overfit(f: Findings) -> float:
    """How sure an established rise is overfitting, as its tests say; the label turns on it."""
    here = f.rise.probability * _matters(f)
    elsewhere = 1.0 if f.rise.elsewhere is None else f.rise.elsewhere
    return min(here, elsewhere) * (1 - chances.along(f)) * _beside_training(f)


def _believed(f: Findings) -> float:
    """How far a shown rise is to be believed of the population, not of these epochs and rows."""
    rise, short, elsewhere = f.rise, len(f.curve) < SHORT, f.rise.elsewhere
    here = rise.probability if short else believable(1 - rise.probability, DOUBTED)
    sure = here * _matters(f)
    if elsewhere is None:
        sure *= THESE_ROWS
    else:
        sure = min(sure, elsewhere if short else believable(1 - elsewhere, 1.0))
    sure *= (1 - chances.along(f)) * _beside_training(f)
    return sure * (EXPECTED_ONLY if short else 1.0)


def _unproven(f: Findings) -> float:
    """The chance of overfitting where a rise is not shown."""
    if len(f.curve) < SHORT:
        shown = float(f.validation.values[-1]) - f.low.value
        return UNSHOWN * chances.matters(shown, f.needed, 0.0) * (1 - chances.along(f))
    return believable(1 - f.rise.probability, DOUBTED) * _matters(f) * (1 - chances.along(f))


def _improves(f: Findings, gain: float, error: float, better: float) -> float:
    """The chance that more epochs gain what matters: curves bend and flatten."""
    if len(f.curve) >= SHORT:
        better, error = believable(1 - better, DOUBTED), DOUBTED * error
    error = float(np.hypot(error, BENDS * gain))
    return better * chances.matters(FLATTENS * gain, needed_gain(f.learnt), error)


def _absurd(f: Findings) -> bool:
    """Whether a run has diverged into values that still are numbers."""
    validation, train = f.curve.validation, f.curve.train
    constant = f.reference if f.reference_kind == CONSTANT and f.reference is not None else 0.0
    limit = max(ABSURD, GROWN * constant)
    late = np.abs(validation[len(validation) // 2 :])
    if late.max() > limit and np.median(late) > limit:
        return True
    first = abs(float(validation[0]))
    if first > 0 and validation[-1] > GROWN * first and f.rise.value > 0:
        return train is None or bool(train[-1] > train[0])
    if constant > 0:
        worst = WORSE_THAN_NOTHING * constant
        fitted = f.low.value if f.fitted is None else f.fitted
        return bool(f.low.value > worst and fitted > worst) and not _on_its_way(f)
    return False


def _on_its_way(f: Findings) -> bool:
    """Whether a run falls steadily, so that it has not diverged but has far to go: outputs begin
    near 0, and a regression's target may lie far from there."""
    curves = [f.curve.validation] if f.curve.train is None else [f.curve.validation, f.curve.train]
    return all(np.mean(np.diff(curve) <= 0) >= STEADILY for curve in curves)


def _ends_lowest(f: Findings, few: bool) -> bool:
    """Whether the curve is at its lowest at the end, or as good as: what turned falls no longer.

    The slope of a short run reaches back to where it fell.
    """
    if few:
        return bool(f.curve.validation[-1] <= f.curve.validation.min())
    return bool(f.validation.values[-1] <= f.low.value + LOWEST * f.needed)


def bounded(chance: float) -> float:
    """The confidence of a label, from the chance that it is right."""
    return round(float(np.clip(chance, 1 - SUREST, SUREST)), 4)
