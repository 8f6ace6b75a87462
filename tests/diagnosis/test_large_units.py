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
