"""Smoothing against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fitscope.errors import UserError
from fitscope.report.series import smooth

finite = st.floats(-1e3, 1e3)


def test_a_single_peak_becomes_a_gaussian_of_that_very_standard_deviation():
    impulse = np.zeros(401)
    impulse[200] = 1.0
    kernel, at = smooth(impulse, std=10), np.arange(-200, 201)
    assert kernel.sum() == pytest.approx(1, abs=1e-12)
    assert np.sqrt((kernel * at**2).sum()) == pytest.approx(10, abs=1e-9)
    expected = np.exp(-(at**2) / 200) / np.sqrt(200 * np.pi)
    np.testing.assert_allclose(kernel, expected, atol=1e-12)


def test_the_variance_of_white_noise_falls_by_the_closed_form():
    noise = np.random.default_rng(0).normal(size=200_000)
    # The sum of the squared weights of a Gaussian is 1 / (2 sqrt(pi) std).
    assert smooth(noise, std=10)[100:-100].var() == pytest.approx(
        1 / (2 * np.sqrt(np.pi) * 10), rel=0.05
    )


def test_a_straight_line_stays_straight_away_from_its_ends():
    line = np.linspace(0, 1, 300)
    np.testing.assert_allclose(smooth(line, std=10)[90:-90], line[90:-90], atol=1e-12)


@settings(deadline=None)
@given(arrays(np.float64, st.integers(1, 60), elements=finite), st.floats(0.3, 30))
def test_every_value_is_the_weighted_mean_of_measured_values(values, std):
    at = np.arange(len(values))
    weights = np.exp(-0.5 * ((at[:, None] - at) / std) ** 2)
    expected = weights @ values / weights.sum(axis=1)
    np.testing.assert_allclose(smooth(values, std), expected, rtol=1e-9, atol=1e-9)


@settings(deadline=None)
@given(arrays(np.float64, st.integers(1, 60), elements=finite), st.data())
def test_missing_values_stay_missing_and_spoil_no_others(values, data):
    lost = data.draw(arrays(bool, len(values)))
    values = np.where(lost, data.draw(st.sampled_from([np.nan, np.inf, -np.inf])), values)
    smoothed = smooth(values, std=10)
    assert np.isnan(smoothed[lost]).all()
    kept = values[~lost]
    if kept.size:
        assert (smoothed[~lost] >= kept.min() - 1e-9).all()
        assert (smoothed[~lost] <= kept.max() + 1e-9).all()


def test_zero_smooths_nothing():
    np.testing.assert_array_equal(smooth(np.array([3.0, 1.0, 2.0]), std=0), [3, 1, 2])


@pytest.mark.parametrize("std", [-1, np.nan, np.inf])
def test_a_senseless_standard_deviation_is_refused(std):
    with pytest.raises(UserError, match="smoothing_std"):
        smooth(np.zeros(3), std)
