"""Equal rows are counted exactly, and chance is estimated without bias that matters."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from fitscope.data.equal_rows import by_chance, equal_pairs, row_blocks
from fitscope.examination.checks.contradictions import contradictions

small = st.lists(st.integers(0, 5), max_size=12)


@given(small, small)
def test_pairs(a, b):
    expected = sum(one == two for one in a for two in b)
    assert equal_pairs(np.array(a, np.uint64), np.array(b, np.uint64)) == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("xy"), st.booleans()), min_size=2))
def test_keys_are_equal_where_rows_are(rows):
    frame = pl.DataFrame(rows, schema=["a", "b", "c"], orient="row")
    keys = row_blocks(frame, [frame[name].n_unique() for name in frame.columns]).sum(axis=1)
    for i, row in enumerate(rows):
        for j, other in enumerate(rows):
            assert (keys[i] == keys[j]) == (row == other)


def test_many_columns_in_few_blocks():
    frame = pl.DataFrame(np.arange(600).reshape(20, 30))
    assert row_blocks(frame, [20] * 30).shape == (20, 8)


def test_chance_of_columns_that_know_nothing_of_each_other():
    """The estimate is what is found, on average, where all equal rows are chance."""
    found, estimated = [], []
    for seed in range(30):
        random = np.random.default_rng(seed)
        frame = pl.DataFrame(random.integers(0, 5, (1_200, 6)))
        blocks = row_blocks(frame, [5] * 6)
        equal, chance = by_chance(blocks, np.arange(900), np.arange(900, 1_200))
        found.append(equal)
        estimated.append(chance)
    assert np.mean(found) > 10
    # The largest of fifteen estimates is taken, so it may be too large, never too small.
    assert np.mean(found) < np.mean(estimated) < 1.5 * np.mean(found)


def test_copies_of_rows_that_never_repeat_are_no_chance():
    random = np.random.default_rng(0)
    frame = pl.DataFrame(random.normal(size=(500, 3)))
    rows = np.concatenate([np.arange(400), np.arange(30)])
    blocks = row_blocks(frame[rows], [400] * 3)
    assert by_chance(blocks, np.arange(400), np.arange(400, 430)) == (30, 0.0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40))
def test_no_rule_beats_the_bound(rows):
    """Against the majority of each group of equal rows, counted one by one."""
    keys, y = (np.array(values) for values in zip(*rows, strict=True))
    wrong = sum(
        (keys == key).sum() - max(((keys == key) & (y == label)).sum() for label in range(3))
        for key in set(keys.tolist())
    )
    found = contradictions(keys.astype(np.uint64), y.astype(float), 3)
    assert np.isclose(found.wrong, wrong / len(rows))
    shares = [np.mean(y[keys == key] == label) for key, label in zip(keys, y, strict=True)]
    assert np.isclose(found.loss, -np.mean(np.log(shares)), atol=1e-12)


def test_bound_of_a_regression():
    """Against a regression tree that learns the table by heart."""
    from sklearn.tree import DecisionTreeRegressor

    random = np.random.default_rng(0)
    keys = random.integers(0, 50, 400)
    y = keys + random.normal(size=400)
    fitted = DecisionTreeRegressor().fit(keys[:, None], y).predict(keys[:, None])
    found = contradictions(keys.astype(np.uint64), y, 0)
    assert np.isclose(found.loss, np.mean((y - fitted) ** 2))
    assert found.rows == 400
