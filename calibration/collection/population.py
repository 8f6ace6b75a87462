"""A run as it is without noise, and the label that the thresholds then imply.

A label turns on thresholds about which people differ, `rules.PEOPLE` says by how much. So the truth
about a run is a share of people for each label: of those who know its curves without noise and on
endlessly many rows. A truth is clear if nearly all of them agree, if no other threshold is near,
and if somebody who knew the noise and where to look could see it on the curves at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.curve import curve
from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.known import best_possible, known_constant
from fitscope.diagnosis.label import Label
from fitscope.diagnosis.learnt import learnt, needed_gain, needed_rise
from fitscope.diagnosis.noise import stretch
from fitscope.diagnosis.rules import (
    ALONG,
    CAME_APART,
    CERTAINLY_LEARNT,
    DROWNED,
    EXPECTED_NOISE,
    FEWEST_EVALUATIONS,
    FEWEST_TO_DENY,
    FITTED,
    FURTHER,
    JUMPS,
    OF_POSSIBLE,
    ONE_SIDED,
    PEOPLE,
    SHORT,
    STOOD_STILL,
)
from fitscope.history import History

LABELS: tuple[Label, ...] = get_args(Label)
AGREED = 0.95
"""Clear: at least this share of people give the label."""

APART = 1.5
"""Clear: a threshold that people do not differ about is missed or exceeded by this factor."""

SEEN = 4.0
"""Clear: so many standard errors lie between what decides and its threshold. The errors are those
of somebody who knows the noise and where to look: a rise is the difference between two means over a
tenth of the epochs, what more epochs gain is the slope of the last quarter. A test at the 5 % level
then finds nearly all (99 %)."""


@dataclass(frozen=True, eq=False)
class Population:
    """What is true of a run; curves are losses, lower is better.

    Attributes:
        train: the training curve without noise, one value an epoch.
        validation: the population loss without noise.
        noise: standard deviation of one epoch of the validation curve around it, without spikes.
        correlation: of the noise of neighbouring epochs.
        level_error: standard error of the whole curve's level over the choice of rows.
        drift_error: standard error of end minus minimum over the choice of rows.
        scatter: standard deviation of single epochs of the second half, spikes and all.
        diverged: the run ended in nothing that could be trained further.
        hidden: its cycles are so short that nobody sees where they begin.
    """

    train: Float[np.ndarray, " n"]
    validation: Float[np.ndarray, " n"]
    noise: float
    correlation: float
    level_error: float
    drift_error: float
    scatter: float
    diverged: bool = False
    hidden: bool = False

    def __len__(self) -> int:
        return len(self.validation)

    @property
    def rise(self) -> float:
        """How far the population loss ends above its minimum."""
        return float(self.validation[-1] - self.validation.min())

    def error(self, share: float) -> float:
        """Standard error of the mean over this share of the epochs."""
        count = max(share * len(self), 1.0)
        return self.noise * float(np.sqrt(stretch(self.correlation, np.asarray(count)) / count))


@dataclass(frozen=True)
class Truth:
    """What is true of a run in words.

    Attributes:
        shares: how many of the people who know all would give each label.
        clear: nearly all would, and the curves at hand can show it.
        needed: the smallest rise that matters.
    """

    shares: dict[Label, float]
    clear: bool
    needed: float

    @property
    def label(self) -> Label:
        """The likeliest label."""
        return max(LABELS, key=lambda label: self.shares.get(label, 0.0))


def truth(run: Population, history: History) -> Truth:
    """The label that a run's curves without noise and the thresholds imply.

    Args:
        run: the run without noise.
        history: what is shown of it: its metric and what is known beforehand are used, no value.

    Example:
        >>> at = np.arange(50.0)
        >>> falls = np.exp(-at / 5)
        >>> run = Population(falls, 0.4 + falls, 0.001, 0.0, 0.0, 0.0, 0.001)
        >>> found = truth(run, History("", "loss", at, run.train, run.validation))
        >>> found.label, found.clear
        ('good', True)
    """
    n = len(run)
    if n < FEWEST_EVALUATIONS:
        return Truth({"too few": 1.0}, True, 0.0)
    if run.diverged:
        return Truth({"unstable": 1.0}, True, 0.0)
    return _Truth(run, history).found()


class _Truth:
    """The rules in their order, each with its share of people and its margin."""

    def __init__(self, run: Population, history: History) -> None:
        self.run, self.n = run, len(run)
        self.shares = dict.fromkeys(LABELS, 0.0)
        self.left, self.clear = 1.0, True
        values, fitted = run.validation, float(run.train.min())
        sign = -1 if history.higher_is_better else 1
        plain = History(
            history.source,
            history.metric,
            history.epochs[: self.n],
            sign * run.train,
            sign * values,
            history.higher_is_better,
            reference=history.reference,
            classes=history.classes,
        )
        self.constant = known_constant(plain, curve(plain))
        self.low = int(values.argmin())
        self.least = float(values[self.low])
        self.fitted = fitted
        best = best_possible(history.metric, sign, min(self.least, fitted))
        self.found_learnt = learnt(
            values, self.low, self.least, run.train, fitted, self.constant, best
        )
        self.needed = needed_rise(self.found_learnt)
        if self.n < SHORT:
            noise = max(run.noise, EXPECTED_NOISE * self.found_learnt.scale)
            self.run = run = replace(run, noise=noise)
        if self.n < FEWEST_TO_DENY:
            self.needed = max(self.needed, ONE_SIDED * 2**0.5 * run.noise)
        self.possible = 0.0
        if self.constant is not None:
            floor = min(self.least, fitted) if best is None else best
            self.possible = self.constant - floor

    def found(self) -> Truth:
        self._risen()
        if self.constant is not None:
            self._at_chance(self.constant)
        self._came_apart()
        self._noisy()
        if self.constant is None:
            self._stood_still()
        self._improving()
        self._give("too few" if self.n < FEWEST_TO_DENY else "good", 1.0)
        clear = self.clear and not self.run.hidden and max(self.shares.values()) >= AGREED
        return Truth(self.shares, clear, self.needed)

    def _give(self, label: Label, share: float) -> None:
        self.shares[label] += self.left * share
        self.left *= 1 - share

    def _apart(self, value: float, threshold: float, error: float) -> bool:
        """Whether a value exceeds its threshold; what is near it is not clear."""
        factor = value > APART * threshold or value < threshold / APART
        if self.left > 1 - AGREED and not (factor and abs(value - threshold) >= SEEN * error):
            self.clear = False
        return value > threshold

    def _matters(self, value: float, needed: float, error: float) -> float:
        error = 0.0 if self.n < FEWEST_TO_DENY else error
        if self.left > 1 - AGREED and abs(value - needed) < SEEN * error:
            self.clear = False
        return (
            float(below((value - needed) / (PEOPLE * needed))) if needed > 0 else float(value > 0)
        )

    def _risen(self) -> None:
        run = self.run
        error = float(np.hypot(2**0.5 * run.error(0.1), run.drift_error))
        share = self._matters(run.rise, self.needed, error)
        if share < 1 - AGREED:
            self._give("overfit", share)
            return
        along = float(run.train[-1] - run.train[self.low])
        also = along > 0 and self._apart(along, ALONG * run.rise, 0.0)
        self._give("unstable" if also else "overfit", share)

    def _at_chance(self, constant: float) -> None:
        error = float(np.hypot(self.run.error(0.1), self.run.level_error))
        step = OF_POSSIBLE * self.possible
        fits = self.fitted < constant - FITTED * self.possible
        learns = self.fitted < constant - step
        gained = constant - self.least
        if not self._apart(gained, step / 2 if learns else step, error):
            self._give("overfit" if fits else "underfit", 1.0)

    def _came_apart(self) -> None:
        train = self.run.train
        fell, lost = float(train[0] - train.min()), float(train[-1] - train.min())
        if lost > 0 and self._apart(lost, CAME_APART * fell, 0.0):
            self._give("unstable", 1.0)

    def _noisy(self) -> None:
        if self.n < FEWEST_TO_DENY:
            return
        run = self.run
        level = (DROWNED if self._still() else STOOD_STILL) * abs(self.least)
        scale = self.found_learnt.scale
        tall = max(scale, min(self.found_learnt.fall, float(np.ptp(run.train))))
        if self._apart(run.scatter, max(JUMPS * tall, level), 0.0):
            self._give("unstable", 1.0)
        fell = float(run.validation[: self.low + 1].max()) - self.least
        drowned = (
            self._apart(run.noise, max(DROWNED * scale, level), 0.0)
            if fell <= 0
            else (run.noise > max(DROWNED * scale, level))
        )
        if drowned and not self._apart(fell, CERTAINLY_LEARNT * 2**0.5 * run.error(0.1), 0.0):
            self._give("unstable", 1.0)

    def _still(self) -> bool:
        run, start = self.run, float(self.run.validation[0])
        fell = float(run.train[0]) - self.fitted
        return (
            self.constant is None
            and fell <= STOOD_STILL * abs(float(run.train[0]))
            and start - self.least <= STOOD_STILL * abs(start)
        )

    def _stood_still(self) -> None:
        run = self.run
        fell = float(run.train[0] - run.train.min())
        if self._apart(fell, STOOD_STILL * abs(float(run.train[0])), 0.0):
            return
        start = float(run.validation[0])
        gained = start - self.least
        if not self._apart(gained, STOOD_STILL * abs(start), run.noise):
            self._give("underfit", 1.0)

    def _improving(self) -> None:
        run, n = self.run, self.n
        steps = max(n // 20, 1)
        gain = float(run.validation[-1 - steps] - run.validation[-1]) / steps * FURTHER * n
        count = max(n / 4, 2.0)
        error = run.error(0.25) * FURTHER * n * float(np.sqrt(12 / (count * count)))
        if run.validation[-1] > self.least:
            return
        self._give("improving", self._matters(gain, needed_gain(self.found_learnt), error))
