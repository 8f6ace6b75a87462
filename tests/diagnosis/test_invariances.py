"""What must not change a verdict, whatever the curves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
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
