"""Runs on folds put together: which rows stand where, and how often equal models differ surely."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from fitscope.data.split import Split
from fitscope.diagnosis.around_best import AroundBest
from fitscope.diagnosis.compare import differences
from fitscope.errors import UserError
from fitscope.study.folder import Folder
from fitscope.study.rounds import Rounds, read_rounds, row_scores, store_places


@given(st.integers(2, 6), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_every_row_gets_its_own_value_back(folds, more, seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=2 * folds + more)
    places = np.array_split(random.permutation(len(values)), folds)
    rounds = Rounds(tuple(places), train=5)
    assert np.array_equal(rounds.whole([values[at] for at in places]), values)
    for fold, at in enumerate(places):
        assert (rounds.folds.of[at] == fold).all()


def test_only_complete_rounds_count():
    rounds = Rounds((np.array([0]), np.array([1])), train=1)
    one = AroundBest({"loss": np.array([1.0])}, {"loss": 0.3})
    counts = {}
    for known in ((0,), (0, 1), (0, 1, 2), (1, 2, 3), (0, 1, 2, 3)):
        scores = row_scores("m", dict.fromkeys(known, one), 2, rounds)
        counts[known] = None if scores is None else len(scores.metrics["loss"])
    assert counts == {(0,): None, (0, 1): 1, (0, 1, 2): 1, (1, 2, 3): 1, (0, 1, 2, 3): 2}
    assert row_scores("m", {0: one, 1: None}, 2, rounds) is None
    assert row_scores("m", {0: one, 1: one}, 2, None) is None
    wrong = AroundBest({"loss": np.array([1.0, 2.0])}, {"loss": 0.3})
    assert row_scores("m", {0: one, 1: wrong}, 2, rounds) is None


def test_a_row_belongs_to_one_fold(tmp_path):
    x, y = np.zeros((6, 1), np.float32), np.array([0, 1, 0, 1, 0, 1])
    split = Split(x[:4], y[:4], x[4:], y[4:])
    with pytest.raises(UserError, match="each row must be validated by one fold"):
        store_places(Folder(tmp_path), (split, split), (np.array([4, 5]), np.array([5, 6])))


@pytest.mark.parametrize("folds", [1, 2])
def test_groups_are_found_again_in_the_order_of_the_table(tmp_path, folds):
    x, y = np.zeros((6, 1), np.float32), np.array([0, 1, 0, 1, 0, 1])
    split = Split(x[:4], y[:4], x[4:], y[4:])
    places, groups = (np.array([5, 2]), np.array([3, 0])), (np.array([7, 8]), np.array([8, 9]))
    store_places(Folder(tmp_path), (split,) * folds, places[:folds], groups[:folds])
    document: Any = SimpleNamespace(data=SimpleNamespace(folds=folds, train_rows=4))
    rounds = read_rounds(document, Folder(tmp_path))
    assert rounds is not None
    assert (rounds.folds is None) == (folds == 1)
    one = AroundBest({"loss": np.array([0.5, 0.2])}, {"loss": 0.3})
    scores = row_scores("m", dict.fromkeys(range(folds), one), folds, rounds)
    assert scores.groups.tolist() == ([8, 7] if folds == 1 else [9, 8, 8, 7])
    assert scores.metrics["loss"][0].tolist() == sorted([0.2, 0.5] * folds)
    assert read_rounds(document, Folder(tmp_path / "other")) is None


def test_equal_models_differ_surely_as_rarely_as_is_said():
    """Least squares on one of two features that tell the same: five folds, one round, and two."""
    random, rows, folds, studies = np.random.default_rng(11), 80, 5, 400
    false = {1: 0, 2: 0}
    for _ in range(studies):
        x = random.normal(size=(rows, 2))
        y = x.sum(axis=1) + random.normal(size=rows)
        places = tuple(np.array_split(random.permutation(rows), folds))
        rounds = Rounds(places, train=rows - rows // folds)
        for count, wrong in false.items():
            sides = []
            for feature in (0, 1):
                runs = {}
                for run in range(count * folds):
                    at = places[run % folds]
                    rest = np.setdiff1d(np.arange(rows), at)
                    z, w = x[rest, feature], random.normal(1.0, 0.1, len(rest))  # a run's own luck
                    slope = (w * z * y[rest]).sum() / (w * z * z).sum()
                    losses = (y[at] - slope * x[at, feature]) ** 2
                    runs[run] = AroundBest({"loss": losses}, {"loss": 0.0})
                sides.append(row_scores(f"{feature}", runs, folds, rounds))
            false[count] = wrong + int(differences(*sides)["loss"].p < 0.05)
    for count, wrong in false.items():
        low, high = binomtest(wrong, studies).proportion_ci(0.999)
        assert low <= 0.05, (count, wrong / studies)
        assert high >= 0.015, (count, wrong / studies)
