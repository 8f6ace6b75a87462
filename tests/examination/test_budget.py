"""Time: lengths as people write them, shares of stages, what still fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.errors import UserError
from fitscope.examination.budget import ENDS, Budget, Timing, expected, fitting
from fitscope.examination.duration import seconds, told
from fitscope.learners.base import Size


@given(st.integers(1, 10**6))
def test_a_length_of_time_is_told_as_it_is_read(length):
    assert seconds(told(length)) == length


@pytest.mark.parametrize("given", ["", "m", "5 minutes", "-5m", "5m3", "1e3s", "31h30m31d"])
def test_what_is_no_length_of_time_is_refused(given):
    with pytest.raises(UserError, match="budget"):
        seconds(given)


@given(st.floats(0.5, 1e5), st.floats(0, 1e4))
def test_stages_end_one_after_the_other_and_before_the_budget(length, reading):
    budget = Budget(began=0.0, seconds=length, training=reading)
    ends = [budget.until(stage) for stage in ENDS]
    assert ends == sorted(ends)
    assert all(reading <= end <= max(budget.ends, reading) for end in ends)


@given(st.lists(st.floats(0.1, 100), max_size=20), st.floats(0.1, 300), st.integers(1, 8))
def test_what_is_chosen_fits_and_nothing_is_lost(costs, left, side_by_side):
    wanted = list(enumerate(costs))
    chosen, rest = fitting(wanted, left, side_by_side)
    assert sorted([*chosen, *rest]) == list(range(len(costs)))
    assert sum(costs[one] for one in chosen) <= left * side_by_side * (1 + 1e-9)


def test_a_run_is_expected_to_last_as_long_as_those_like_it():
    def size(count):
        return Size(count, "parameters")

    seen = [
        Timing("mlp", size(100), 1_000, 1.0),
        Timing("mlp", size(10_000), 1_000, 20.0),
        Timing("hgb", Size(3_100, "leaves"), 1_000, 3.0),
    ]
    assert expected("mlp", size(9_000), 1_000, seen) == pytest.approx(20.0)
    assert expected("mlp", size(20_000), 2_000, seen) == pytest.approx(80.0)
    assert expected("hgb", Size(3_100, "leaves"), 500, seen) == pytest.approx(1.5)
    assert expected("other", size(1), 1_000, seen) == 20.0
