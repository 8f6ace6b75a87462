"""Simulated events from all cores, in order, in memory that does not grow with their number.

Event i is in block i // BLOCK, whoever makes that block: neither the number of events nor that of
processes changes anything about it. Run as a module, this file is one of the processes:

    python -m fitscope.higgs.simulated_blocks SEED FIRST STEP ROWS [NOTE]

makes the blocks FIRST, FIRST + STEP, ... onto its output. A block goes out as eight bytes that say
how many follow, and those.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Generator
from contextlib import closing, suppress
from queue import Queue
from threading import Thread

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError
from fitscope.higgs.csv_text import csv_text
from fitscope.higgs.gzip_text import gzip_member
from fitscope.higgs.layout import COLUMNS
from fitscope.process import PythonProcess, available_cores

_AHEAD = 2  # blocks that wait in memory for each process
_MOST = 16  # processes: they make events as fast as one can write them
_FEW = 50_000  # events that are made sooner than processes start


def simulated_blocks(
    rows: int, seed: int, processes: int | None = None
) -> Generator[Float32[np.ndarray, "block 29"], None, None]:
    """Yield simulated events block by block, label first.

    Args:
        rows: how many events.
        seed: of the simulation.
        processes: how many make them; 0 makes them in this one. None takes one a core, and
            none for a few events.

    Yields:
        The blocks in order.

    Raises:
        UserError: a process ended too soon.

    Example:
        >>> [len(block) for block in simulated_blocks(20_000, seed=7)]
        [16384, 3616]
    """
    with closing(_made(rows, seed, None, processes)) as blocks:
        for made in blocks:
            yield np.frombuffer(made, "<f4").reshape(-1, len(COLUMNS))


def simulated_members(
    rows: int, seed: int, note: str, processes: int | None = None
) -> Generator[tuple[bytes, int], None, None]:
    """Yield the same blocks as CSV text, each packed as a gzip member whose header says `note`.

    Yields:
        A member, and how many events there are in it and all before it.
    """
    from fitscope.higgs.simulation import BLOCK

    with closing(_made(rows, seed, note, processes)) as blocks:
        for number, made in enumerate(blocks, start=1):
            yield made, min(number * BLOCK, rows)


def _made(
    rows: int, seed: int, note: str | None, processes: int | None
) -> Generator[bytes, None, None]:
    from fitscope.higgs.simulation import BLOCK

    blocks = -(-rows // BLOCK)
    if processes is None:
        processes = 0 if rows <= _FEW else min(available_cores(), _MOST)
    if processes == 0:
        yield from (_make(number, seed, rows, note) for number in range(blocks))
        return
    processes = min(processes, blocks)
    running: list[_Maker] = []
    try:
        for first in range(processes):
            running.append(_Maker(seed, first, processes, rows, note))
        for number in range(blocks):
            yield running[number % processes].next()
    finally:
        for maker in running:
            maker.end()


def _make(number: int, seed: int, rows: int, note: str | None) -> bytes:
    """A block as it goes through a pipe: float32 numbers, or packed text if there is a note."""
    from fitscope.higgs.simulation import BLOCK, block

    events = block(number, seed)[: rows - number * BLOCK]
    if note is None:
        return np.ascontiguousarray(events, "<f4").tobytes()
    return gzip_member(csv_text(events), note)


class _Maker:
    """One process, and the blocks that it has made and nobody has taken yet."""

    def __init__(self, seed: int, first: int, step: int, rows: int, note: str | None) -> None:
        self._made: Queue[bytes | None] = Queue(_AHEAD)
        self._ended = False
        self._process = PythonProcess(
            __name__,
            *(seed, first, step, rows, *([] if note is None else [note])),
            environment={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def next(self) -> bytes:
        made = self._made.get()
        if made is None:
            raise UserError(
                f"simulated events: a process ended too soon: {self._process.complaint()}; run "
                "again"
            )
        return made

    def end(self) -> None:
        self._ended = True
        self._process.kill()
        while self._reader.is_alive():  # it may be waiting for room
            with suppress(Exception):
                self._made.get(timeout=0.01)
        self._process.end()

    def _read(self) -> None:
        pipe = self._process.stdout
        while not self._ended and len(size := pipe.read(8)) == 8:
            length = struct.unpack("<q", size)[0]
            made = pipe.read(length)
            if len(made) < length:
                break
            self._made.put(made)
        self._made.put(None)


def _main() -> None:
    from fitscope.higgs.simulation import BLOCK

    seed, first, step, rows = map(int, sys.argv[1:5])
    note = sys.argv[5] if len(sys.argv) > 5 else None
    for number in range(first, -(-rows // BLOCK), step):
        made = _make(number, seed, rows, note)
        sys.stdout.buffer.write(struct.pack("<q", len(made)))
        sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        _main()
    except BrokenPipeError:  # nobody wants more
        sys.stderr.close()
