"""Intervals of the best score and of the onset hold the truth as often as they say.

A small fixed part of `python -m calibration coverage`.
"""

from __future__ import annotations

import numpy as np
import pytest

from calibration.coverage import SHAPES, coverage, truth

CURVES = 40  # of every length and correlation
WITHIN = (0.93, 0.97)


@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_hold_the_truth(shape):
    found = [
        coverage(shape, epochs, correlation, CURVES // 2 if epochs == 1_000 else CURVES)
        for epochs in (100, 300, 1_000)
        for correlation in (0.0, 0.4)
    ]
    times = np.array([one.times for one in found])
    chance = 2 * np.sqrt(0.95 * 0.05 / times.sum())
    best = np.average([one.best for one in found], weights=times)
    assert WITHIN[0] - chance <= best <= WITHIN[1] + chance
    assert np.mean([one.width for one in found]) < 1.5
    if shape != "flat":
        onset = np.average([one.onset or 0.0 for one in found], weights=times)
        assert onset >= WITHIN[0] - chance
        assert np.mean([one.place for one in found]) < 0.25


@pytest.mark.parametrize("shape", SHAPES)
def test_the_simulated_truth_has_its_minimum_where_it_should(shape):
    """The exponential plus a line is at its lowest where its slope is 0: at the turn."""
    for seed in range(5):
        path = truth(shape, 2_001, np.random.default_rng(seed))
        assert path.min() == pytest.approx(0, abs=1e-6)
        if shape != "flat":
            assert path[-1] == pytest.approx(1)
            assert 0.05 < np.argmin(path) / 2_000 < 0.71
