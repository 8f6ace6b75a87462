"""Differences across folds: against the formula, and against cross-validation of real learners.

A small part of `python -m calibration folds`.
"""

from __future__ import annotations

import numpy as np
import pytest

from fitscope.diagnosis.compare import RowScores, difference, differences
from fitscope.diagnosis.folds import Folds
from fitscope.errors import UserError


def test_one_round_is_nadeau_and_bengio_with_the_variance_of_rows():
    """(1/J + n_test/n_train) σ², σ² the variance between rows over n_test."""
    rows = np.random.default_rng(0).normal(size=100)
    of = np.arange(100) % 5
    rows -= np.array([rows[of == fold].mean() for fold in range(5)])[of]  # folds all alike
    found = difference(rows[None], folds=Folds(of, train=80))
    sigma2 = rows.var(ddof=1) / 20
    assert found.error**2 == pytest.approx((1 / 5 + 20 / 80) * sigma2)


def test_a_fold_that_went_wrong_makes_the_difference_unsure():
    rows = np.random.default_rng(0).normal(size=500)
    of = np.arange(500) % 5
    folds = Folds(of, train=400)
    plain = difference(rows[None], folds=folds)
    wrong = difference((rows + 3.0 * (of == 2))[None], folds=folds)
    assert wrong.error == pytest.approx(3.0 / 5, rel=0.1)  # a mean of one 3 and four zeros
    assert wrong.p > 0.3 > 2 * plain.error
    assert folds.scatter(np.where(of == 2, 3.0, 0.0)) == pytest.approx(9 / 25)


def test_rows_alone_leave_no_scatter_on_average():
    """Unbiased before it is cut off at zero: below zero as often as above."""
    random = np.random.default_rng(1)
    folds = Folds(np.arange(200) % 5, train=160)
    above = [folds.scatter(random.exponential(size=200)) > 0 for _ in range(2_000)]
    assert 0.35 < np.mean(above) < 0.5  # the mean of chi-square lies above its median


def test_scores_carry_their_folds():
    random = np.random.default_rng(2)
    folds = Folds(random.integers(0, 5, 60), train=48)
    a, b = (RowScores(name, {"loss": random.normal(size=(3, 60))}, folds=folds) for name in "ab")
    expected = difference(a.metrics["loss"], b.metrics["loss"], folds=folds)
    assert differences(a, b)["loss"] == expected
    assert expected.error > difference(a.metrics["loss"], b.metrics["loss"]).error


def test_one_fold_is_none():
    with pytest.raises(UserError, match="two folds"):
        Folds(np.zeros(10, int), train=8)
