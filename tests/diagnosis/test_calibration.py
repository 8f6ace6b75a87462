"""A small fixed part of `make calibrate`: the rates that docs/how-verdicts-work.md states.

Curves with a known trend stand for runs with a known population loss here; the page's own
figures come from trained networks, which take too long for a test.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys

import numpy as np
from scipy.signal import lfilter

from fitscope.history import History, RowLosses
from fitscope.verdicts.judge import diagnose

ROWS, EPOCHS, RUNS = 500, 150, 120


def made_up(seed: int, rise: float) -> History:
    """A run near its optimum whose true loss rises by a share `rise`, seen on a few rows.

    Rows differ in how the rise strikes them, and epochs in a noise that neighbours share.
    """
    random = np.random.default_rng(seed)
    epochs = np.arange(EPOCHS)
    fall = 0.3 * np.exp(-epochs / random.uniform(8, 20))
    turn = random.integers(50, 90)
    along = np.clip((epochs - turn) / (EPOCHS - 20 - turn), 0, 1)
    each = random.exponential(0.55, ROWS)
    drift = random.normal(0, 0.15, ROWS) + 0.55 * rise
    shared = lfilter([1], [1, -0.3], random.normal(0, random.uniform(0.001, 0.006), EPOCHS))
    own = random.normal(0, 0.02, (EPOCHS, ROWS))
    losses = each + (fall + shared)[:, None] + along[:, None] * drift + own
    train = 0.5 + fall - 5e-4 * epochs + random.normal(0, 0.002, EPOCHS)
    kept = RowLosses(epochs[::3], losses[::3])
    return History("made up", "binary_crossentropy", epochs, train, losses.mean(axis=1), rows=kept)


def called_overfit(rise: float, first: int) -> float:
    labels = [diagnose(made_up(first + seed, rise)).label for seed in range(RUNS)]
    return labels.count("overfit") / RUNS


def test_what_did_not_rise_is_rarely_called_overfit():
    assert called_overfit(0.0, 0) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / RUNS)


def test_a_clear_rise_is_found():
    assert called_overfit(0.08, 10_000) >= 0.8


def test_a_hundred_histories_take_no_time():
    code = """
import time
import numpy as np
from fitscope.history import History
from fitscope.verdicts.judge import diagnose
epochs = np.arange(1_000)
fall = 0.5 + np.exp(-epochs / 100)
curves = fall + np.random.default_rng(0).normal(0, 0.01, (101, 1_000))
for number, curve in enumerate(curves):
    if number == 1:  # the first one imports
        began = time.process_time()
    diagnose(History("made up", "loss", epochs, curve - 0.1, curve))
print(time.process_time() - began)
"""
    one_core = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=one_core, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 2.5  # half a second on an idle machine
