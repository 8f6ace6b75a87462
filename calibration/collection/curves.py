"""Curves without noise, of every shape that training and validation have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

Values = Float[np.ndarray, " n"]


@dataclass(frozen=True, eq=False)
class Curves:
    """A run without noise.

    Attributes:
        train: the training loss, one value an epoch.
        validation: the population loss.
        start: what a constant predictor reaches.
        quiet: factor of the noise at each epoch: it shrinks with the learning rate.
        spikes: share of the epochs that are spikes.
        known: whether the constant predictor is told with the history.
        diverged: the run ended in nothing that could be trained further.
        finished: epochs before a cycle of the learning rate that was not finished.
    """

    train: Values
    validation: Values
    start: float
    quiet: Values
    spikes: float = 0.0
    known: bool = False
    diverged: bool = False
    finished: int | None = None


Shape = Callable[[np.random.Generator, int], Curves]


def _between(random: np.random.Generator, low: float, high: float) -> float:
    """A number whose logarithm is uniform."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _made(at: Values, fitting: Values, gap: Values, rise: Values, start: float, **more) -> Curves:
    """Put a run together: `fitting` falls from 1 to 0, `gap` and `rise` add to validation."""
    train = fitting - gap
    validation = fitting + rise
    floor = min(float(train.min()), 0.0)
    train, validation = train - floor, validation - floor
    more.setdefault("quiet", np.ones_like(at))
    return Curves(train, validation, start - floor, **more)


def _gap(random: np.random.Generator, at: Values) -> Values:
    """How much lower the training loss gets, slowly: generalization gaps grow."""
    return random.uniform(0.0, 0.6) * (1 - np.exp(-at / random.uniform(0.1, 0.6)))


def _fall(random: np.random.Generator, at: Values) -> Values:
    """A fall that has levelled off well before the end."""
    return np.exp(-at / _between(random, 0.02, 0.12))


def _at(n: int) -> Values:
    return np.linspace(0, 1, n)


def _height(random: np.random.Generator) -> float:
    """A rise, as a share of the fall: none, or from what hardly matters to what is plain."""
    return 0.0 if random.uniform() < 0.15 else _between(random, 0.008, 1.5)


def flat(random: np.random.Generator, n: int) -> Curves:
    """Good from the start, as fine-tuned models are: training falls on, validation stands."""
    at = _at(n)
    train = random.uniform(0.1, 0.6) * (1 - np.exp(-at / random.uniform(0.2, 0.8)))
    return _made(at, 0 * at, train, 0 * at + random.uniform(0.0, 0.3), 2.0)


def levelled(random: np.random.Generator, n: int) -> Curves:
    """A fall, then a plateau to the end."""
    at = _at(n)
    return _made(at, _fall(random, at), _gap(random, at), 0 * at, 1.0)


def still_falling(random: np.random.Generator, n: int) -> Curves:
    """A power law, or a slow exponential: some falls matter, some hardly."""
    at = _at(n)
    if random.uniform() < 0.5:
        fall = (1 + at / _between(random, 0.01, 0.2)) ** -_between(random, 0.2, 1.0)
    else:
        fall = np.exp(-at / _between(random, 0.08, 1.5))
    return _made(at, fall, random.uniform(0, 0.3) * at, 0 * at, 1.0)


def parabola(random: np.random.Generator, n: int) -> Curves:
    """A minimum that is as round on both sides."""
    at = _at(n)
    turn = random.uniform(0.25, 0.8)
    fall = ((np.minimum(at, turn) - turn) / turn) ** 2
    rise = _height(random) * (np.maximum(at - turn, 0) / (1 - turn)) ** 2
    return _made(at, fall, _gap(random, at) + 0.5 * rise, rise, 1.0)


def kink(random: np.random.Generator, n: int) -> Curves:
    """Two straight lines."""
    at = _at(n)
    turn = random.uniform(0.2, 0.8)
    fall = np.maximum(turn - at, 0) / turn
    rise = _height(random) * np.maximum(at - turn, 0) / (1 - turn)
    return _made(at, fall, _gap(random, at) + 0.5 * rise, rise, 1.0)


def exponential_and_line(random: np.random.Generator, n: int) -> Curves:
    """An exponential fall and a steady rise."""
    at = _at(n)
    rise = _height(random) * at
    return _made(at, _fall(random, at), _gap(random, at) + 0.5 * rise, rise, 1.0)


def plateau_then_rise(random: np.random.Generator, n: int) -> Curves:
    """A fall, a long plateau, and a rise late or early."""
    at = _at(n)
    turn = random.uniform(0.3, 0.85)
    rise = _height(random) * (np.maximum(at - turn, 0) / (1 - turn)) ** random.uniform(0.7, 1.5)
    return _made(at, _fall(random, at), _gap(random, at) + 0.5 * rise, rise, 1.0)


def turns_at_once(random: np.random.Generator, n: int) -> Curves:
    """Fitted within the first tenth, then a rise that levels off: memorized rows."""
    at = _at(n)
    rise = _height(random) * (1 - np.exp(-at / random.uniform(0.1, 0.6)))
    fall = np.exp(-at / _between(random, 0.01, 0.04))
    return _made(at, fall, _gap(random, at) + 0.5 * rise, rise, 1.0)


def restarts(random: np.random.Generator, n: int) -> Curves:
    """Warm restarts: the learning rate follows cosines, and the loss with it."""
    at = _at(n)
    cycles = int(random.integers(2, 6))
    turns = at * cycles * (0.9999 if random.uniform() < 0.7 else 1.1)
    within = turns % 1
    finished = int(np.searchsorted(turns, cycles)) if turns[-1] > cycles else None
    rate = (1 + np.cos(np.pi * within)) / 2
    fall = np.exp(-at / _between(random, 0.05, 0.5))
    bump = random.uniform(0.05, 0.4) * rate * np.minimum(at * 4, 1)
    rise = _height(random) * np.maximum(at - 0.4, 0) * (random.uniform() < 0.5)
    quiet = 0.15 + 0.85 * rate
    return _made(at, fall + bump, _gap(random, at), rise, 1.2, quiet=quiet, finished=finished)


def resumed(random: np.random.Generator, n: int) -> Curves:
    """A run that was stopped and went on without its optimizer's state: a bump in both curves."""
    at = _at(n)
    place = random.uniform(0.25, 0.7)
    after = np.maximum(at - place, 0)
    bump = random.uniform(0.1, 0.6) * np.exp(-after / random.uniform(0.01, 0.06)) * (at >= place)
    rise = _height(random) * np.maximum(at - 0.4, 0) * (random.uniform() < 0.5)
    return _made(at, _fall(random, at) + bump, _gap(random, at) + 0.5 * rise, rise, 1.0)


def rate_steps(random: np.random.Generator, n: int) -> Curves:
    """The learning rate falls in steps: the loss falls at once each time, then stands or rises."""
    at = _at(n)
    count = int(random.integers(1, 4))
    places = np.sort(random.uniform(0.3, 0.9, count))
    fall, quiet = 0.6 * _fall(random, at), np.ones(n)
    for place in places:
        after = np.maximum(at - place, 0)
        fall = fall + 0.4 / count * np.where(at < place, 1, np.exp(-after / 0.01))
        quiet = np.where(at < place, quiet, quiet * 0.4)
    rises = random.uniform() < 0.5
    rise = rises * _height(random) * np.maximum(at - places[-1], 0) / (1 - places[-1])
    return _made(at, fall, _gap(random, at) + 0.5 * rise, rise, 1.0, quiet=quiet)


def cosine_tail(random: np.random.Generator, n: int) -> Curves:
    """One cosine of the learning rate: noise dies away, the last fall is to a standstill."""
    at = _at(n)
    rate = (1 + np.cos(np.pi * at)) / 2
    fall = 0.5 * _fall(random, at) + 0.5 * rate ** random.uniform(0.7, 1.3)
    rise = _height(random) * np.maximum(at - 0.6, 0) * (random.uniform() < 0.3)
    return _made(at, fall, _gap(random, at) + 0.5 * rise, rise, 1.0, quiet=0.1 + 0.9 * rate)


def spiky(random: np.random.Generator, n: int) -> Curves:
    """Any of the shapes, and now and then an epoch that is far off."""
    shape = (levelled, still_falling, exponential_and_line)[int(random.integers(3))]
    plain = shape(random, n)
    return replace(plain, spikes=random.uniform(0.01, 0.06))


def slow_start(random: np.random.Generator, n: int) -> Curves:
    """A plateau at the constant predictor's loss, then a fall, whole or not."""
    at = _at(n)
    middle, width = random.uniform(0.15, 1.1), random.uniform(0.03, 0.12)
    fall = 1 / (1 + np.exp((at - middle) / width))
    fall = fall / max(float(fall[0]), 1e-9)
    return _made(at, fall, _gap(random, at) * (1 - fall), 0 * at, 1.0, known=True)


def nothing_learnt(random: np.random.Generator, n: int) -> Curves:
    """Both curves stand where a constant predictor does, or a little below it."""
    at = _at(n)
    learnt = random.choice([0.0, 0.0, _between(random, 0.002, 0.2)])
    fall = 1 - learnt * (1 - np.exp(-at / 0.2))
    return Curves(fall - 0.2 * learnt * at, fall, 1.0, np.ones(n), known=random.uniform() < 0.7)


def memorized(random: np.random.Generator, n: int) -> Curves:
    """Labels without any signal: training rows are fitted, others never better than chance."""
    at = _at(n)
    train = np.exp(-at / random.uniform(0.1, 1.0))
    rise = random.choice([0.0, _between(random, 0.02, 1.0)]) * at
    return Curves(train, 1 + rise, 1.0, np.ones(n), known=True)


def comes_apart(random: np.random.Generator, n: int) -> Curves:
    """Training and validation both get worse from some epoch on, or burst."""
    at = _at(n)
    begin = random.uniform(0.3, 0.8)
    burst = _between(random, 0.1, 3.0) * (np.maximum(at - begin, 0) / (1 - begin)) ** 1.3
    lost = random.uniform() < 0.2
    if lost:
        burst = np.where(at > begin, 1e4 * (at - begin) ** 2 * n, 0.0)
    fall = _fall(random, at)
    gap = random.uniform(0, 0.2)
    return Curves(fall + gap / 2 + burst, fall + gap + burst, 1.0 + gap, np.ones(n), diverged=lost)


def drowned(random: np.random.Generator, n: int) -> Curves:
    """A validation curve that jumps about far more than anything that was learnt."""
    plain = (flat if random.uniform() < 0.5 else levelled)(random, n)
    louder = random.uniform(8, 40) / max(random.uniform(1, 4), 1)
    return replace(plain, quiet=plain.quiet * louder)


SHAPES: dict[str, Shape] = {
    "good from the start": flat,
    "levelled": levelled,
    "still falling": still_falling,
    "parabola": parabola,
    "kink": kink,
    "exponential and line": exponential_and_line,
    "plateau, then a rise": plateau_then_rise,
    "turns at once": turns_at_once,
    "warm restarts": restarts,
    "resumed": resumed,
    "steps of the learning rate": rate_steps,
    "cosine tail": cosine_tail,
    "spikes": spiky,
    "slow start": slow_start,
    "nothing learnt": nothing_learnt,
    "memorized": memorized,
    "comes apart": comes_apart,
    "drowned in noise": drowned,
}
