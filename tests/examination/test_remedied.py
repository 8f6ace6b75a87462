"""What remedies bought, corrected for how many were tried."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from fitscope.diagnosis.compare import difference
from fitscope.examination.remedied import Tried, bought


def tried(values, kinds=None):
    return [
        Tried("A", f"r{n}", kinds[n] if kinds else f"r{n}", f"A + r{n}", difference(rows[None]))
        for n, rows in enumerate(values)
    ]


@given(st.integers(2, 30), st.integers(1, 50))
def test_intervals_are_bonferronis(rows, times):
    values = np.random.default_rng(rows * 100 + times).normal(0.3, 1.0, rows)
    one = difference(values[None])
    low, high = one.widened(times)
    mean, error = values.mean(), values.std(ddof=1) / rows**0.5
    reach = student.ppf(1 - 0.025 / times, rows - 1) * error
    assert low == pytest.approx(mean - reach, rel=1e-6)
    assert high == pytest.approx(mean + reach, rel=1e-6)


def test_a_remedy_is_sure_where_its_interval_leaves_out_zero():
    random = np.random.default_rng(0)
    found = bought(tried([random.normal(shift, 1.0, 400) for shift in np.linspace(-0.3, 0.3, 13)]))
    assert any(one.interval[0] > 0 for one in found)
    for one in found:
        if abs(one.sure - 0.975) > 1e-3 and abs(one.sure - 0.025) > 1e-3:
            assert (one.interval[0] > 0) == (one.sure > 0.975)
            assert (one.interval[1] < 0) == (one.sure < 0.025)


def test_among_remedies_that_do_nothing_one_in_twenty_tables_has_a_sure_one():
    random = np.random.default_rng(1)
    false = 0
    for _ in range(400):
        found = bought(tried(random.normal(0.0, 1.0, (20, 200))))
        false += any(one.interval[0] > 0 or one.interval[1] < 0 for one in found)
    assert false / 400 == pytest.approx(0.05, abs=0.033)  # three standard errors


def test_of_strengths_the_best_is_told_and_all_count():
    random = np.random.default_rng(2)
    gains = [random.normal(shift, 1.0, 500) for shift in (0.05, 0.2, 0.1)]
    (alone,) = bought(tried(gains[1:2]))
    (best,) = bought(tried(gains, ["L2"] * 3))
    assert best.difference == alone.difference
    assert best.interval[0] < alone.interval[0]
