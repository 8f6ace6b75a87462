"""Temperatures: against a grid and against rows whose chances are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.diagnosis.compare import difference
from fitscope.diagnosis.temperature import COLDEST, HOTTEST, scaled, temperature
from fitscope.errors import UserError
from fitscope.task import BINARY, MULTICLASS, REGRESSION


def drawn(random: np.random.Generator, rows: int, labels: int, scale: float = 1.5):
    """Logits of which the chances are right, and labels drawn by them."""
    logits = random.normal(0, scale, (rows, labels))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (random.uniform(size=(rows, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    return logits, np.minimum(y, labels - 1)


@pytest.mark.parametrize("labels", [3, 7])
@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_the_temperature_that_was_put_in_is_found(labels, factor):
    logits, y = drawn(np.random.default_rng(labels), 20_000, labels)
    assert temperature(factor * logits, y, MULTICLASS) == pytest.approx(factor, rel=0.05)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.integers(5, 60), st.floats(0.2, 5))
def test_two_labels_are_several(seed, rows, factor):
    """Log-odds as one number a row or as two logits; and no temperature on a grid is better."""
    random = np.random.default_rng(seed)
    odds = factor * random.normal(size=rows)
    y = random.integers(0, 2, rows)
    found = temperature(odds, y, BINARY)
    both = np.stack([odds * 0, odds], axis=1)
    assert temperature(both, y, MULTICLASS) == pytest.approx(found, rel=1e-6)

    def total(value: float) -> float:
        one = BINARY.row_losses(odds / value, y).sum()
        any_label = [BINARY.row_losses(odds / value, np.full(rows, label)) for label in (0, 1)]
        return float(one + np.mean(any_label))

    grid = np.geomspace(COLDEST, HOTTEST, 200)
    assert total(found) <= min(map(total, grid)) + 1e-9


def test_rows_all_right_or_all_wrong_or_of_one_label():
    odds = np.linspace(0.5, 4, 50) * np.tile([1, -1], 25)
    y = (odds > 0).astype(int)
    assert COLDEST < temperature(odds, y, BINARY) < 1
    assert temperature(odds, 1 - y, BINARY) == HOTTEST
    assert COLDEST <= temperature(np.abs(odds), np.ones(50), BINARY) < 1
    assert temperature(np.zeros(50), y, BINARY) == 1.0
    assert temperature(np.full((50, 3), 2.0), y, MULTICLASS) == 1.0
    found = scaled(odds, y, BINARY)
    assert np.isfinite(found.after).all()
    assert len(scaled(odds[:2], y[:2], BINARY).after) == 2


def test_a_temperature_is_never_measured_on_the_rows_that_chose_it():
    """A row's loss after scaling does not move when its own label does."""
    random = np.random.default_rng(0)
    odds, y = random.normal(size=40), random.integers(0, 2, 40)
    swapped = y.copy()
    first, second = int(np.flatnonzero(y == 0)[0]), int(np.flatnonzero(y == 0)[1])
    swapped[[first]] = 1
    before, after = scaled(odds, y, BINARY), scaled(odds, swapped, BINARY)
    assert before.temperature != after.temperature
    assert before.after[second] > 0
    assert np.array_equal(before.before, BINARY.row_losses(odds, y))


@pytest.mark.parametrize("rows", [100, 500])
def test_a_calibrated_model_is_seldom_said_to_gain(rows):
    """Mean gain is not above zero, and called sure at the rate of a one-sided 2.5 % at most."""
    random, gains, called, times = np.random.default_rng(rows), [], 0, 60
    for _ in range(times):
        logits, y = drawn(random, rows, 3)
        found = scaled(logits, y, MULTICLASS)
        gain = difference(found.before[None], found.after[None])
        gains.append(gain.value)
        called += gain.value > 0 and gain.p < 0.05
    assert np.mean(gains) < 2 * np.std(gains) / times**0.5
    assert called / times <= 0.025 + 3 * (0.025 * 0.975 / times) ** 0.5


def test_an_overconfident_model_gains_what_the_truth_says():
    random = np.random.default_rng(1)
    logits, y = drawn(random, 4_000, 4)
    found = scaled(3 * logits, y, MULTICLASS)
    possible = (MULTICLASS.row_losses(3 * logits, y) - MULTICLASS.row_losses(logits, y)).mean()
    assert found.gain == pytest.approx(possible, abs=0.002)


def test_mistakes():
    with pytest.raises(UserError, match="regression"):
        temperature(np.zeros(3), np.zeros(3), REGRESSION)
    with pytest.raises(UserError, match="finite"):
        temperature(np.array([0.0, np.inf]), np.zeros(2), BINARY)
    with pytest.raises(UserError, match="at least two"):
        scaled(np.zeros(1), np.zeros(1), BINARY)
