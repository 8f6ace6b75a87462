"""Means and errors over runs of different lengths, and the range that a figure shows."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.report.frame import frame
from fitscope.report.series import mean_curve as curve


def histories(*runs: list[float]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {
                "model": ["A"] * len(run),
                "repeat": [repeat] * len(run),
                "epoch": np.arange(len(run)),
                "loss": run,
            },
            schema_overrides={"loss": pl.Float64},
        )
        for repeat, run in enumerate(runs)
    )


def test_mean_and_standard_error_of_the_runs_that_are_still_training():
    found = curve(histories([1, 2, 3], [3, 6], [5, 7]), "A", "loss", smoothing_std=0)
    np.testing.assert_allclose(found.mean, [3, 5, 3])
    first = np.std([1, 3, 5], ddof=1) / np.sqrt(3)
    second = np.std([2, 6, 7], ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(found.error, [first, second, np.nan])
    np.testing.assert_array_equal(found.epochs, [0, 1, 2])


def test_a_diverged_run_leaves_the_mean_where_it_diverges():
    found = curve(histories([1, 1, 1], [3, np.nan, np.inf]), "A", "loss", smoothing_std=0)
    np.testing.assert_allclose(found.mean, [2, 1, 1])
    assert np.isnan(found.error[1:]).all()


def test_one_run_has_no_error():
    assert np.isnan(curve(histories([1, 2]), "A", "loss", smoothing_std=10).error).all()


def test_rows_in_any_order_give_the_same_curve():
    rows = histories([1, 2, 3], [2, 3])
    shuffled = rows.sample(fraction=1, shuffle=True, seed=1)
    np.testing.assert_array_equal(
        curve(rows, "A", "loss", 2).mean, curve(shuffled, "A", "loss", 2).mean
    )


numbers = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20).map(np.array)


@settings(deadline=None)
@given(st.lists(numbers, min_size=1, max_size=4), st.lists(numbers, max_size=4), st.booleans())
def test_the_frame_holds_the_best_point_of_every_leading_curve(leading, others, falling):
    found = frame(leading, others, falling)
    assert found is not None
    low, high = found
    assert low < high
    for one in leading:
        settled = one[5:] if len(one) > 5 else one
        best = settled.min() if falling else settled.max()
        assert low <= best <= high


def test_a_curve_that_runs_away_leaves_the_frame():
    good = np.linspace(0.7, 0.55, 100)
    overfit = np.concatenate([np.linspace(0.7, 0.6, 20), np.linspace(0.6, 9.0, 80)])
    found = frame([good, overfit], [np.linspace(0.7, 0.0, 100)])
    assert found is not None
    assert 0.4 < found[0] < 0.55
    assert 0.69 < found[1] < 0.8


def test_rising_scores_are_framed_as_falling_ones_upside_down():
    good = np.linspace(0.5, 0.7, 100)
    assert frame([good], falling=False) == pytest.approx([-x for x in frame([-good])[::-1]])


def test_nothing_finite_has_no_frame():
    assert frame([np.full(10, np.nan)]) is None
