"""From what was measured to a label and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fitscope.diagnosis import chances
from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.learnt import CONSTANT, needed_gain
from fitscope.diagnosis.rules import (
    ABSURD,
    ALONE,
    ELSEWHERE,
    ESTABLISHED,
    EXPECTED_ONLY,
    FEWEST_TO_DENY,
    FLATTENS,
    FURTHER,
    GOES_ON,
    GROWN,
    NOTHING_TO_SHOW,
    PLAINLY,
    PRIOR_ODDS,
    SHORT,
    STEADILY,
    THESE_ROWS,
    UNDECIDED,
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
        matters = chances.matters(f.rise.value, f.needed, f.rise.error)
        sure = f.rise.probability * along * matters
        return Judgement("unstable", bounded(sure), "training rose too")
    if shown and _elsewhere(f) and over > UNDECIDED:
        return Judgement("overfit", bounded(over * _believed(f)))
    if not shown:
        over = chances.matters(f.rise.value, f.needed, f.rise.error) * (1 - along)
        over *= unproven(1 - f.rise.probability)
    return _unless_overfit(f, min(over, 1 - UNDECIDED))


def _unless_overfit(f: Findings, over: float) -> Judgement:
    """The label of a run of which overfitting is not shown, but has this chance."""
    memorized = chances.memorized(f)
    if memorized > UNDECIDED:
        return Judgement("overfit", bounded(memorized), "memorized")
    under = chances.at_chance(f)
    if under > UNDECIDED:
        return Judgement("underfit", bounded((1 - over) * under))
    lost = chances.training_lost(f)
    if lost > UNDECIDED:
        return Judgement("unstable", bounded((1 - over) * lost), "training rose")
    few = len(f.curve) < FEWEST_TO_DENY
    jumps = chances.jumps(f)
    if not few and jumps > UNDECIDED:
        return Judgement("unstable", bounded((1 - over) * jumps), "jumps")
    drowned = chances.drowned(f)
    if not few and drowned > UNDECIDED:
        return Judgement("unstable", bounded((1 - over) * drowned), "noise")
    stood = chances.stands_at_its_start(f)
    if stood > UNDECIDED:
        return Judgement("underfit", bounded((1 - over) * stood))

    gain, gain_error = further_gain(f)
    needed = needed_gain(f.learnt)
    better = float(below(gain / gain_error)) if gain_error > 0 else float(gain > 0)
    better = max(better, (1 - f.falls) * (gain > 0))
    enough = chances.matters(gain, needed, gain_error)
    sure_gain = few or better >= ESTABLISHED
    improves = better * enough
    if gain > 0 and gain >= needed and sure_gain and _ends_lowest(f, few):
        return Judgement("improving", bounded((1 - over) * _unless_flattening(f, improves)))
    if few:
        return Judgement("too few", NOTHING_TO_SHOW)
    improves = unproven(1 - better) * enough
    return Judgement("good", bounded((1 - over) * (1 - improves) * (1 - under)))


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
    return 1 / (1 + PRIOR_ODDS * float(-np.e * p * np.log(p)))


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


def _overfit(f: Findings) -> float:
    """How sure an established rise is overfitting: no surer than other rows would show it."""
    here = f.rise.probability * chances.matters(f.rise.value, f.needed, f.rise.error)
    elsewhere = 1.0 if f.rise.elsewhere is None else f.rise.elsewhere
    believed = 1.0 if f.train is not None else ALONE
    return min(here, elsewhere) * (1 - chances.along(f)) * believed


def _believed(f: Findings) -> float:
    """How far a rise on these rows is to be believed of the population."""
    if f.rise.elsewhere is not None:
        return 1.0
    return THESE_ROWS * (EXPECTED_ONLY if len(f.curve) < SHORT else 1.0)


def _unless_flattening(f: Findings, chance: float) -> float:
    """The chance of an improvement with the odds before anything was seen."""
    if len(f.curve) < SHORT:
        return chance
    return GOES_ON * chance / (chance + FLATTENS * (1 - chance)) if chance > 0 else 0.0


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
    """Whether the curve is at its lowest at the end: what turned before falls no longer.

    The slope of a short run reaches back to where it fell.
    """
    values = f.curve.validation if few else f.validation.values
    return bool(values[-1] <= (values.min() if few else f.low.value))


def bounded(chance: float) -> float:
    """The confidence of a label, from the chance that it is right."""
    return round(float(np.clip(chance, 1 - SUREST, SUREST)), 4)
