"""A loss in large units is no diverged one where the constant predictor is known."""

from __future__ import annotations

import numpy as np
import pytest

import fitscope as fs
from fitscope.history import History


@pytest.mark.parametrize("unit", [1.0, 1e16, 1e28])
def test_units_decide_nothing(unit: float):
    epochs = np.arange(60)
    train = 0.9**epochs
    validation = 0.4 + train + 0.01 * np.maximum(epochs - 25, 0)
    history = History("a", "mse", epochs, unit * train, unit * validation, reference=1.5 * unit)
    assert fs.diagnose(history).label == "overfit"


@pytest.mark.parametrize("trained", [True, False])
def test_far_from_the_target_and_coming_nearer_is_not_diverged(trained: bool):
    """A network begins near 0; prices do not."""
    epochs = np.arange(30)
    falls = 10_000.0 - 20 * epochs
    history = History("a", "mse", epochs, falls if trained else None, falls + 50, reference=276.0)
    verdict = fs.diagnose(history)
    assert verdict.label == "underfit"
    assert verdict.advice[0].startswith("Train longer")
    stays = falls[0] + 300 * np.random.default_rng(0).normal(size=30)
    assert fs.diagnose(History("a", "mse", epochs, stays, stays, reference=276.0)).label != "good"
    assert (
        "diverged"
        in fs.diagnose(History("a", "mse", epochs, stays, stays, reference=276.0)).explanation
    )
