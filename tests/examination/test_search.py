"""Which remedies come next, from what was measured: on made-up worlds whose best is known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.examination.changes import Change
from fitscope.examination.search import MOST_STEPS, Gained, propose

CHANGES = (
    Change("dropout", "dropout", (0.05, 0.1, 0.25, 0.5, 0.7), 2),
    Change("l2", "L2", (1e-5, 1e-4, 1e-3, 1e-2, 1e-1), 2),
    Change("batch_norm", "batch normalization", (True,)),
)


def searched(world, changes=CHANGES, most=60):
    """All settings that the search tries where `world` says what settings gain."""
    gains = {}
    for _ in range(most):
        wanted = [one for one in propose(changes, gains) if one not in gains]
        if not wanted:
            return gains
        gains |= {one: world(one) for one in wanted}
    raise AssertionError("it does not end")


def test_every_change_is_tried_in_its_middle_first():
    assert propose(CHANGES, {}) == [
        (("dropout", 0.25),),
        (("l2", 1e-3),),
        (("batch_norm", True),),
    ]


def test_a_strength_that_helps_leads_to_a_stronger_one_until_that_helps_less():
    best = {"dropout": 0.5, "l2": 1e-3}

    def world(settings):
        (name, value), *more = settings
        if more or name not in best:
            return Gained(-1.0, 0.1)
        return Gained(1.0 - abs(math.log(value / best[name])), 0.01)

    tried = [one for one in searched(world) if len(one) == 1]
    assert (("dropout", 0.5),) in tried
    assert (("dropout", 0.7),) in tried  # beyond the best, to know that it is
    assert (("l2", 1e-5),) not in tried


def test_one_that_does_harm_gets_one_weaker_chance():
    gains = searched(lambda _: Gained(-1.0, 0.1))
    assert (("dropout", 0.1),) in gains
    assert (("dropout", 0.05),) not in gains
    assert (("dropout", 0.5),) not in gains
    assert all(len(one) == 1 for one in gains)


def test_one_that_came_apart_is_left_alone():
    gains = searched(lambda _: Gained(-math.inf, 0.0))
    assert len(gains) == len(CHANGES)


def test_those_that_help_are_combined_and_kept_while_that_helps_more():
    worth = {"dropout": 3.0, "l2": 2.0, "batch_norm": 1.0}

    def world(settings):
        return Gained(sum(worth[name] for name, _ in settings), 0.1)

    gains = searched(world)
    best = max(gains, key=lambda one: gains[one].value)
    assert [name for name, _ in best] == ["dropout", "l2", "batch_norm"]


def test_what_helps_no_more_than_its_noise_is_not_combined():
    gains = searched(lambda _: Gained(0.01, 0.1))
    assert all(len(one) == 1 for one in gains)


@given(st.dictionaries(st.integers(0, 10**6), st.floats(-1, 1), max_size=40), st.floats(0.01, 1))
def test_it_ends_and_tries_nothing_twice(values, error):
    def world(settings):
        return Gained(values.get(hash(settings) % (10**6), 0.5), error)

    gains = searched(world)
    for change in CHANGES:
        alone = [one for one in gains if len(one) == 1 and one[0][0] == change.setting]
        assert 1 <= len(alone) <= MOST_STEPS
    for settings in gains:
        names = [name for name, _ in settings]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_combination_holds_the_best_strengths(number):
    def world(settings):
        return Gained(1.0 if len(settings) > 1 else 0.5, 0.1)

    gains = searched(world, CHANGES[:number])
    assert any(len(one) == number for one in gains)
