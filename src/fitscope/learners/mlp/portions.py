"""The rows of an epoch in portions, of which two are in memory: one trained on, one being read.

Blocks of rows that follow each other in the file come in random order, and within a portion of
them the rows do. So a file is read in pieces long enough for a disk, by a thread of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32

from fitscope.data.on_disk import will_need
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.streams import ORDER, epoch_order, stream

if TYPE_CHECKING:
    from fitscope.data.split import Split

BLOCK = 512
"""Rows that stay together: of 28 features 57 kB, which disks read at nearly their full rate."""
PORTION = 2**23
"""Bytes of the features of a portion. Caches hold it, so that rows are put in order there as fast
as those of a small table. It has 146 blocks of 28 features: rows that are sorted by their label
give portions whose shares of it are 4 % off, one standard deviation."""
ALIGNED = 64
"""Memory that begins at a multiple of it is taken over by JAX without a copy."""


class Portion(NamedTuple):
    """Some rows of an epoch. The arrays are written over when the next but one is read.

    Attributes:
        x: features, [rows, features].
        y: targets as a network sees them, [rows].
        weights: what each row counts, of mean 1 over all rows; None where all count alike.
        order: in which the rows are trained on, a permutation of their numbers here.
    """

    x: Float32[np.ndarray, "rows features"]
    y: Float32[np.ndarray, " rows"]
    weights: Float32[np.ndarray, " rows"] | None
    order: Int32[np.ndarray, " rows"]


class Portions:
    """The training rows of a split, an epoch at a time.

    Args:
        split: the rows; arrays may be memory maps.
        objective: what for.
        batch: rows of a full step. All portions but the last hold full steps only.
        seed: seed of the study.
        repeat: number of the run.
    """

    def __init__(
        self, split: Split, objective: Objective, batch: int, seed: int, repeat: int
    ) -> None:
        self._split, self._objective = split, objective
        self._seed, self._repeat = seed, repeat
        self._rows = len(split.y_train)
        self._size = min(self._rows, max(1, PORTION // (4 * split.features) // batch) * batch)
        weights = split.train_weights
        self._unit = None if weights is None else weights.mean()
        self._memory = [_Memory(self._size, split.features, weights is not None) for _ in range(2)]

    def __len__(self) -> int:
        return -(-self._rows // self._size)

    def epoch(self, epoch: int, first: int = 0) -> Iterator[Portion]:
        """The portions of an epoch from number `first` on.

        Whoever asks for the next one must be done with the one before.
        """
        pieces = portion_pieces(self._rows, self._size, self._seed, self._repeat, epoch)
        with ThreadPoolExecutor(1, "rows") as reader:
            upcoming = reader.submit(self._read, epoch, first, pieces[first])
            for number in range(first, len(pieces)):
                portion = upcoming.result()
                if number + 1 < len(pieces):
                    upcoming = reader.submit(self._read, epoch, number + 1, pieces[number + 1])
                yield portion

    def _read(self, epoch: int, number: int, pieces: list[slice]) -> Portion:
        memory, split, at = self._memory[number % 2], self._split, 0
        for piece in pieces:
            will_need(split.x_train[piece])
            will_need(split.y_train[piece])
        for piece in pieces:
            to = slice(at, at + piece.stop - piece.start)
            memory.x[to] = split.x_train[piece]
            memory.y[to] = self._objective.scaled(split.y_train[piece])
            if memory.weights is not None and split.train_weights is not None:
                memory.weights[to] = split.train_weights[piece] / self._unit
            at = to.stop
        random = np.random.default_rng(stream(self._seed, self._repeat, ORDER, epoch, number))
        weights = None if memory.weights is None else memory.weights[:at]
        order = random.permutation(at).astype(np.int32)
        return Portion(memory.x[:at], memory.y[:at], weights, order)


class _Memory:
    """Room for a portion."""

    def __init__(self, rows: int, features: int, weighted: bool) -> None:
        self.x = _aligned(rows * features).reshape(rows, features)
        self.y = _aligned(rows)
        self.weights = _aligned(rows) if weighted else None


def _aligned(count: int) -> Float32[np.ndarray, " count"]:
    room = np.empty(4 * count + ALIGNED, np.uint8)
    start = -room.ctypes.data % ALIGNED
    return room[start : start + 4 * count].view(np.float32)


def portion_pieces(rows: int, size: int, seed: int, repeat: int, epoch: int) -> list[list[slice]]:
    """Which rows the portions of an epoch hold: blocks in random order, cut every `size` rows.

    Args:
        rows: number of training rows.
        size: rows of all portions but the last.
        seed: seed of the study.
        repeat: number of the run.
        epoch: number of the epoch.

    Example:
        >>> portions = portion_pieces(rows=2_000, size=1_200, seed=0, repeat=0, epoch=0)
        >>> [[(piece.start, piece.stop) for piece in pieces] for pieces in portions]
        [[(1536, 2000), (512, 1024), (1024, 1248)], [(1248, 1536), (0, 512)]]
    """
    found: list[list[slice]] = [[]]
    room = size
    for block in epoch_order(-(-rows // BLOCK), seed, repeat, epoch).tolist():
        start, stop = block * BLOCK, min((block + 1) * BLOCK, rows)
        while start < stop:
            if not room:
                found.append([])
                room = size
            taken = min(stop - start, room)
            found[-1].append(slice(start, start + taken))
            start, room = start + taken, room - taken
    return found
