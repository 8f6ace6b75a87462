"""Epochs that noise cannot tell from the best: simulated curves whose minimum is known."""

import numpy as np
import pytest

import fitscope as fs
from fitscope.diagnosis.equals import as_good
from fitscope.diagnosis.lowest import lowest
from fitscope.diagnosis.trend import trend


@pytest.mark.parametrize(("epochs", "noise"), [(40, 0.01), (150, 0.01), (150, 0.002), (600, 0.02)])
def test_the_true_minimum_is_among_them(epochs, noise):
    at = np.arange(epochs)
    truth = 0.5 + 0.4 * ((at - 0.4 * epochs) / epochs) ** 2
    held, size = 0, []
    for seed in range(100):
        found = trend(truth + np.random.default_rng(seed).normal(0, noise, epochs))
        stretches = as_good(found, lowest(found))
        held += any(first <= truth.argmin() <= last for first, last in stretches)
        size.append(sum(last - first + 1 for first, last in stretches) / epochs)
    assert held >= 93
    assert np.median(size) < 0.5


def test_they_are_few_where_the_curve_is_steep_and_many_where_it_is_flat():
    at = np.arange(100)
    sizes = {"steep": [], "flat": []}
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(0, 0.003, 100)
        for name, truth in (("steep", 0.01 * np.abs(at - 50)), ("flat", 0.0 * at)):
            found = fs.diagnose({"val_loss": 0.5 + truth + noise}).evidence.as_good
            sizes[name].append(sum(last - first + 1 for first, last in found))
    assert np.median(sizes["steep"]) <= 15
    assert np.median(sizes["flat"]) >= 90


def test_the_best_epoch_is_one_of_them_in_the_log_s_own_numbers():
    at = np.arange(40)
    loss = 0.5 + 0.001 * (at - 20.0) ** 2
    verdict = fs.diagnose({"step": 250 * at, "val_loss": loss})
    assert verdict.evidence.step == "step"
    assert any(a <= verdict.best_epoch <= b for a, b in verdict.evidence.as_good)
    assert fs.Verdict.from_dict(verdict.as_dict()).evidence.as_good == verdict.evidence.as_good
