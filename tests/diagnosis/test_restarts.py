"""Warm restarts: an unfinished cycle is not counted, and nothing else is taken for one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from fitscope.diagnosis.restarts import unfinished_cycle
from fitscope.history import History
from fitscope.verdicts.judge import diagnose


def cycles(n: int, length: int, doubled: bool = False, bump: float = 0.2) -> np.ndarray:
    """A loss under warm restarts (Loshchilov and Hutter 2017), of equal or doubled length."""
    starts = [0]
    while starts[-1] < n:
        starts.append(starts[-1] + length * (2 ** (len(starts) - 1) if doubled else 1))
    at = np.arange(n)
    which = np.searchsorted(starts, at, side="right") - 1
    within = (at - np.take(starts, which)) / np.diff([*starts, 10**9])[which]
    return np.exp(-at / (n / 8)) + bump * (1 + np.cos(np.pi * within)) / 2


@pytest.mark.parametrize(
    ("n", "length", "doubled", "last"),
    [
        (65, 20, False, 60),
        (130, 40, False, 120),
        (33, 10, False, 30),
        (76, 10, True, 70),
    ],
)
def test_an_unfinished_cycle_is_left_out(n, length, doubled, last):
    noise = np.random.default_rng(4).normal(0, 0.002, (2, n))
    train, validation = cycles(n, length, doubled) + noise
    assert unfinished_cycle(validation, train) == last
    assert unfinished_cycle(validation[:last], train[:last]) is None
    history = History("run", "loss", np.arange(n), train, 0.3 + validation)
    verdict = diagnose(history)
    assert verdict.label != "unstable"
    assert verdict.label == diagnose(history.until(last)).label
    assert verdict.best_epoch < last
    assert verdict.epochs == n
    assert f"From epoch {last} on" in verdict.explanation


def falling(seed, n):
    """Training and validation of a run without cycles, and where it spikes by chance."""
    random = np.random.default_rng(seed)
    train = np.exp(-np.arange(n) / 9) + random.normal(0, 0.02, n)
    validation = train + 0.2 + random.normal(0, 0.02, n)
    return train, validation, random.uniform(size=n) < 0.1


@given(some.integers(0, 10_000), some.integers(10, 80))
def test_noise_and_collapses_are_no_cycles(seed, n):
    train, validation, _ = falling(seed, n)
    for lift in (0.0, 0.02 * np.maximum(np.arange(n) - n // 2, 0)):
        assert unfinished_cycle(validation + lift, train + lift) is None


def test_spikes_are_hardly_ever_cycles():
    """Those of three epochs may stand as cycles do: of 23,100 runs 6."""
    found = 0
    for seed in range(6_000):
        train, validation, spikes = falling(seed, 10 + seed % 30)
        found += unfinished_cycle(validation + 0.5 * spikes, train + 0.5 * spikes) is not None
    assert found <= 3


def test_without_a_training_curve_nothing_is_left_out():
    assert unfinished_cycle(cycles(65, 20), None) is None
