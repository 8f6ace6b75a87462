"""Simulated events from all cores, in order, in memory that does not grow with their number.

Event i is in block i // BLOCK, whoever makes that block: neither the number of events nor that of
processes changes anything about it. The processes are not forks of the user's program, which may
have threads and need not guard its main module.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

from fitscope.errors import UserError
from fitscope.higgs.generator import made_block
from fitscope.process import available_cores

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_AHEAD = 2  # blocks that wait in memory for each process
_MOST = 16  # processes: they make events as fast as one can write them
_FEW = 50_000  # events that are made sooner than processes start


def generate(
    rows: int, seed: int, form: str, processes: int | None = None
) -> Generator[bytes, None, None]:
    """Yield simulated events block by block.

    Args:
        rows: how many events.
        seed: of the simulation.
        form: see `fitscope.higgs.generator.made_block`.
        processes: how many make them; 0 makes them in this one. None takes one a core, and
            none for a few events.

    Yields:
        The blocks in order.

    Raises:
        UserError: a process ended too soon.
    """
    from fitscope.higgs.simulation import BLOCK

    blocks = -(-rows // BLOCK)
    if processes is None:
        processes = 0 if rows <= _FEW else min(available_cores(), _MOST)
    if processes == 0:
        yield from (made_block(number, seed, rows, form) for number in range(blocks))
        return
    processes = min(processes, blocks)
    running: list[_Generator] = []
    try:
        for first in range(processes):
            running.append(_Generator(seed, first, processes, rows, form))
        for number in range(blocks):
            yield running[number % processes].next()
    finally:
        for generator in running:
            generator.end()


class _Generator:
    """One process, and the blocks that it has made and nobody has taken yet."""

    def __init__(self, seed: int, first: int, step: int, rows: int, form: str) -> None:
        path = os.environ.get("PYTHONPATH")
        self._made: Queue[bytes | None] = Queue(_AHEAD)
        self._ended = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by end()
        arguments = [str(number) for number in (seed, first, step, rows)]
        self._process = subprocess.Popen(
            # -P: a file called numpy.py in the user's folder must not be imported
            [sys.executable, "-P", "-m", "fitscope.higgs.generator", *arguments, form],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(_PACKAGE_ROOT), *([path] if path else [])]),
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            start_new_session=True,  # Ctrl-C is for the parent, which then ends it
        )
        assert self._process.stdout is not None
        self._pipe: IO[bytes] = self._process.stdout
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def next(self) -> bytes:
        made = self._made.get()
        if made is None:
            raise UserError(f"simulated events: {self._complaint()}; run again")
        return made

    def end(self) -> None:
        self._ended = True
        self._process.kill()
        self._process.wait()
        while self._reader.is_alive():  # it may be waiting for room
            with suppress(Exception):
                self._made.get(timeout=0.01)
        self._pipe.close()
        self._errors.close()

    def _read(self) -> None:
        while not self._ended and len(size := self._pipe.read(8)) == 8:
            length = struct.unpack("<q", size)[0]
            made = self._pipe.read(length)
            if len(made) < length:
                break
            self._made.put(made)
        self._made.put(None)

    def _complaint(self) -> str:
        status = self._process.wait()
        if status == -9:
            return "a process was killed, most likely because the memory was used up"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"a process ended too soon ({lines[-1] if lines else f'status {status}'})"
