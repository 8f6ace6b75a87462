"""Curves of which the trend is flat: how often noise alone is called overfitting.

python -m calibration.flat
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from calibration.table import table
from fitscope.history import History
from fitscope.verdicts.judge import diagnose

EPOCHS = (5, 8, 12, 20, 40, 100, 300, 1_000)
CORRELATIONS = (0.0, 0.5, 0.8)
TIMES = 600
SIZE = 0.05  # of the noise, as a share of the loss; without noise nothing is called overfit


def called_overfit(epochs: int, correlation: float, times: int, fall: float) -> float:
    """Share of flat histories called overfit.

    Args:
        epochs: length of each.
        correlation: of the noise of neighbouring epochs.
        times: number of histories.
        fall: how far the curve falls in its first tenth, before it is flat.

    Returns:
        The share.
    """
    random = np.random.default_rng([epochs, int(10 * correlation), int(10 * fall)])
    at = np.linspace(0, 1, epochs)
    count = 0
    for _ in range(times):
        steps = lfilter([1], [1, -correlation], random.normal(size=epochs + 200))[200:]
        noise = SIZE * np.sqrt(1 - correlation**2) * steps
        validation = 1 + fall * np.exp(-at / 0.04) + noise
        history = History("made up", "loss", np.arange(epochs), 0.5 - 0.1 * at, validation)
        count += diagnose(history).label == "overfit"
    return count / times


def report(times: int = TIMES) -> str:
    """The table for docs/how-verdicts-work.md."""
    lines = []
    for epochs in EPOCHS:
        shares = [
            f"{100 * called_overfit(epochs, correlation, times, fall):.1f} %"
            for fall in (0.0, 0.5)
            for correlation in CORRELATIONS
        ]
        lines.append([f"{epochs:,}", *shares])
    said = (
        f"Made-up curves, noise of {100 * SIZE:g} % of the loss, {times:,} for each figure: called "
        "overfit though they are flat, from the start or after a fall. ρ is the correlation of "
        "the noise of neighbouring epochs."
    )
    head = ["epochs"]
    for name in ("flat", "after a fall"):
        head += [f"{name}, ρ = {correlation:g}" for correlation in CORRELATIONS]
    return said + "\n\n" + table(head, lines)


if __name__ == "__main__":
    print(report())
