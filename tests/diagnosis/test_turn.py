"""The minimum of a curve and where it rises from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from fitscope.diagnosis.lowest import Lowest, lowest
from fitscope.diagnosis.onset import onset
from fitscope.diagnosis.shapes import SCALES, pairs, shapes, single
from fitscope.diagnosis.trend import trend
from fitscope.diagnosis.windows import local_line, running_sums


def low_of(curve: np.ndarray) -> Lowest:
    return lowest(trend(np.asarray(curve, float)))


@st.composite
def curves(draw: st.DrawFn) -> np.ndarray:
    """Falls and rises, with or without noise, long or short."""
    n = draw(st.integers(2, 200))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    at = np.linspace(0, 1, n)
    rise = draw(st.sampled_from([0.0, 0.3, 2.0])) * np.maximum(at - random.uniform(), 0)
    noise = draw(st.sampled_from([0.0, 0.003, 0.03, 0.3])) * random.normal(size=n)
    return np.exp(-at / random.uniform(0.02, 0.5)) + rise + noise


def test_shapes_are_means_over_bins():
    edges, places = np.array([-0.5, 3.5, 7.5, 11.5]), np.array([2, 7])
    found = shapes(edges, places)
    scale = SCALES[0] * 12
    whole = {
        0: lambda x: max(-x, 0),
        1: lambda x: max(-x, 0) ** 1.5,
        2: lambda x: max(x, 0),
        3: lambda x: max(x, 0) ** 1.5,
        4: lambda x: x * x,
        5: lambda x: np.exp(-x / scale) + x / scale - 1,
        6: lambda x: np.exp(x / scale) - x / scale - 1,
    }
    for kind, shape in whole.items():
        for number, place in enumerate(places):
            means = np.array(
                [
                    quad(lambda x, p=place, f=shape: f(x - p), low, high, points=[place])[0]
                    for low, high in pairwise(edges)
                ]
            )
            assert found[kind, number] == pytest.approx(means / max(means[0], means[-1]), abs=1e-6)


def test_every_pair_of_shapes_falls_before_it_rises():
    one, other, weights, falls, rises = pairs(11, 7)
    assert (weights > 0).all()
    assert (falls <= rises).all()
    assert (one // 7 != other // 7).all()
    assert len(set(zip(one.tolist(), other.tolist(), strict=True))) == len(one)
    _, alone = single(11, 7)
    assert (alone[[0, 1]] == -1).all(), "what only falls rises nowhere"


@settings(max_examples=60, deadline=None)
@given(curves(), st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_scale_and_shift_do_to_the_minimum_what_they_do_to_the_curve(curve, factor, shift):
    one, other = low_of(curve), low_of(factor * (curve + shift))
    size = np.ptp(curve) + 1e-6 * abs(shift)
    assert curve[one.at] == pytest.approx(curve[other.at], abs=1e-9 * size), "or as low a place"
    assert other.corrected / factor - shift == pytest.approx(one.corrected, abs=1e-6 * size)
    assert other.error / factor == pytest.approx(one.error, rel=1e-3, abs=1e-6 * size)
    for mine, theirs in zip(onset(one), onset(other), strict=True):
        if one.at != other.at:  # the shift has rounded away what told them apart
            break
        assert abs(mine - theirs) <= 1, "a place between two epochs may be rounded either way"


@settings(max_examples=60, deadline=None)
@given(curves())
def test_any_curve_has_a_minimum_and_an_onset(curve):
    low = low_of(curve)
    begin, first, last = onset(low)
    assert np.isfinite([low.corrected, low.error]).all()
    assert low.error >= 0
    assert 0 <= first <= begin <= last <= len(curve) - 1
    assert begin >= low.at, "no rise begins before the best epoch"
    assert curve.min() - np.ptp(curve) <= low.corrected <= curve.max()


@pytest.mark.parametrize("curve", [np.ones(1), np.ones(2), np.ones(50), np.zeros(7)])
def test_a_constant_is_its_own_minimum(curve):
    low = low_of(curve)
    assert (low.corrected, low.error) == (curve[0], 0.0)


@pytest.mark.parametrize("huge", [1e9, 1e16, 1e90])
@pytest.mark.parametrize("n", [12, 60, 300])
def test_a_huge_first_loss_does_not_touch_what_follows(n, huge):
    at = np.arange(n)
    curve = 0.5 + np.exp(-10 * at / n) + 0.1 * np.maximum(at / n - 0.5, 0)
    curve += 0.01 * np.random.default_rng(0).normal(size=n)
    plain = low_of(curve)
    curve[:2] = huge, huge / 1e3
    low = low_of(curve)
    assert low.at == plain.at
    assert low.corrected == pytest.approx(plain.corrected, abs=plain.error)
    assert low.error == pytest.approx(plain.error, rel=0.5)


def test_sums_in_tiers_are_sums():
    values = np.array([1e17, 3.0, 1e-9, 2.0, -1e12, 4.0, 1.0, 5.0])
    sums = running_sums(values)
    for low in range(1, 5):
        for high in range(low + 1, 9):
            exact = values[low:high].sum()
            between = (sums[:, high] - sums[:, low]).sum()
            assert between == pytest.approx(exact, rel=1e-9, abs=1e-6)
    assert local_line(values, np.full(8, 1))[0][-2] == pytest.approx(10 / 3)
