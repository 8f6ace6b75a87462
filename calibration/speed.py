"""How long verdicts take.

OPENBLAS_NUM_THREADS=1 python -m calibration.speed
"""

from __future__ import annotations

import time

import numpy as np

from fitscope.history import History
from fitscope.verdicts.judge import diagnose

HISTORIES, EPOCHS = 1_000, 1_000


def report() -> str:
    """A sentence for docs/how-verdicts-work.md."""
    random = np.random.default_rng(0)
    epochs = np.arange(EPOCHS)
    made = []
    for number in range(HISTORIES):
        fall = np.exp(-epochs / random.uniform(30, 300))
        rise = random.choice([0.0, 2e-4]) * np.maximum(epochs - random.integers(200, 800), 0)
        noise = random.normal(0, random.uniform(0.001, 0.02), (2, EPOCHS))
        train, validation = 0.3 + fall + noise[0], 0.5 + fall + rise + noise[1]
        made.append(History(str(number), "loss", epochs, train, validation))
    diagnose(made[0])  # imports
    before = time.process_time()
    for history in made:
        diagnose(history)
    seconds = time.process_time() - before
    return (
        f"{HISTORIES:,} histories of {EPOCHS:,} epochs: {seconds:.1f} seconds of processor time, "
        "on one core."
    )


if __name__ == "__main__":
    print(report())
