"""With few evaluations, a steeper rise is never less an overfit than a flatter one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.history import History
from fitscope.verdicts.judge import diagnose

STEPS = st.floats(0.002, 2.0).map(lambda value: round(value, 4))
WOBBLE = 0.005  # a confidence moves by as much where a scale of the run is measured on other values


@st.composite
def rises(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Two validation curves alike up to their minimum, the second rising at least as steeply, and
    a training curve."""
    n = draw(st.integers(2, 8))
    low = draw(st.integers(0, n - 2))
    least = draw(st.floats(0.05, 2))
    before = least + np.array(draw(st.lists(STEPS, min_size=low, max_size=low)))
    some = st.lists(STEPS, min_size=n - low - 1, max_size=n - low - 1)
    flatter, more = np.array(draw(some)), np.array(draw(some))
    steeper = flatter + more * draw(st.lists(st.booleans(), min_size=len(more), max_size=len(more)))
    falls = np.array(draw(st.lists(STEPS, min_size=n, max_size=n)))
    train = None if draw(st.integers(0, 4)) == 0 else np.cumsum(falls[::-1])[::-1]
    first, second = (np.r_[before, least, least + np.cumsum(s)] for s in (flatter, steeper))
    return first, second, train


@settings(max_examples=300, deadline=None)
@given(rises())
def test_a_steeper_rise_is_no_less_an_overfit(curves):
    flatter, steeper, train = curves
    at = np.arange(len(flatter))
    one, other = (diagnose(History("run", "loss", at, train, v)) for v in (flatter, steeper))
    if one.label == "overfit":
        assert other.label == "overfit"
        assert other.confidence >= one.confidence - WOBBLE


def test_a_last_epoch_that_is_far_worse_counts_in_a_short_run():
    train = np.linspace(1, 0.2, 7)
    for last in (0.6, 1.0, 4.0):
        validation = np.array([1.5, 1.2, 0.8, 0.6, 0.45, 0.4, last])
        verdict = diagnose(History("run", "loss", np.arange(7), train, validation))
        assert verdict.label == "overfit"
