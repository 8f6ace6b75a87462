"""What must not change a verdict, whatever the curves."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.history import History
from fitscope.verdicts.judge import diagnose


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Curves that fall, hold or turn, with or without noise, long or short."""
    n = draw(st.integers(2, 150))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    at = np.linspace(0, 1, n)
    train = draw(st.sampled_from([0.0, 0.1, 0.5])) + np.exp(-at / random.uniform(0.02, 0.5))
    turn = random.uniform(0, 1)
    rise = draw(st.sampled_from([0.0, 0.05, 0.3, 2.0])) * np.maximum(at - turn, 0)
    noise = draw(st.sampled_from([0.0, 0.003, 0.03, 0.3]))
    validation = 0.3 + train + rise + noise * random.normal(size=n)
    train = train + noise / 3 * random.normal(size=n)
    higher = draw(st.booleans())
    sign = -1 if higher else 1
    return History("drawn", "loss", np.arange(n), sign * train, sign * validation, higher)


@settings(max_examples=80, deadline=None)
@given(histories(), st.floats(1e-3, 1e3))
def test_one_factor_on_both_curves_changes_no_label(history: History, factor: float):
    assert history.train is not None
    scaled = replace(history, train=factor * history.train, validation=factor * history.validation)
    one, other = diagnose(history), diagnose(scaled)
    assert one.label == other.label
    assert one.best_epoch == other.best_epoch
    assert np.isclose(one.confidence, other.confidence, atol=1e-3)


@pytest.mark.parametrize("factor", [3.0, 0.7])
def test_a_curve_without_noise_is_as_sure_in_any_unit(factor: float):
    """What polynomials leave of it is rounding, which is another one in another unit."""
    at = np.linspace(0, 1, 136)
    train = np.exp(-at / 0.21562)
    run = History("run", "loss", np.arange(136), train, train)
    for turn in np.linspace(0.1, 0.5, 9):
        validation = 0.3 + train + 0.3 * np.maximum(at - turn, 0)
        one = diagnose(replace(run, validation=validation))
        other = diagnose(replace(run, train=factor * train, validation=factor * validation))
        assert (one.label, one.best_epoch) == (other.label, other.best_epoch)
        assert np.isclose(one.confidence, other.confidence, atol=1e-3)


@pytest.mark.parametrize("label", ["good", "overfit"])
def test_squared_errors_of_large_targets_are_no_divergence(label: str):
    """With 1e9 for the targets' deviation the constant predictor itself stands at 1e18."""
    at = np.arange(100)
    falls, rises = np.exp(-at / 10), 0.01 * np.maximum(at - 30, 0) * (label == "overfit")
    run = History("run", "mean_squared_error", at, falls, 0.4 + 0.6 * falls + rises, reference=1.0)
    assert run.train is not None
    large = replace(run, train=1e18 * run.train, validation=1e18 * run.validation, reference=1e18)
    assert diagnose(run).label == diagnose(large).label == label
    lost = replace(large, validation=np.where(at > 20, 1e25, large.validation))
    assert diagnose(lost).label == "unstable"


def told(history: History, how: Callable[[np.ndarray], np.ndarray], turned: bool) -> History:
    """The same run in another costume."""
    assert history.train is not None
    return replace(
        history,
        train=how(history.train),
        validation=how(history.validation),
        higher_is_better=history.higher_is_better != turned,
    )


def same(one: History, other: History) -> None:
    """The labels do not differ, unless both are unsure: only the last resort knows a zero."""
    a, b = diagnose(one), diagnose(other)
    assert a.label == b.label or max(a.confidence, b.confidence) < 0.9


@settings(max_examples=80, deadline=None)
@given(histories())
def test_nats_bits_and_signs_get_the_same_label(history: History):
    same(history, told(history, lambda x: x / np.log(2), turned=False))
    same(history, told(history, lambda x: -x, turned=True))


@settings(max_examples=80, deadline=None)
@given(histories(), st.floats(-20, 20))
def test_a_constant_added_changes_no_label(history: History, constant: float):
    """A Gaussian log-likelihood has no zero: plus 5 it is the same run."""
    same(history, told(history, lambda x: x + constant, turned=False))


def simulated_error(seed: int) -> History:
    """An error rate on some hundred or thousand rows, epoch by epoch; training comes with it."""
    random = np.random.default_rng(seed)
    n, rows = int(random.choice([12, 30, 80, 200])), int(random.choice([100, 300, 1000, 10_000]))
    at = np.linspace(0, 1, n)
    least, fall = random.uniform(0.02, 0.4), random.uniform(0.1, 0.5)
    falls = fall * np.exp(-at / random.uniform(0.02, 0.3))
    rises = random.choice([0, 0.01, 0.03, 0.1]) * np.maximum(at - random.uniform(0.2, 0.8), 0)
    error = random.binomial(rows, np.clip(least + falls + rises, 0, 1)) / rows
    train = least * np.exp(-2 * at) + 0.9 * falls + random.normal(0, 0.003, n)
    return History("run", "error", np.arange(n), np.clip(train, 0, 1), error)


@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_a_run_told_as_error_and_as_accuracy_gets_one_label(whole: float):
    """Of 200 simulated runs 16 to 44 got two."""
    seen = set()
    for seed in (*range(60), 102):
        error = simulated_error(seed)
        accuracy = told(replace(error, metric="accuracy"), lambda x: whole * (1 - x), turned=True)
        one, other = diagnose(error), diagnose(accuracy)
        assert one.label == other.label
        assert np.isclose(one.confidence, other.confidence, atol=1e-3)
        seen.add(one.label)
    assert {"good", "overfit", "improving"} <= seen


@settings(max_examples=80, deadline=None)
@given(histories(), st.integers(2, 5))
def test_values_written_several_times_change_no_label(history: History, times: int):
    assert history.train is not None
    longer = replace(
        history,
        epochs=np.arange(times * len(history.epochs)),
        train=np.repeat(history.train, times),
        validation=np.repeat(history.validation, times),
    )
    one, other = diagnose(history), diagnose(longer)
    assert one.label == other.label
    assert other.best_epoch == times * one.best_epoch
    assert np.isclose(one.confidence, other.confidence, atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(histories(), st.integers(0, 1000), st.integers(1, 50))
def test_epochs_may_start_anywhere_and_skip(history: History, first: int, step: int):
    moved = replace(history, epochs=first + step * np.arange(len(history.epochs)))
    one, other = diagnose(history), diagnose(moved)
    assert one.label == other.label
    assert other.best_epoch == first + step * one.best_epoch


@settings(max_examples=40, deadline=None)
@given(histories())
def test_every_verdict_is_whole(history: History):
    found = diagnose(history)
    assert 0 <= found.confidence <= 1
    assert found.epochs == len(history.epochs)
    assert found.best_epoch in history.epochs
    assert (found.onset_epoch is not None) == (found.label == "overfit")
    assert found.explanation.endswith(".")
    assert all(np.isfinite(v) for v in found.evidence.values() if isinstance(v, float))


def test_more_noise_never_raises_confidence_in_overfitting_on_average():
    epochs = np.arange(80)
    train = np.exp(-epochs / 15)
    for rise in (0.003, 0.005, 0.01):
        validation = 0.5 + train + rise * np.maximum(epochs - 30, 0)
        means = []
        for noise in (0.0, 0.01, 0.03, 0.1, 0.3):
            random = np.random.default_rng(1)
            sure = 0.0
            for _ in range(25):
                noisy = validation + noise * random.normal(size=80)
                found = diagnose(History("made up", "loss", epochs, train, noisy))
                sure += found.confidence / 25 if found.label == "overfit" else 0.0
            means.append(sure)
        assert all(later <= earlier + 0.03 for earlier, later in pairwise(means))
        assert means[0] > means[-1] + 0.1
