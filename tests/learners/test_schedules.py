"""Learning rates against Keras' own schedule."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.errors import UserError
from fitscope.learners.mlp.schedules import (
    Constant,
    inverse_time_decay,
    schedule_as_dict,
    schedule_from_dict,
)

positive = st.floats(1e-6, 1e4)


@settings(max_examples=60, deadline=None)
@given(
    initial=st.floats(1e-6, 10.0),
    decay_epochs=st.sampled_from([1, 3, 10, 1000]),
    decay_rate=st.floats(0.0, 5.0),
    staircase=st.booleans(),
    steps=st.sampled_from([1, 4, 20]),
    step=st.integers(0, 30_000),
)
def test_inverse_time_decay_is_keras(
    initial: float, decay_epochs: int, decay_rate: float, staircase: bool, steps: int, step: int
):
    theirs = keras.optimizers.schedules.InverseTimeDecay(
        initial, decay_epochs * steps, decay_rate, staircase
    )
    mine = inverse_time_decay(initial, decay_epochs, decay_rate, staircase)
    # a whole number of steps over a whole number of steps an epoch, so that both stairs are sharp
    assert mine.at(step / steps) == pytest.approx(float(theirs(step)), rel=2e-6)


def test_the_guides_schedule():
    theirs = keras.optimizers.schedules.InverseTimeDecay(0.001, 20 * 1000, 1, staircase=False)
    mine = inverse_time_decay(1e-3, decay_epochs=1_000, decay_rate=1.0)
    for step in (0, 1, 19, 20, 2_000, 20_000, 40_000, 200_000):
        assert mine.at(step / 20) == pytest.approx(float(theirs(step)), rel=1e-6)
    np.testing.assert_allclose(mine.at(np.array([0, 1000, 2000, 3000])), 1e-3 / np.arange(1, 5))


def test_constant():
    np.testing.assert_array_equal(Constant(0.25).at(np.arange(5)), np.full(5, 0.25))


@given(
    schedule=st.one_of(
        st.builds(Constant, positive),
        st.builds(inverse_time_decay, positive, positive, st.floats(0, 10), st.booleans()),
    )
)
def test_settings_survive_json(schedule):
    assert schedule_from_dict(json.loads(json.dumps(schedule_as_dict(schedule)))) == schedule


@pytest.mark.parametrize("bad", [0.0, -1e-3, np.nan, np.inf])
def test_rates_that_make_no_sense(bad: float):
    for make in (
        lambda: Constant(bad),
        lambda: inverse_time_decay(bad, 10),
        lambda: inverse_time_decay(1e-3, bad),
    ):
        with pytest.raises(UserError, match="positive"):
            make()


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_decay_rates_that_make_no_sense(bad: float):
    with pytest.raises(UserError, match="decay_rate"):
        inverse_time_decay(1e-3, 10, bad)
