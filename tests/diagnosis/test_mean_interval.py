"""Intervals of a mean: against closed forms, SciPy, and simulation where the mean is known.

A small part of `python -m calibration intervals`.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fitscope.diagnosis.mean_interval import mean_interval
from fitscope.errors import UserError


def held(draw, mean: float, rows: int, times: int) -> tuple[float, float]:
    """Share of intervals that lie below the mean, and above it."""
    random = np.random.default_rng(rows)
    ends = np.array([mean_interval(draw(random, rows)) for _ in range(times)])
    return float((ends[:, 1] < mean).mean()), float((ends[:, 0] > mean).mean())


@pytest.mark.parametrize("rows", [200, 2_000])
@pytest.mark.parametrize(
    ("draw", "mean"),
    [
        (lambda random, rows: random.normal(size=rows) ** 2, 1.0),
        (lambda random, rows: random.exponential(size=rows) ** 2, 2.0),
        (lambda random, rows: random.standard_t(8, rows) ** 2, 8 / 6),
        (lambda random, rows: random.normal(3, 1, rows), 3.0),
    ],
    ids=["squared normal", "squared exponential", "squared t", "normal"],
)
def test_intervals_of_skewed_losses_hold_the_mean(draw, mean, rows):
    below, above = held(draw, mean, rows, times=1_200)
    assert 0.93 <= 1 - below - above <= 0.97


@pytest.mark.parametrize("rows", [200, 2_000])
@pytest.mark.parametrize("share", [0.03, 0.3, 0.985])
def test_intervals_of_a_share_hold_it(share, rows):
    below, above = held(lambda r, n: r.uniform(size=n) < share, share, rows, times=1_500)
    assert 0.93 <= 1 - below - above <= 0.98  # few hits come in steps


@pytest.mark.parametrize("hits", [False, True])
def test_rows_of_a_group_are_one_another_s_likes(hits):
    """60 groups of 1 to 20 rows: taken for strangers, their rows seem to know far more."""
    random, held = np.random.default_rng(0), np.zeros(2)
    for _ in range(600):
        groups = np.repeat(np.arange(60), random.integers(1, 21, 60))
        level = random.exponential(0.5, 60)[groups]
        rows = level + random.exponential(0.5, len(groups))
        truth = 1.0
        if hits:
            rows, truth = (random.uniform(size=len(groups)) < level / (0.5 + level)), 0.4037
        for at, known in enumerate((groups, None)):
            low, high = mean_interval(rows, groups=known)
            held[at] += low <= truth <= high
    assert 0.93 <= held[0] / 600 <= 0.97
    assert held[1] / 600 < 0.85


def test_groups_of_one_row_change_nothing():
    rows = np.random.default_rng(0).exponential(size=50)
    assert mean_interval(rows, groups=np.arange(50)) == pytest.approx(mean_interval(rows))
    assert mean_interval(rows > 0.1, groups=np.arange(50) % 7)[1] <= 1
    with pytest.raises(UserError, match="two groups"):
        mean_interval(rows, groups=np.zeros(50, int))


def test_hits_are_wilsons_interval():
    hits = np.arange(80) < 71
    expected = stats.binomtest(71, 80).proportion_ci(method="wilson")
    assert mean_interval(hits) == pytest.approx((expected.low, expected.high))
    assert mean_interval(np.ones(20))[1] == 1.0
    assert 0.8 < mean_interval(np.ones(20))[0] < 0.9


@settings(deadline=None)
@given(st.integers(0, 1_000), st.integers(4, 200))
def test_rows_without_skewness_have_students_interval(seed, rows):
    half = np.random.default_rng(seed).normal(size=rows)
    both = np.concatenate([half, -half]) + 5
    error = both.std(ddof=1) / len(both) ** 0.5
    expected = stats.t.interval(0.95, len(both) - 1, both.mean(), error)
    assert mean_interval(both) == pytest.approx(expected, rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=40), st.floats(0.5, 0.99))
def test_the_mean_lies_inside_and_the_polynomial_is_turned_back(values, level):
    rows = np.array(values) / 1_000
    low, high = mean_interval(rows, level)
    near = 1e-9 * (1 + rows.max())
    assert 0 <= low <= high
    if ((rows == 0) | (rows == 1)).all() or np.ptp(rows) == 0:
        return
    error = rows.std(ddof=1) / len(rows) ** 0.5
    bend = float(np.mean(((rows - rows.mean()) / rows.std(ddof=1)) ** 3)) / len(rows) ** 0.5
    for end, side in ((low, 1), (high, -1)):
        if end <= near:
            continue
        t = (rows.mean() - end) / error
        cubic = t + bend * t**2 / 3 + bend**2 * t**3 / 27 + bend / 6
        assert cubic == pytest.approx(side * stats.t.ppf(0.5 + level / 2, len(rows) - 1), rel=1e-6)


def test_units_do_not_matter_and_mistakes_are_said():
    rows = np.random.default_rng(0).exponential(size=300)
    low, high = mean_interval(rows)
    assert mean_interval(1e6 * rows) == pytest.approx((1e6 * low, 1e6 * high))
    assert mean_interval(np.full(5, 0.3)) == pytest.approx((0.3, 0.3))
    with pytest.raises(UserError, match="two rows"):
        mean_interval(rows[:1])
    with pytest.raises(UserError, match="finite"):
        mean_interval(np.array([0.1, np.nan]))
