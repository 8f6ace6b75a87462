"""One way of writing training logs, and the curves that must be read back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

EPOCHS = 24
Numbers = Mapping[str, np.ndarray]


def curves(shape: str) -> Numbers:
    """Losses `t` and `v` of training and validation, accuracies `a` and `w`, as they are printed.

    `pa` and `pw` are the accuracies in percent, `lo` and `hi` lie as far below and above `t`, `n`
    counts epochs from 1, `n0` from 0, `s` is the step at an epoch's end.
    """
    n = np.arange(1, EPOCHS + 1)
    noise = np.random.default_rng(3).normal(0, 0.002, (2, EPOCHS))
    fast, slow = np.exp(-n / 3), np.exp(-n / 30)
    t, v = {
        "overfit": (0.1 + 1.2 * slow, 0.6 + 0.9 * fast + 0.04 * np.maximum(n - 7, 0)),
        "good": (0.3 + 1.2 * fast, 0.45 + 1.1 * fast),
        "improving": (0.2 + 1.3 * slow, 0.3 + 1.3 * slow),
    }[shape]
    t, v = (np.round(curve + one, 4) for curve, one in zip((t, v), noise, strict=True))
    a, w = np.round(1 - t / 2, 4), np.round(1 - v / 2, 4)
    pa, pw = np.round(100 * a, 2), np.round(100 * w, 2)
    lo, hi = np.round(t - 0.1, 4), np.round(t + 0.1, 4)
    best = np.minimum.accumulate(v)
    every = {"t": t, "v": v, "a": a, "w": w, "pa": pa, "pw": pw, "lo": lo, "hi": hi, "best": best}
    return {**every, "n": n, "n0": n - 1, "s": 100 * n, "half": 100 * n - 50, "s0": 100 * (n - 1)}


@dataclass(frozen=True)
class Dialect:
    """A way of writing logs.

    Attributes:
        name: of the program, and what is special.
        body: what it writes for each epoch, a format with the names of `curves`; or a function
            that makes whole files of them, by their paths.
        train: which of the curves must be found as the training curve; None where none is there.
        val: which must be found as the validation curve.
        at: what the axis must be.
        step: what its unit must be.
        head: what stands before the first epoch.
        foot: what stands behind the last.
        ending: of the file's name.
    """

    name: str
    body: str | Callable[[Numbers], Mapping[str, str]]
    train: str | None = "t"
    val: str = "v"
    at: str = "n"
    step: str = "epoch"
    head: str = ""
    foot: str = ""
    ending: str = "txt"

    def files(self, numbers: Numbers) -> Mapping[str, str]:
        """Texts by path."""
        if not isinstance(self.body, str):
            return self.body(numbers)
        text = self.head + "".join(self.body.format(**row) for row in rows(numbers)) + self.foot
        return {f"log.{self.ending}": text}


def rows(numbers: Numbers) -> list[dict[str, float]]:
    """The numbers of each epoch, as plain Python's."""
    return [{name: c[i].item() for name, c in numbers.items()} for i in range(EPOCHS)]
