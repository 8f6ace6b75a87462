"""Validation losses row by row, at epochs spread over a run whose length nobody knows yet."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Int32

MOST_EPOCHS = 200
MOST_VALUES = 25_000_000  # 100 MB a run


class RowLosses:
    """Keeps every k-th epoch, the best and the last; doubles k whenever it holds too many.

    Args:
        rows: number of validation rows. Beyond 125,000 fewer than 200 epochs are kept.

    Example:
        >>> kept = RowLosses(rows=1)
        >>> for epoch in range(500):
        ...     kept.add(epoch, np.full((1, 1), epoch, np.float32), best=333)
        >>> epochs, losses = kept.kept()
        >>> len(epochs) <= 200, 333 in epochs, 499 in epochs
        (True, True, True)
    """

    def __init__(self, rows: int) -> None:
        self.limit = max(1, min(MOST_EPOCHS, MOST_VALUES // rows) - 2)
        self.stride = 1
        self.spread: dict[int, np.ndarray] = {}
        self.best: tuple[int, np.ndarray] | None = None
        self.last: tuple[int, np.ndarray] | None = None

    def add(self, first: int, losses: Float32[np.ndarray, "epochs rows"], best: int) -> None:
        """Take the losses of the epochs from `first`; `best` is the best epoch so far."""
        for epoch in range(first, first + len(losses)):
            if epoch % self.stride == 0:
                self.spread[epoch] = losses[epoch - first].copy()
                while len(self.spread) > self.limit:
                    self.stride *= 2
                    self.spread = {e: x for e, x in self.spread.items() if e % self.stride == 0}
        if first <= best < first + len(losses):
            self.best = (best, losses[best - first].copy())
        self.last = (first + len(losses) - 1, losses[-1].copy())

    def kept(self) -> tuple[Int32[np.ndarray, " kept"], Float32[np.ndarray, "kept rows"]]:
        """The epochs, rising, and the losses at them."""
        everything = dict(self.spread)
        for pair in (self.best, self.last):
            if pair is not None:
                everything[pair[0]] = pair[1]
        epochs = sorted(everything)
        return np.array(epochs, np.int32), np.stack([everything[epoch] for epoch in epochs])
