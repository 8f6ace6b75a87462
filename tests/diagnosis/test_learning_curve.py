"""Learning curves: against laws that were put in, and against what learners really gain.

A small part of `python -m calibration more_data`.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.diagnosis.laws import shapes
from fitscope.diagnosis.learning_curve import learning_curve
from fitscope.errors import UserError

SIZES = [250, 500, 1_000, 2_000]


def simulated(random: np.random.Generator, law, subsets: int = 3, rows: int = 500, own=0.15):
    """Row losses whose mean follows a law; rows are shared, models and their rows differ."""
    common = random.exponential(0.4, rows)
    found = []
    for size in SIZES:
        level = law(size) - 0.4 + random.normal(0, 0.5 / size, (subsets, 1))
        found.append(common + level + random.normal(0, own, (subsets, rows)))
    return found


LAWS = {
    "1/n": lambda n: 0.4 + 30 / n,
    "1/√n": lambda n: 0.3 + 2 / n**0.5,
    "late": lambda n: 0.3 + 0.5 / (1 + (n / 600) ** 1.2),
    "steep, then flat": lambda n: 0.5 + 20 / (n - 120),
}


@pytest.mark.parametrize("name", LAWS)
def test_intervals_hold_what_the_law_says(name):
    law, random, held, told = LAWS[name], np.random.default_rng(0), [], 0
    for number in range(30):
        found = learning_curve(SIZES, simulated(random, law), seed=number)
        if found.doubling is None or found.tenfold is None:
            continue
        told += 1
        for times, one in ((2, found.doubling), (10, found.tenfold)):
            gain = law(2_000) - law(times * 2_000)
            held.append(one.interval[0] <= gain <= one.interval[1])
    assert told >= 27
    assert np.mean(held) >= 0.85


def test_a_flat_curve_gains_nothing_and_is_seldom_said_to():
    random, sure = np.random.default_rng(0), []
    for number in range(30):
        found = learning_curve(SIZES, simulated(random, lambda _: 0.6), seed=number)
        if found.doubling is not None:
            sure.append(found.doubling.sure > 0.95)
            assert found.doubling.interval[0] < 0.004
            assert found.doubling.interval[1] < 0.06
    assert len(sure) >= 22
    assert np.mean(sure) <= 0.05 + 2.6 * (0.05 * 0.95 / len(sure)) ** 0.5


def test_what_no_law_follows_is_not_predicted():
    random = np.random.default_rng(0)
    rising = learning_curve(SIZES, simulated(random, lambda n: 0.5 + n / 20_000))
    assert (rising.predictable, rising.why) == (False, "the loss rises with more rows")
    bumps = dict(zip(SIZES, (0.9, 0.5, 0.85, 0.45), strict=True))
    bumpy = learning_curve(SIZES, simulated(random, bumps.__getitem__))
    assert bumpy.why == "no law describes the curve"
    assert (bumpy.doubling, bumpy.tenfold) == (None, None)
    few = simulated(random, lambda n: 0.5 + 10 / n, subsets=2, rows=8, own=1.0)
    assert not learning_curve(SIZES, few).predictable
    lost = simulated(random, LAWS["1/n"])
    lost[1][0, 0] = np.inf
    assert learning_curve(SIZES, lost).why == "losses are not finite"


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
def test_units_do_not_matter_and_gains_are_possible(seed, unit):
    losses = simulated(np.random.default_rng(seed), LAWS["1/√n"], rows=100)
    losses = [np.maximum(one, 0) for one in losses]
    one, other = learning_curve(SIZES, losses), learning_curve(SIZES, [unit * x for x in losses])
    assert one.why == other.why
    assert np.allclose(unit * one.errors, other.errors)
    if one.doubling is None or other.doubling is None or one.tenfold is None:
        return
    assert other.doubling.gain == pytest.approx(unit * one.doubling.gain, rel=1e-6)
    assert one.tenfold.gain >= one.doubling.gain
    for told in (one.doubling, one.tenfold):
        assert 0 <= told.interval[0] <= told.gain <= told.interval[1] <= one.losses[-1]
        assert 0 <= told.sure <= 1


def test_models_without_chance_and_a_single_subset_are_no_error():
    random = np.random.default_rng(0)
    losses = simulated(random, LAWS["1/n"])
    same = [np.tile(one[:1], (3, 1)) for one in losses]
    single = [one[:1] for one in losses]
    assert learning_curve(SIZES, same).predictable
    assert learning_curve(SIZES, single).predictable
    assert learning_curve(SIZES, [0 * one for one in losses]).losses.max() == 0


def test_every_shape_falls_and_ends():
    found = shapes(np.array([30.0, 100.0, 500.0, 501.0]))
    assert (np.diff(found.at_sizes, axis=1) < 0).all()
    assert (found.at_double < 0).all()
    assert (found.at_tenfold < found.at_double).all()
    assert (found.at_end < found.at_tenfold).all()
    assert found.prior.sum() == pytest.approx(1)


def test_mistakes():
    one = np.ones((2, 10))
    with pytest.raises(UserError, match="four sizes"):
        learning_curve([1, 2, 3], [one] * 3)
    with pytest.raises(UserError, match="must rise"):
        learning_curve([1, 3, 3, 4], [one] * 4)
    with pytest.raises(UserError, match="two validation rows"):
        learning_curve([1, 2, 3, 4], [one[:, :1]] * 4)
