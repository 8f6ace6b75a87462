"""Choosing a model and correcting its score: against simulation where the truth is known.

A small part of `python -m calibration winner plainest`.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fitscope.diagnosis.selection import (
    averaged_families,
    lowest,
    plainest_alike,
    plainest_of_best_family,
    winner,
)
from fitscope.errors import UserError


def simulated(random: np.random.Generator, means: list[float], rows: int = 150) -> np.ndarray:
    """Losses of models with these true means; what is hard for one is hard for all."""
    noise = random.normal(0, 0.3, (len(means), rows))
    return random.normal(0.7, 0.3, rows) + noise + np.array(means)[:, None]


def by(choice, losses):
    """A rule of `winner` that takes one model, told from losses."""
    return lambda rows: (choice(losses[:, rows]),)


RULES = {
    "lowest": lowest,
    "plainest": lambda losses: plainest_alike(losses, range(12)),
    "families": lambda losses: plainest_of_best_family(losses, [*"aaaabbbbcccc"]),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("means", [[0.0] * 12, [0.0] * 11 + [-0.04]])
def test_the_corrected_score_of_the_winner_is_not_optimistic(rule, means):
    random, off, raw = np.random.default_rng(0), [], []
    for number in range(25):
        losses = simulated(random, means)
        found = winner(losses, by(rule, losses), seed=number)
        truth = 0.7 + means[found.chosen[0]]
        off.append((truth - found.value) / found.error)
        raw.append((truth - found.raw) / found.error)
    assert np.mean(raw) > 0.5  # uncorrected it is
    assert -0.5 < np.mean(off) < 0.2 + 2 * np.std(off) / len(off) ** 0.5


def test_one_model_has_nothing_to_correct():
    losses = np.random.default_rng(0).exponential(size=(1, 500))
    found = winner(losses, by(lowest, losses))
    assert found.chosen == (0,)
    assert found.value == pytest.approx(found.raw)
    assert found.interval[0] < found.value < found.interval[1]
    assert found.interval == winner(losses, by(lowest, losses), seed=1).interval


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1_000), st.integers(1, 6))
def test_the_plainest_is_never_richer_than_the_lowest(seed, models):
    random = np.random.default_rng(seed)
    losses = random.exponential(size=(models, 40)) + random.normal(0, 0.2, (models, 1))
    order = random.permutation(models).tolist()
    one = plainest_alike(losses, order)
    assert order.index(one) <= order.index(lowest(losses))
    assert plainest_alike(losses, order, apart=0.0) == lowest(losses)
    assert plainest_alike(losses, order, apart=1e9) == order[0]


def test_what_every_row_says_is_told_apart():
    losses = np.random.default_rng(0).exponential(size=50) + np.array([[0.001], [0.0]])
    assert plainest_alike(losses, [0, 1]) == 1
    assert plainest_alike(np.ones((3, 10)), [2, 0, 1]) == 2


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1_000), st.integers(1, 4), st.integers(1, 4))
def test_no_family_has_a_plainest_of_lower_loss(seed, families, models):
    random = np.random.default_rng(seed)
    of = np.repeat(np.arange(families), models).astype(str).tolist()
    losses = random.exponential(size=(len(of), 40)) + random.normal(0, 0.2, (len(of), 1))
    one = plainest_of_best_family(losses, of)
    for family in set(of):
        own = [place for place, name in enumerate(of) if name == family]
        choice = own[plainest_alike(losses[own], range(models))]
        assert losses[one].mean() <= losses[choice].mean()
        if family == of[one]:
            assert one == choice
    assert plainest_of_best_family(losses, ["one"] * len(of)) == plainest_alike(
        losses, range(len(of))
    )


def test_of_families_that_are_alike_the_better_one_is_taken_more_often():
    """Two families, the second truly better by half a standard error: order is no evidence."""
    random, rules = np.random.default_rng(0), np.zeros(2)
    for _ in range(200):
        losses = simulated(random, [0.03, 0.03, 0.02, 0.0])
        rules += (
            plainest_of_best_family(losses, ["a", "a", "b", "b"]) > 1,
            plainest_alike(losses, range(4)) > 1,
        )
    assert rules[0] > 130 > 110 > rules[1]


def test_a_model_of_every_family_is_taken_unless_one_of_them_is_better():
    losses = simulated(np.random.default_rng(0), [0.0, 0.0, 0.0])
    assert plainest_of_best_family(losses, [None, "a", "b"], apart=9) == 0
    assert plainest_of_best_family(losses[:1], [None]) == 0
    assert plainest_of_best_family(losses - [[0], [0], [1]], [None, "a", "b"]) == 2


def test_mistakes():
    with pytest.raises(UserError, match="five validation rows"):
        winner(np.ones((2, 4)), lambda _: (0,))
    with pytest.raises(UserError, match="a model"):
        winner(np.ones((0, 40)), lambda _: (0,))


def averages(errors):
    """Squared errors of averages of models."""
    return lambda places: errors[list(places)].mean(axis=0) ** 2


def predictions(random, families, rows, alike=0.3):
    """Errors of two models a family: rows are hard for all, and for each family by itself."""
    shared = random.normal(size=rows) * alike**0.5
    own = np.repeat(random.normal(size=(families, rows)) * (1 - alike) ** 0.5, 2, axis=0)
    return shared + own + random.normal(0, 0.1, own.shape)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1_000), st.integers(1, 4), st.sampled_from([0.0, 0.5, 0.95]))
def test_an_average_has_one_model_of_each_family_and_is_worth_it(seed, families, alike):
    random = np.random.default_rng(seed)
    errors = predictions(random, families, 60, alike)
    errors *= random.uniform(0.8, 1.6, (len(errors), 1))
    of = [name for name in "abcd"[:families] for _ in range(2)]
    taken = averaged_families(errors**2, of, averages(errors))
    assert taken[0] == plainest_of_best_family(errors**2, of)
    assert len({of[place] for place in taken}) == len(taken)
    for size in range(2, len(taken) + 1):
        less = averages(errors)(taken[: size - 1]) - averages(errors)(taken[:size])
        _, p = stats.ttest_1samp(less, 0.0, alternative="greater")
        assert p < stats.t.sf(1.0, 59)  # one standard error
        assert less.mean() > 0.005 * averages(errors)(taken[: size - 1]).mean()


def test_families_that_err_by_themselves_are_averaged_and_copies_are_not():
    random = np.random.default_rng(0)
    errors = predictions(random, 3, 500, alike=0.0)
    of = ["a", "a", "b", "b", "c", "c"]
    assert sorted(of[one] for one in averaged_families(errors**2, of, averages(errors))) == [*"abc"]
    copies = np.tile(errors[:2], (3, 1))
    assert averaged_families(copies**2, of, averages(copies)) in {(0,), (1,)}


def test_a_constant_prediction_is_averaged_with_nothing():
    errors = predictions(np.random.default_rng(0), 2, 400, alike=0.0)
    of = [None, "a", "b", "b"]
    errors[1:] *= 2  # so that it is the best of each family, and an average would be better
    assert averaged_families(errors**2, of, averages(errors)) == (0,)
    errors[0] *= 9
    assert None not in {of[one] for one in averaged_families(errors**2, of, averages(errors))}


def test_what_hardly_helps_is_not_worth_another_model():
    """A million rows tell a gain of 0.4 % from nothing, which nobody would notice."""
    random = np.random.default_rng(0)
    errors = random.normal(size=1_000_000) + random.normal(0, 0.09, (2, 1_000_000))
    assert len(averaged_families(errors**2, ["a", "b"], averages(errors))) == 1
    assert len(averaged_families(errors**2, ["a", "b"], averages(errors), worth=0.0)) == 2


def test_the_corrected_score_of_an_average_is_not_optimistic():
    random, off, raw = np.random.default_rng(0), [], []
    of = ["a", "a", "b", "b", "c", "c"]
    for number in range(40):
        alike, fresh = 0.7, 60_000
        errors = predictions(random, 3, 150 + fresh, alike)
        seen, unseen = errors[:, :150], errors[:, 150:]
        found = winner(
            seen**2,
            lambda rows, of=of, seen=seen: averaged_families(
                seen[:, rows] ** 2, of, averages(seen[:, rows])
            ),
            averages(seen),
            number,
        )
        truth = averages(unseen)(found.chosen).mean()
        off.append((truth - found.value) / found.error)
        raw.append((truth - found.raw) / found.error)
    assert np.mean(raw) > np.mean(off) + 0.1
    assert -0.6 < np.mean(off) < 0.2 + 2 * np.std(off) / len(off) ** 0.5
