"""How often 95 % intervals hold the truth: of the best score, and of where the rise begins.

python -m calibration.coverage
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.signal import lfilter

from calibration.table import table
from fitscope.diagnosis.lowest import lowest
from fitscope.diagnosis.onset import onset
from fitscope.diagnosis.trend import trend

SHAPES = ("flat", "parabola", "kink", "exponential plus line", "plateau")
EPOCHS = (100, 300, 1_000)
CORRELATIONS = (0.0, 0.4, 0.7)
RISES = (2.0, 30.0)  # standard deviations of the noise, log-uniform
SPIKES, FAR = 0.005, (6.0, 15.0)  # share of epochs, and how many standard deviations they are off
TIMES = 500
SURE = 1.96


@dataclass(frozen=True)
class Coverage:
    """What came of simulated curves of one kind.

    Attributes:
        times: curves.
        best: share of them whose interval of the best score holds the true minimum.
        width: mean width of these intervals over the width that estimates which scatter as they
            do would need, were they scattered around the truth.
        onset: share whose interval of the onset holds the true one; None where nothing rises.
        place: mean width of the intervals of the onset, as a share of the epochs.
    """

    times: int
    best: float
    width: float
    onset: float | None
    place: float


def truth(shape: str, epochs: int, random: np.random.Generator) -> Float[np.ndarray, " epochs"]:
    """A curve without noise: its minimum is 0 (but for the grid of epochs), it ends at 1.

    Args:
        shape: one of `SHAPES`.
        epochs: its length.
        random: draws where it turns, how much higher it begins, how fast it falls.
    """
    at = np.linspace(0, 1, epochs)
    turn = at[int(random.uniform(0.25, 0.7) * epochs)]
    begin = random.uniform(0.5, 3)
    rise = np.maximum(at - turn, 0) / (1 - turn)
    if shape == "flat":
        return np.zeros(epochs)
    if shape == "parabola":
        return ((at - turn) / (1 - turn)) ** 2
    if shape == "kink":
        return begin * np.maximum(turn - at, 0) / turn + rise
    if shape == "plateau":
        fallen = turn - random.uniform(0.1, 0.2)
        return begin * np.maximum(fallen - at, 0) / fallen + rise
    fast = random.uniform(0.05, 0.2)
    both = fast * np.exp(-(at - turn) / fast) + at - turn - fast
    return both / both[-1]


def curves(
    shape: str, epochs: int, correlation: float, times: int
) -> Iterator[tuple[Float[np.ndarray, " epochs"], float, int | None]]:
    """Noisy curves, each with its true minimum and the last place at which it is there."""
    random = np.random.default_rng([SHAPES.index(shape), epochs, int(100 * correlation)])
    for _ in range(times):
        rise = np.exp(random.uniform(*np.log(RISES)))
        path = rise * truth(shape, epochs, random)
        steps = lfilter([1], [1, -correlation], random.normal(size=epochs + 200))[200:]
        noise = np.sqrt(1 - correlation**2) * steps
        spikes = (random.uniform(size=epochs) < SPIKES) * random.uniform(*FAR, size=epochs)
        least = float(path.min())
        last = None if shape == "flat" else int(np.flatnonzero(path <= least + 1e-9)[-1])
        yield path + noise + spikes, least, last


def coverage(shape: str, epochs: int, correlation: float, times: int) -> Coverage:
    """Simulate curves of one shape and see which intervals hold the truth.

    Args:
        shape: one of `SHAPES`.
        epochs: their length.
        correlation: of the noise of neighbouring epochs.
        times: how many.
    """
    off, errors, held, wide = [], [], [], []
    for curve, least, turns in curves(shape, epochs, correlation, times):
        low = lowest(trend(curve))
        off.append(low.corrected - least)
        errors.append(low.error)
        if turns is not None:
            _, first, last = onset(low)
            held.append(first <= turns <= last)
            wide.append((last - first + 1) / epochs)
    return Coverage(
        times=times,
        best=float(np.mean(np.abs(off) <= SURE * np.array(errors))),
        width=float(np.mean(errors) / np.std(off)),
        onset=float(np.mean(held)) if held else None,
        place=float(np.mean(wide)) if wide else 0.0,
    )


def report(times: int = TIMES) -> str:
    """The table for docs/how-verdicts-work.md."""
    lines = []
    for shape in SHAPES:
        for epochs in EPOCHS:
            found = [coverage(shape, epochs, correlation, times) for correlation in CORRELATIONS]
            held = [one.onset for one in found if one.onset is not None]
            lines.append(
                [
                    shape,
                    f"{epochs:,}",
                    *(f"{100 * one.best:.1f} %" for one in found),
                    f"{np.mean([one.width for one in found]):.2f}",
                    *(f"{100 * share:.1f} %" for share in held or []),
                    *([] if held else ["", "", ""]),
                    f"{100 * np.mean([one.place for one in found]):.0f} %" if held else "",
                ]
            )
    said = (
        f"Made-up curves of known shape, {times:,} for each figure (± 1 %): rises of "
        f"{RISES[0]:g} to {RISES[1]:g} standard deviations of the noise, now and then a spike. "
        "How often the 95 % interval of the best score holds the true minimum, its mean width "
        "over the width that the scatter of the estimates needs; how often the 95 % interval of "
        "the onset holds the true one, and its mean width as a share of the epochs. ρ is the "
        "correlation of the noise of neighbouring epochs."
    )
    head = ["shape", "epochs", *(f"best, ρ = {c:g}" for c in CORRELATIONS), "width"]
    head += [*(f"onset, ρ = {c:g}" for c in CORRELATIONS), "width"]
    return said + "\n\n" + table(head, lines)


if __name__ == "__main__":
    print(report())
