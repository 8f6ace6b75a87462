"""Validation losses row by row, at epochs spread over a run whose length nobody knows yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float32, Int32

MOST_EPOCHS = 200
MOST_VALUES = 25_000_000  # 100 MB a run


class Kept(NamedTuple):
    """What is kept: the epochs, rising, and the rows' losses and scores at them.

    Scores are hits, and None where the losses tell them (see `Task.scores_of_losses`).
    """

    epochs: Int32[np.ndarray, " kept"]
    losses: Float32[np.ndarray, "kept rows"]
    scores: Bool[np.ndarray, "kept rows"] | None


class KeptRows:
    """Keeps every k-th epoch, the best and the last; doubles k whenever it holds too many.

    Args:
        rows: number of validation rows. Beyond 125,000 fewer than 200 epochs are kept.

    Example:
        >>> kept = KeptRows(rows=1)
        >>> for epoch in range(500):
        ...     kept.add(epoch, np.full((1, 1), epoch, np.float32), best=333)
        >>> epochs, losses, _ = kept.kept()
        >>> len(epochs) <= 200, 333 in epochs, 499 in epochs
        (True, True, True)
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.limit = max(1, min(MOST_EPOCHS, MOST_VALUES // rows) - 2)
        self.stride = 1
        self.spread: dict[int, tuple[np.ndarray, ...]] = {}
        self.best: tuple[int, tuple[np.ndarray, ...]] | None = None
        self.last: tuple[int, tuple[np.ndarray, ...]] | None = None

    def add(
        self,
        first: int,
        losses: Float32[np.ndarray, "epochs rows"],
        best: int,
        scores: Bool[np.ndarray, "epochs rows"] | None = None,
    ) -> None:
        """Take the rows of the epochs from `first`; `best` is the best epoch so far."""
        parts = (losses,) if scores is None else (losses, scores)

        def at(epoch: int) -> tuple[np.ndarray, ...]:
            return tuple(part[epoch - first].copy() for part in parts)

        for epoch in range(first, first + len(losses)):
            if epoch % self.stride == 0:
                self.spread[epoch] = at(epoch)
                while len(self.spread) > self.limit:
                    self.stride *= 2
                    self.spread = {e: x for e, x in self.spread.items() if e % self.stride == 0}
        if first <= best < first + len(losses):
            self.best = (best, at(best))
        last = first + len(losses) - 1
        self.last = (last, at(last))

    def kept(self) -> Kept:
        """The epochs and the rows at them; none before the first epoch."""
        everything = dict(self.spread)
        for pair in (self.best, self.last):
            if pair is not None:
                everything[pair[0]] = pair[1]
        if not everything:
            return Kept(np.empty(0, np.int32), np.empty((0, self.rows), np.float32), None)
        epochs = sorted(everything)
        losses, *scores = (
            np.stack(part) for part in zip(*(everything[e] for e in epochs), strict=True)
        )
        return Kept(np.array(epochs, np.int32), losses, scores[0] if scores else None)

    def as_arrays(self) -> dict[str, np.ndarray]:
        """All that it holds, for a checkpoint; `from_arrays` reads it back.

        Example:
            >>> kept = KeptRows(rows=1)
            >>> for epoch in range(300):
            ...     kept.add(epoch, np.full((1, 1), epoch, np.float32), best=7)
            >>> again = KeptRows.from_arrays(kept.as_arrays())
            >>> again.stride, again.kept().epochs.tolist() == kept.kept().epochs.tolist()
            (2, True)
        """
        epochs, losses, scores = self.kept()
        ends = [-1 if pair is None else pair[0] for pair in (self.best, self.last)]
        arrays = {"epochs": epochs, "losses": losses, "ends": np.array([self.stride, *ends])}
        return arrays if scores is None else {**arrays, "scores": scores}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> KeptRows:
        """What `as_arrays` described."""
        parts = [arrays[name] for name in ("losses", "scores") if name in arrays]
        kept = cls(parts[0].shape[1])
        at = dict(zip(arrays["epochs"].tolist(), zip(*parts, strict=True), strict=True))
        kept.stride, *ends = arrays["ends"].tolist()
        kept.spread = {epoch: x for epoch, x in at.items() if epoch % kept.stride == 0}
        kept.best, kept.last = (None if end < 0 else (end, at[end]) for end in ends)
        return kept
