"""Telling samples apart: areas against scikit-learn, their errors and levels by simulation."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from fitscope.examination.checks.drift import SURE, telling_columns
from fitscope.examination.checks.seen import Part
from fitscope.examination.checks.target_drift import shift
from fitscope.examination.checks.two_samples import area, area_error, tell_apart


def test_area():
    random = np.random.default_rng(0)
    scores, second = random.integers(0, 9, 200) / 9, random.random(200) < 0.3
    assert np.isclose(area(scores, second), roc_auc_score(second, scores))


def test_error_of_the_area():
    """Hanley and McNeil's formula is about that of negative exponential scores."""
    random = np.random.default_rng(1)
    for factor in (1.0, 3.0):
        second = np.arange(140) >= 80
        areas = [
            area(random.exponential(np.where(second, factor, 1.0)), second) for _ in range(2_000)
        ]
        assert np.isclose(np.std(areas), area_error(float(np.mean(areas)), 80, 60), rtol=0.06)


def test_samples_of_one_population():
    """The score has a spread of 1 at most, so that the level holds."""
    random = np.random.default_rng(2)
    scores = []
    for _ in range(24):
        x = np.round(random.normal(size=(160, 4)), 1).astype(np.float32)
        scores.append(tell_apart(x[:110], x[110:]).score)
    assert np.std(scores) < 1.3  # of 24 draws with a spread of 1, once in 50
    assert max(scores) < SURE


def test_columns_that_tell():
    random = np.random.default_rng(3)
    a, b = (random.normal(size=(800, 12)).astype(np.float32) for _ in range(2))
    b[:, 5] += 0.4
    b[:, 2] += 1.0
    names = tuple(f"x{i}" for i in range(12))
    assert telling_columns(Part(a, a[:, 0]), Part(b, b[:, 0]), names) == ["x2", "x5"]


def test_targets_of_one_population():
    """Both tests of the target hold their level of one in 200."""
    random = np.random.default_rng(4)
    classes = [shift(*np.split(random.choice(3, 900, p=[0.6, 0.3, 0.1]), 2), 3) for _ in range(400)]
    values = [shift(*np.split(random.exponential(size=900), 2), 0) for _ in range(400)]
    for found in (classes, values):
        assert sum(one is not None for one in found) <= 7  # 2 expected; more than 7 once in 1,000
