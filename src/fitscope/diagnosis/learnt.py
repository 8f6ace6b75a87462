"""What there was to learn: the scale that a rise is set against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.rules import (
    LEAST_OF_LEARNT,
    LEAST_OF_POSSIBLE,
    OF_FALL,
    OF_LEARNT,
    OF_LEVEL,
    PLAIN_OF_FALL,
    PLAIN_OF_GAP,
)

if TYPE_CHECKING:
    from jaxtyping import Float

CONSTANT = "constant predictor"
FIRST_EPOCHS = "first epochs"
FIRST_EPOCH = "first epoch"


@dataclass(frozen=True)
class Learnt:
    """What there was to learn, in units of the loss. Nothing in it changes with a constant added.

    Attributes:
        fall: how far validation fell, from the constant predictor's loss where it is known,
            otherwise from its start (or its highest point before the minimum).
        steep: how far it fell after its first steep fall, at most `fall`.
        gap: how far the lowest training loss lies below the lowest validation loss; 0 if it
            does not, or is not known.
        trained: how far the training curve itself fell after the same place.
        possible: the most that can be gained over the constant predictor; 0 where it is unknown.
        level: the lowest loss above the best that its metric can be (0, or an accuracy of 1);
            None where that is not known, or a constant predictor is.
        source: "constant predictor" or "first epochs".
    """

    fall: float
    steep: float
    gap: float
    trained: float
    possible: float
    level: float | None
    source: str

    @property
    def whole(self) -> float:
        """What training learnt in all, after the first steep fall or beyond the constant."""
        if self.gap <= 0:
            return 0.0
        return self.gap + (self.fall if self.source == CONSTANT else self.steep)

    @property
    def scale(self) -> float:
        """The largest of them without the first steep fall: what noise is set against."""
        known = self.fall if self.source == CONSTANT else 0.0
        return max(self.steep, self.whole, self.trained, known)


def learnt(
    validation: Float[np.ndarray, " n"],
    low: int,
    least: float,
    train: Float[np.ndarray, " n"] | None,
    fitted: float | None,
    constant: float | None,
    best: float | None = None,
) -> Learnt:
    """Measure what there was to learn.

    Args:
        validation: trend of the validation curve, as a loss.
        low: place of its minimum.
        least: loss there, corrected for the search.
        train: trend of the training curve, or None.
        fitted: lowest training loss, or None.
        constant: loss of a constant predictor, where it is known.
        best: the lowest loss that the metric can have, where it is known.

    Example:
        >>> curve = np.array([1000.0, 1.0, 0.6, 0.5, 0.6])
        >>> found = learnt(curve, 3, 0.5, curve, 0.5, None)
        >>> found.fall, found.steep
        (999.5, 0.5)
    """
    at = after_steep_fall(validation, low)
    fall = max(float(validation[: low + 1].max()) - least, 0.0)
    steep = max(float(validation[at]) - least, 0.0)
    known = constant is not None and constant > least
    if known:
        assert constant is not None
        fall, steep = constant - least, min(steep, constant - least)
    trained = 0.0 if train is None else max(float(train[at] - train.min()), 0.0)
    return Learnt(
        fall=fall,
        steep=steep,
        gap=0.0 if fitted is None else max(least - fitted, 0.0),
        trained=trained,
        possible=0.0 if constant is None or best is None else max(constant - best, 0.0),
        level=None if best is None or known else least - best,
        source=CONSTANT if known else FIRST_EPOCHS,
    )


def after_steep_fall(values: Float[np.ndarray, " n"], low: int) -> int:
    """Where the first steep fall of a curve ends: the point farthest below a straight fall.

    A first loss of thousands is mostly a bias to be found or a penalty to be shed. The straight
    line from the highest point to the minimum is the chord; the curve's farthest point below it is
    its bend (Satopää et al., "Finding a kneedle in a haystack", 2011).

    Args:
        values: a trend.
        low: place of its minimum.

    Example:
        >>> after_steep_fall(np.array([1000.0, 1.0, 0.6, 0.5]), 3)
        1
        >>> after_steep_fall(np.array([3.0, 2.0, 1.0]), 2)
        0
    """
    first = int(np.argmax(values[: low + 1]))
    if low - first < 2:
        return first
    chord = np.linspace(values[first], values[low], low - first + 1)
    below = chord - values[first : low + 1]
    far = int(np.argmax(below))
    return first + far if below[far] > 1e-9 * abs(values[first] - values[low]) else first


def needed_rise(found: Learnt) -> float:
    """The smallest rise that matters, for verdicts and for the stopping rule alike.

    Args:
        found: what there was to learn.

    Returns:
        The rise, in units of the loss. What each share decides is said in `rules`.

    Example:
        >>> round(needed_rise(Learnt(0.1, 0.02, 0.0, 0.0, 0.0, None, CONSTANT)), 6)
        0.005
    """
    parts = [OF_FALL * found.fall]
    if found.whole > 0:
        parts.append(OF_LEARNT * found.whole)
    plain = min(PLAIN_OF_GAP * found.gap, PLAIN_OF_FALL * found.fall)
    if found.level is not None:
        parts.append(OF_LEVEL * found.level)
    least = LEAST_OF_LEARNT * max(found.whole, found.trained)
    return max(plain, min(parts), least, LEAST_OF_POSSIBLE * found.possible)


def needed_gain(found: Learnt) -> float:
    """The smallest gain that matters.

    A gain matters as a rise would, without the last resort. What training learnt after the first
    steep fall is a scale without any gap, too: a run whose training and validation are alike has
    learnt all the same. And where the metric has a zero a gain matters that takes as large a share
    of the present loss, if it can be seen beside what was learnt after the first steep fall: below
    a long first fall a loss that is still halved has more to learn.

    Example:
        >>> round(needed_gain(Learnt(16.0, 1.0, 0.0, 0.0, 0.0, None, FIRST_EPOCHS)), 6)
        0.12
        >>> round(needed_gain(Learnt(16.0, 1.0, 0.0, 0.0, 0.0, 0.5, FIRST_EPOCHS)), 6)
        0.065
    """
    needed = needed_rise(replace(found, level=None))
    if found.gap <= 0 and found.steep > 0:
        needed = min(needed, OF_LEARNT * found.steep)
    if found.level is not None:
        needed = min(needed, max(needed_rise(found), OF_FALL * found.steep))
    return needed
