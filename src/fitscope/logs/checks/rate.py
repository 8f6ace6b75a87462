"""Checks on the learning rate: steps, warm restarts, too high, too low."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.logs.log import Logged
from fitscope.logs.rate import FACTOR, counts_epochs, drops, rate_curve
from fitscope.numbers import place
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure

WARM_UP = 0.1  # share of a run in which a rising rate is a warm-up
PLAIN = 0.5  # share of what was learnt that a spike must be
SPIKES = 3  # so many are no accident
SELDOM = 0.2  # share of the values; more are noise
NOISE = 4.0  # usual changes from value to value that all learning together must be
STRAIGHT = 0.8
"""Falls of the second and the first half of a curve: above it, the curve has not bent yet."""
LITTLE = 0.2  # share of its level that a straight curve has fallen by, and not more


def rate_step(seen: Seen) -> Check | None:
    """FS208: the learning rate falls at once, and both curves with it."""
    found = rate_curve(seen.log)
    if found is None:
        return None
    name, curve = found
    if curve.epochs is None and curve.steps is None and not counts_epochs(seen.log, curve):
        return None
    rows = drops(curve.values)
    if not len(rows):
        return None
    places = curve.places
    told = [
        f"{place(float(places[row]))} ({curve.values[row - 1]:.3g} to {curve.values[row]:.3g})"
        for row in rows
    ]
    return Check(
        "FS208",
        "note",
        "The learning rate falls in steps",
        f"{name} at {_word(curve, seen)} {_first(told)}. A loss that falls there does so "
        "because steps got smaller: it is no trend that goes on.",
        (name,),
    )


def warm_restart(seen: Seen) -> Check | None:
    """FS209: the learning rate jumps up after it had fallen."""
    found = rate_curve(seen.log)
    if found is None:
        return None
    name, curve = found
    rates = curve.values
    early = int(np.ceil(WARM_UP * len(rates)))
    rows = [
        row
        for row in range(max(early, 2), len(rates))
        if rates[row] > FACTOR * rates[row - 1] and rates[row - 1] < rates[:row].max() / FACTOR
    ]
    if not rows:
        return None
    places = curve.places
    told = [place(places[row]) for row in rows]
    return Check(
        "FS209",
        "note",
        "The learning rate starts again",
        f"{name} jumps up at {_word(curve, seen)} {_first(told)}: warm restarts. A loss that rises "
        "there is no overfitting; compare the ends of the cycles.",
        (name,),
    )


def rate_too_high(seen: Seen) -> Check | None:
    """FS210: the training loss leaps above where it began, or again and again far above its best.

    Leaps are few: what goes up and down all the time is noise.
    """
    if seen.losses is None:
        return None
    train = seen.losses[0]
    if len(train) < 6:
        return None
    learnt = float(train[0] - train.min())
    rises = np.diff(train, prepend=train[0])
    if learnt <= NOISE * float(np.median(np.abs(rises))):
        return None  # all of it is noise
    leaps = np.flatnonzero(rises > PLAIN * learnt)
    above = (train > train[0] + PLAIN * learnt).any()
    if not len(leaps) or len(leaps) > SELDOM * len(train) or (len(leaps) < SPIKES and not above):
        return None
    worst = int(np.argmax(train - np.minimum.accumulate(train)))
    history = seen.history
    assert history is not None
    return Check(
        "FS210",
        "warning",
        "The learning rate looks too high",
        f"Training {history.called} leaps up {len(leaps)} "
        f"{'time' if len(leaps) == 1 else 'times'} by more than half of all it had learnt, at "
        f"worst near {seen.step} {int(history.epochs[worst])}. Lower the learning rate, warm "
        "it up, or clip gradients.",
        tuple(seen.names[:1]),
    )


def rate_too_low(seen: Seen) -> Check | None:
    """FS211: the training loss falls along a straight line, and has not fallen far."""
    if seen.losses is None:
        return None
    train = seen.losses[0]
    n = len(train)
    if n < 10 or train.min() <= 0:
        return None
    fifth = max(n // 5, 2)
    start, middle, end = (
        float(part.mean())
        for part in (train[:fifth], train[(n - fifth) // 2 :][:fifth], train[-fifth:])
    )
    first, second = start - middle, middle - end
    noise = float(np.abs(np.diff(train, 2)).mean())
    if not (first > 4 * noise and second > STRAIGHT * first and first + second < LITTLE * start):
        return None
    return Check(
        "FS211",
        "note",
        "The learning rate looks too low",
        f"Training falls as fast over the second half (by {figure(second)}) as over the first "
        f"(by {figure(first)}), and by {100 * (first + second) / start:.0f} % in all: the curve "
        "has not begun to bend. Raise the learning rate, or train many times as long.",
        tuple(seen.names[:1]),
    )


def _first(told: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return ", ".join(told[:3]) + more


def _word(curve: Logged, seen: Seen) -> str:
    if curve.epochs is not None or counts_epochs(seen.log, curve):
        return seen.log.step
    return "step" if curve.steps is not None else "row"
