"""How often verdicts are wrong where the truth is known: the stated rates, in small."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter

from fitscope.diagnosis.paired_rows import rows_error
from fitscope.history import History, RowLosses
from fitscope.verdicts.judge import diagnose

RUNS = 150
ALLOWED = 0.05 + 2 * math.sqrt(0.05 * 0.95 / RUNS)


def share_overfit(n: int, seed: int, start: float = 0.0, rise: float = 0.0) -> float:
    random = np.random.default_rng(seed)
    at = np.linspace(0, 1, n)
    count = 0
    for _ in range(RUNS):
        truth = 1 + start * np.exp(-at / 0.08) + rise * np.maximum(at - 0.4, 0) / 0.6
        noisy = truth * (1 + 0.04 * random.normal(size=n))
        train = 0.8 - 0.3 * at
        count += diagnose(History("made up", "loss", np.arange(n), train, noisy)).label == "overfit"
    return count / RUNS


@pytest.mark.parametrize("n", [5, 10, 20, 50, 300])
def test_a_flat_noisy_curve_is_overfit_at_most_at_the_stated_rate(n):
    assert share_overfit(n, seed=n) <= ALLOWED


@pytest.mark.parametrize("n", [20, 100, 400])
def test_a_noisy_plateau_after_a_fall_is_overfit_at_most_at_the_stated_rate(n):
    assert share_overfit(n, seed=n, start=1.0) <= ALLOWED


@pytest.mark.parametrize(("n", "rise"), [(30, 0.4), (100, 0.2), (400, 0.12)])
def test_a_clear_rise_is_found_through_noise(n, rise):
    assert share_overfit(n, seed=n, start=1.0, rise=rise) >= 0.8


def own_run(random: np.random.Generator, rise: float, rows: int = 400) -> History:
    """A run near its optimum: each row's loss drifts as the weights do, by a walk of its own."""
    epochs = np.arange(120)
    fall = 0.3 * np.exp(-epochs / 10)
    turn = 0.55 * rise * np.clip((epochs - 50) / 70, 0, 1)
    walks = np.cumsum(random.normal(0, 0.012, (120, rows)), axis=0)
    shared = lfilter([1], [1, -0.3], random.normal(0, 0.003, 120))
    losses = random.exponential(0.55, rows) + walks + (fall + turn + shared)[:, None]
    train = 0.5 + fall - 5e-4 * epochs
    return History(
        "made up", "loss", epochs, train, losses.mean(axis=1), rows=RowLosses(epochs, losses)
    )


def test_rows_that_drift_without_a_rise_are_rarely_overfit():
    random = np.random.default_rng(0)
    found = [diagnose(own_run(random, 0.0)) for _ in range(RUNS)]
    assert all(v.evidence["rise_test"] == "rows" for v in found)
    assert sum(v.evidence.rise_probability_elsewhere >= 0.95 for v in found) / RUNS <= ALLOWED
    assert sum(v.label == "overfit" for v in found) / RUNS <= ALLOWED


def test_rows_that_rise_are_found():
    random = np.random.default_rng(1)
    labels = [diagnose(own_run(random, 0.06)).label for _ in range(60)]
    assert labels.count("overfit") >= 48


def test_the_paired_error_is_that_of_the_differences():
    random = np.random.default_rng(2)
    hard, change = random.exponential(1.0, 500), random.normal(0, 0.1, 500)
    losses = np.stack([hard] * 10 + [hard + change] * 10)
    kept = RowLosses(np.arange(20), losses)
    exact = change.std(ddof=1) / math.sqrt(500)
    assert rows_error(kept, (3, 8), (12, 19)) == pytest.approx(exact)
    assert exact < 0.2 * hard.std() / math.sqrt(500)


def test_confidence_claims_no_more_than_is_right():
    random = np.random.default_rng(3)
    claimed, right = [], []
    for _ in range(250):
        n = int(random.choice([10, 20, 40, 100]))
        at = np.linspace(0, 1, n)
        rise = random.choice([0.0, 0.0, 0.15, 0.4])
        truth = 0.5 + np.exp(-at / 0.1) + rise * np.maximum(at - 0.4, 0) / 0.6
        noisy = truth * (1 + random.choice([0.005, 0.02, 0.06]) * random.normal(size=n))
        found = diagnose(History("made up", "loss", np.arange(n), np.exp(-at / 0.3), noisy))
        claimed.append(found.confidence)
        right.append((found.label == "overfit") == (rise > 0))
    assert np.mean(right) >= 0.8
    assert np.mean(claimed) <= np.mean(right) + 2 * np.std(right) / math.sqrt(len(right))
