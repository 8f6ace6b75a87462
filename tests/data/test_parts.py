"""Parts are apart, whole, as large as asked, stratified, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.data.parts import FEWEST, Parts, cut
from fitscope.errors import UserError


def check(folds: tuple[Parts, ...], rows: int) -> None:
    """Every row is in one part of each fold; with several folds each that does not test validates
    at most once."""
    for parts in folds:
        together = np.concatenate([parts.train, parts.validation, parts.test])
        assert np.array_equal(np.sort(together), np.arange(rows))
        assert min(len(parts.train), len(parts.validation)) > 0
        assert np.array_equal(parts.test, folds[0].test)
        for part in (parts.train, parts.validation, parts.test):
            assert (np.diff(part) > 0).all()
    validated = np.concatenate([parts.validation for parts in folds])
    assert len(np.unique(validated)) == len(validated)


@given(
    rows=st.integers(FEWEST, 400),
    kinds=st.integers(1, 6),
    test=st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5]),
    folds=st.sampled_from(["auto", 1, 2, 3, 5, 10]),
    seed=st.integers(0, 3),
)
@settings(deadline=None, max_examples=150)
def test_random_parts_hold_their_share_of_every_class(
    rows: int, kinds: int, test: float, folds: int | str, seed: int
):
    classes = np.random.default_rng(rows).geometric(0.5, rows).clip(max=kinds) - 1
    found = cut(rows, classes=classes, test=test, folds=folds, seed=seed)  # pyright: ignore
    check(found, rows)
    assert len(found) == (5 if folds == "auto" else folds)
    share = 0.25
    for kind, count in enumerate(np.bincount(classes)):
        left = count - np.sum(classes[found[0].test] == kind)
        if count > 2:
            assert abs(np.sum(classes[found[0].test] == kind) - count * test) <= 1
        each = [np.sum(classes[parts.validation] == kind) for parts in found]
        if len(found) > 1:
            assert max(each) - min(each) <= 1
            assert left - len(found) < sum(each) <= left
        for parts, held in zip(found, each, strict=True):
            assert len(found) > 1 or abs(held - left * share) <= 1
            assert count == 0 or np.sum(classes[parts.train] == kind) > 0


@given(st.integers(FEWEST, 400), st.integers(1, 6), st.integers(2, 10), st.booleans())
@settings(deadline=None, max_examples=50)
def test_folds_are_of_equal_size_and_leave_the_fewest_rows_to_training(
    rows: int, kinds: int, folds: int, stratified: bool
):
    classes = np.random.default_rng(rows).geometric(0.5, rows).clip(max=kinds) - 1
    found = cut(rows, classes=classes if stratified else None, folds=folds)
    (size,) = {len(parts.validation) for parts in found}
    (train,) = {len(parts.train) for parts in found}
    usable = rows - len(found[0].test)
    assert train == usable - size
    alone = np.sum(np.bincount(np.delete(classes, found[0].test)) == 1) if stratified else 0
    assert size == (usable - alone) // folds
    always = set.intersection(*(set(parts.train.tolist()) for parts in found))
    assert len(always) == usable - folds * size


def test_the_same_seed_gives_the_same_parts_on_every_machine():
    first, again, other = (cut(100, seed=seed)[0] for seed in (0, 0, 1))
    assert np.array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)
    assert first.test[:5].tolist() == PINNED


PINNED = [0, 10, 13, 14, 15]


def test_one_part_where_rows_are_plenty_and_no_larger_than_needed():
    assert len(cut(6_249)) == 5
    (parts,) = cut(6_250)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (3750, 1250, 1250)
    (parts,) = cut(1_000_000)
    assert (len(parts.validation), len(parts.test)) == (50_000, 200_000)


@given(
    st.lists(st.integers(0, 40), min_size=FEWEST, max_size=300),
    st.sampled_from([0.0, 0.2]),
    st.sampled_from(["auto", 1, 3]),
    st.booleans(),
)
@settings(deadline=None, max_examples=100)
def test_a_group_stays_in_one_part(
    drawn: list[int], test: float, folds: int | str, stratified: bool
):
    groups = np.unique(drawn, return_inverse=True)[1]
    if groups.max() < 6:
        return
    classes = groups % 2 if stratified else None
    found = cut(len(groups), groups=groups, classes=classes, test=test, folds=folds)  # pyright: ignore
    check(found, len(groups))
    for parts in found:
        held = [set(groups[part]) for part in (parts.train, parts.validation, parts.test)]
        assert sum(map(len, held)) == groups.max() + 1


def test_many_groups_fill_parts_to_their_share_and_their_classes():
    random = np.random.default_rng(0)
    groups = np.unique(random.integers(0, 200, 2_000), return_inverse=True)[1]
    classes = (random.random(groups.max() + 1) < 0.2).astype(int)[groups]
    for parts in cut(2_000, groups=groups, classes=classes):
        assert abs(len(parts.test) - 400) < 20
        assert abs(len(parts.validation) - 320) < 20
        for part in (parts.train, parts.validation, parts.test):
            assert abs(classes[part].mean() - classes.mean()) < 0.03


@given(
    st.lists(st.integers(0, 30), min_size=FEWEST, max_size=300).filter(lambda d: len(set(d)) > 2),
    st.sampled_from([0.0, 0.2, 0.4]),
)
@settings(deadline=None, max_examples=100)
def test_later_rows_validate_and_the_latest_test(drawn: list[int], test: float):
    order = np.array(drawn)
    found = cut(len(order), order=order, test=test)
    check(found, len(order))
    (parts,) = found
    assert order[parts.train].max() < order[parts.validation].min()
    if test:
        assert order[parts.validation].max() < order[parts.test].min()
    else:
        assert not len(parts.test)


def test_a_class_of_one_row_is_learnt_and_never_validated():
    classes = np.array([0, 1] * 50 + [2])
    for parts in cut(101, classes=classes):
        assert 100 in parts.train


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (20, {}, "20 rows are too few"),
        (100, {"test": 0.7}, "a test share of 0.7 cannot be"),
        (100, {"test": -0.1}, "a test share of -0.1 cannot be"),
        (100, {"folds": 0}, "0 folds of 80 rows cannot be"),
        (100, {"folds": 60}, "60 folds of 80 rows cannot be"),
        (100, {"groups": np.arange(100) % 3, "folds": 5}, "3 groups are too few for 6 parts"),
        (100, {"order": np.arange(100) % 2}, "too few different values"),
    ],
)
def test_parts_that_cannot_be(rows: int, options: dict, said: str):
    with pytest.raises(UserError, match=said):
        cut(rows, **options)
