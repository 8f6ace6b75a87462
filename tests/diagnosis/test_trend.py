"""Noise and trend against closed forms and curves whose truth is known."""

import numpy as np
import pytest
from scipy.signal import lfilter

from fitscope.diagnosis.lowest import lowest, smallest_of
from fitscope.diagnosis.noise import close_noise, lasting_noise, stretch
from fitscope.diagnosis.rise import chance_without_rise
from fitscope.diagnosis.spikes import lone_end, without_spikes
from fitscope.diagnosis.trend import trend
from fitscope.diagnosis.windows import fixed_line, local_line, running_sums


def steps(n: int, correlation: float = 0.0, seed: int = 0) -> np.ndarray:
    """First-order autoregression of standard deviation 1."""
    white = np.random.default_rng(seed).normal(size=n + 300)
    return lfilter([1], [1, -correlation], white)[300:] * np.sqrt(1 - correlation**2)


@pytest.mark.parametrize("half", [1, 2, 5])
def test_local_lines_are_least_squares_fits(half):
    values, at = np.random.default_rng(0).normal(size=30), np.arange(30)
    line, leverage = local_line(values, np.full(30, half))
    for i in at:
        low = min(max(i - half, 0), 29 - 2 * half)
        window = slice(low, low + 2 * half + 1)
        fit = np.polyfit(at[window], values[window], 1)
        assert line[i] == pytest.approx(np.polyval(fit, i))
        design = np.stack([np.ones(2 * half + 1), at[window] - i], axis=1)
        assert leverage[i] == pytest.approx(np.linalg.inv(design.T @ design)[0, 0])
    fixed, ends = fixed_line(values, half, running_sums(values))
    assert np.allclose(fixed, line)
    assert np.allclose(ends, leverage[-half:])


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_stretch_is_the_variance_of_a_mean(correlation, count):
    at = np.arange(count)
    exact = (correlation ** np.abs(at[:, None] - at)).sum() / count
    assert stretch(correlation, np.array(float(count))) == pytest.approx(exact)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_noise_is_found_under_a_trend(correlation):
    n = 1000
    curve = 2 * np.exp(-np.arange(n) / 40) + 0.0002 * np.maximum(np.arange(n) - 500, 0)
    curve += 0.05 * steps(n, correlation)
    noise = lasting_noise(curve, close_noise(curve), 200)
    assert np.median(noise.deviation) == pytest.approx(0.05, rel=0.25)
    assert noise.correlation == pytest.approx(correlation, abs=0.12)


def test_noise_of_a_smooth_curve_is_almost_none():
    curve = 1 / (1 + np.arange(200) / 10)
    assert np.median(close_noise(curve)) < 1e-3


def test_noise_that_shrinks_with_the_learning_rate_is_followed():
    scale = np.where(np.arange(400) < 200, 0.1, 0.01)
    found = close_noise(1 + scale * steps(400))
    assert found[80:120].mean() > 4 * found[300:].mean()
    assert found[300:].mean() < 0.02


@pytest.mark.parametrize("n", [30, 100, 1000])
def test_the_trend_of_flat_noise_has_the_errors_it_says(n):
    misses = []
    for seed in range(60):
        found = trend(1 + 0.1 * steps(n, seed=seed))
        misses += [(found.values[i] - 1) / found.errors[i] for i in (n // 2, n - 1)]
    assert 0.6 < np.std(misses) < 1.3


def test_the_trend_keeps_a_sharp_minimum_and_a_steep_start():
    at = np.arange(300)
    curve = np.where(at < 20, 3 - 0.1 * at, 1 + 0.02 * (at - 20.0))
    found = trend(curve + 0.01 * steps(300))
    assert abs(int(found.values.argmin()) - 20) <= 3
    assert abs(found.values.min() - 1) < 0.03 * np.ptp(curve)
    assert abs(found.values[0] - 3) < 0.05


def test_a_smooth_curve_is_its_own_trend():
    curve = np.exp(-np.arange(100) / 10) + 0.001 * np.arange(100)
    assert np.allclose(trend(curve).values, curve, atol=5e-3)


def test_spikes_go_and_steep_stretches_stay():
    steep = np.exp(-np.arange(20) / 2)
    assert np.allclose(without_spikes(steep, np.full(20, 1e-3)), steep)
    spiked = np.linspace(1, 0.5, 20)
    spiked[9] = 5
    tame = without_spikes(spiked, np.full(20, 0.01))
    assert tame.max() <= 1
    assert np.delete(tame == spiked, 9).all()


def test_a_last_value_far_off_counts_where_something_else_bears_it_out():
    curve, train = np.linspace(1, 0.5, 20), np.linspace(1, 0.4, 20)
    assert not lone_end(curve, 0.01, [train])
    for last in (5.0, 0.05):  # a spike, and a number that was being written
        curve[-1] = last
        assert lone_end(curve, 0.01, [train])
        assert lone_end(curve, 0.01)
        leaps = train.copy()
        leaps[-1] -= 0.3
        assert not lone_end(curve, 0.01, [train, leaps])
    curve[-2:] = 4.0, 5.0
    assert not lone_end(curve, 0.01, [train]), "a rise that has begun"


@pytest.mark.parametrize(("chances", "mean"), [(1, 0.0), (2, -0.5642), (5, -1.1630), (20, -1.8675)])
def test_smallest_of_is_the_tabulated_mean_of_the_lowest_normal_number(chances, mean):
    assert smallest_of(chances) == pytest.approx(mean, abs=2e-3)


def test_the_corrected_minimum_of_flat_noise_is_the_level():
    corrected, raw = [], []
    for seed in range(60):
        curve = 1 + 0.1 * steps(200, seed=seed)
        corrected.append(lowest(trend(curve)).corrected)
        raw.append(curve.min())
    assert np.mean(corrected) == pytest.approx(1, abs=0.01)
    assert np.mean(raw) < 0.8


def test_chance_without_rise_against_simulation():
    random = np.random.default_rng(0)
    end = 0.7 * random.normal(size=200_000)
    low = 0.4 * random.normal(size=(200_000, 6)).min(axis=1)
    walk = np.abs(0.5 * random.normal(size=200_000))
    for shown in (0.5, 1.0, 2.0):
        exact = np.mean(end - low + walk > shown)
        assert chance_without_rise(shown, 0.7, 0.4, 6, 0.5) == pytest.approx(exact, abs=0.006)
        exact = np.mean(end - low > shown)
        assert chance_without_rise(shown, 0.7, 0.4, 6) == pytest.approx(exact, abs=0.006)
