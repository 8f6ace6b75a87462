"""Row orders: permutations, uniform, different wherever they should be."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fitscope.learners.streams import ORDER, STEPS, WEIGHTS, epoch_order, run_key, stream

numbers = st.integers(0, 2**40)


@settings(max_examples=50)
@given(rows=st.integers(1, 300), seed=numbers, repeat=numbers, epoch=numbers)
def test_an_order_is_a_permutation_and_comes_again(rows: int, seed: int, repeat: int, epoch: int):
    order = epoch_order(rows, seed, repeat, epoch)
    assert order.dtype == np.int32
    np.testing.assert_array_equal(np.sort(order), np.arange(rows))
    np.testing.assert_array_equal(order, epoch_order(rows, seed, repeat, epoch))


def test_other_arguments_other_orders():
    base = {"seed": 1, "repeat": 1, "epoch": 1}
    orders = [epoch_order(500, **base)]
    for name in base:
        orders += [epoch_order(500, **{**base, name: value}) for value in (0, 2, 3)]
    for one, other in combinations(orders, 2):
        assert (one == other).sum() < 12  # one is expected
        assert abs(stats.spearmanr(one, other).statistic) < 0.2


def test_every_row_is_equally_often_everywhere():
    epochs, rows = 3000, 12
    orders = np.stack([epoch_order(rows, 0, 0, epoch) for epoch in range(epochs)])
    counts = np.stack([np.bincount(place, minlength=rows) for place in orders.T])
    expected = epochs / rows
    scatter = ((counts - expected) ** 2 / expected).sum()
    assert 1e-4 < stats.chi2((rows - 1) ** 2).cdf(scatter) < 1 - 1e-4
    # and the order of one epoch says nothing about the next
    repeats = (orders[1:] == orders[:-1]).sum(axis=1)
    assert abs(repeats.mean() - 1) < 4 / np.sqrt(epochs)


def test_all_orders_are_equally_frequent():
    every = dict.fromkeys(permutations(range(4)), 0)
    for epoch in range(2400):
        every[tuple(epoch_order(4, 5, 2, epoch).tolist())] += 1
    assert stats.chisquare(list(every.values())).pvalue > 1e-4


def test_streams_are_apart():
    keys = {
        tuple(stream(seed, repeat, purpose, *more).generate_state(4).tolist())
        for seed in range(3)
        for repeat in range(3)
        for purpose, more in ((WEIGHTS, ()), (ORDER, (0,)), (ORDER, (1,)), (STEPS, ()))
    }
    assert len(keys) == 36
    assert len({tuple(run_key(s, r).tolist()) for s in range(10) for r in range(10)}) == 100
