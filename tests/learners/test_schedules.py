"""Learning rates against Keras' own schedule."""

from __future__ import annotations

import json

import keras
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import (
    Constant,
    inverse_time_decay,
    schedule,
    schedule_as_dict,
    schedule_from_dict,
)
from fitscope.learners.mlp.train import train
from fitscope.learners.streams import WEIGHTS, stream

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


# --- Optax' own, counted in epochs --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("cosine_decay_schedule", {"init_value": 1e-3, "decay_steps": 40, "alpha": 0.1}),
        (
            "warmup_cosine_decay_schedule",
            {"init_value": 0.0, "peak_value": 1e-3, "warmup_steps": 5, "decay_steps": 40},
        ),
        (
            "piecewise_constant_schedule",
            {"init_value": 1e-3, "boundaries_and_scales": {10: 0.5, 30: 0.1}},
        ),
        ("exponential_decay", {"init_value": 0.1, "transition_steps": 7, "decay_rate": 0.5}),
    ],
)
def test_a_schedule_of_optax_counts_epochs(name: str, arguments: dict):
    theirs = getattr(optax, name)(**arguments)
    mine = schedule(name, **arguments)
    epochs = np.linspace(0, 50, 101)
    np.testing.assert_allclose(mine.at(epochs), [theirs(x) for x in epochs], rtol=1e-5, atol=1e-12)
    plan = Plan(learning_rate=mine)
    again = Plan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert again == plan
    assert hash(again) == hash(plan)


def test_a_warm_up_is_trained_step_by_step():
    """With plain gradient descent on one weight, each step shows its rate."""
    warm = schedule(
        "warmup_cosine_decay_schedule",
        init_value=0.0,
        peak_value=0.5,
        warmup_steps=2,
        decay_steps=6,
    )
    plan = Plan(batch_size=4, max_epochs=6, learning_rate=warm, optimizer="sgd", stopping=None)
    x, y = np.ones((8, 1), np.float32), np.ones(8, np.float32)
    (run,) = train(MLP(), plan, Split(x, y, x, y))
    np.testing.assert_allclose(run.learning_rate, warm.at(np.arange(1, 7)), rtol=1e-6)
    kernel = float(MLP().init(1, stream(0, 0, WEIGHTS))["dense"]["kernel"][0, 0])
    bias = 0.0
    for step in range(12):
        slope = 1 - 1 / (1 + np.exp(-kernel - bias))
        kernel, bias = (weight + float(warm.at(step / 2)) * slope for weight in (kernel, bias))
    assert float(run.last[0]["dense"]["kernel"][0, 0]) == pytest.approx(kernel, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "arguments", "refused"),
    [
        ("cosine_decay", {}, "did you mean cosine_decay_schedule"),
        ("join_schedules", {}, "Optax has no 'join_schedules'"),
        ("cosine_decay_schedule", {"init": 1.0}, "has no argument 'init'; it has init_value"),
        ("cosine_decay_schedule", {"init_value": 1e-3}, "missing 1 required"),
        ("cosine_decay_schedule", {"init_value": 1e-3, "decay_steps": 0}, "positive decay_steps"),
        (
            "cosine_decay_schedule",
            {"init_value": -1.0, "decay_steps": 9},
            "init_value must be zero",
        ),
        ("cosine_decay_schedule", {"init_value": np.nan, "decay_steps": 9}, "init_value must be"),
    ],
)
def test_schedules_that_make_no_sense(name: str, arguments: dict, refused: str):
    with pytest.raises(UserError) as caught:
        schedule(name, **arguments)
    assert refused in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
