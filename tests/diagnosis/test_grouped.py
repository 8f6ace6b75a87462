"""Rows that come in groups: as many values as groups, with the errors of a cluster sample."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fitscope.diagnosis.compare import difference
from fitscope.diagnosis.folds import Folds
from fitscope.diagnosis.grouped import by_group
from fitscope.diagnosis.selection import plainest_alike, winner


def visits(random: np.random.Generator, groups: int) -> np.ndarray:
    """Numbers of groups of one to nine rows, rows of a group apart from each other."""
    return random.permutation(np.repeat(np.arange(groups), random.integers(1, 10, groups)))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.integers(0, 100))
def test_the_mean_is_that_of_the_rows(groups: list[int], seed: int):
    values = np.random.default_rng(seed).normal(size=(3, len(groups)))
    found = by_group(values, np.array(groups))
    assert found.shape == (3, len(set(groups)))
    np.testing.assert_allclose(found.mean(axis=-1), values.mean(axis=-1), atol=1e-12)


def test_groups_of_one_row_each_are_rows():
    values = np.random.default_rng(0).normal(size=(2, 50))
    np.testing.assert_allclose(by_group(values, np.arange(50)), values)
    alone, grouped = difference(values), difference(values, groups=np.arange(50))
    np.testing.assert_allclose(grouped.interval, alone.interval)


def test_intervals_of_differences_hold_the_truth_where_rows_of_a_group_are_alike():
    """Of 60 groups, whose rows share two thirds of their variance; 95 % asked, 2,000 draws."""
    random = np.random.default_rng(1)
    held = blind = 0
    for _ in range(2_000):
        groups = visits(random, 60)
        shared = random.normal(0, 1.0, 60)[groups]
        gain = 0.3 + shared + random.normal(0, 0.7, len(groups))
        low, high = difference(gain[None], groups=groups).interval
        held += low < 0.3 < high
        low, high = difference(gain[None]).interval
        blind += low < 0.3 < high
    assert 0.93 < held / 2_000 < 0.97
    assert blind / 2_000 < 0.75


def test_folds_do_not_scatter_more_for_groups_than_these_explain():
    """Without groups the likeness of a fold's rows is taken for what training rows change."""
    random = np.random.default_rng(2)
    told, blind = [], []
    for _ in range(400):
        groups = np.sort(visits(random, 100))
        folds = Folds(groups % 5, train=400)
        rows = random.normal(size=100)[groups] + random.normal(0, 0.3, len(groups))
        told.append(folds.scatter(rows, groups))
        blind.append(folds.scatter(rows))
    # a fifth of the variance of a fold's mean is that of the whole mean; none of it is excess
    assert np.mean(told) < 0.5 * np.mean(blind)


def test_a_choice_among_grouped_rows_is_no_surer_than_its_groups():
    """The other model is better in six of ten groups: rows alone would say that it is surely."""
    groups = np.repeat(np.arange(10), 20)
    hard = np.random.default_rng(3).exponential(0.5, 200)
    losses = np.stack([hard, hard + np.where(groups < 6, -0.1, 0.1)])
    assert plainest_alike(losses, [0, 1]) == 1
    assert plainest_alike(by_group(losses, groups), [0, 1]) == 0
    alike = np.repeat(hard[:10], 20)[None]
    one = lambda _: (0,)  # noqa: E731
    assert winner(by_group(alike, groups), one).error > 3 * winner(alike, one).error
