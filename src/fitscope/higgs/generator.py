"""The process that makes simulated events, every so manyth block of them, onto its output.

    python -m fitscope.higgs.generator SEED FIRST STEP ROWS FORM

A block goes out as eight bytes that say how many follow, and those: rows or packed text.
"""

from __future__ import annotations

import struct
import sys

import numpy as np
from jaxtyping import Float32

from fitscope.higgs.csv_text import csv_text
from fitscope.higgs.gzip_member import gzip_member
from fitscope.higgs.mark import mark


def made_block(number: int, seed: int, rows: int, form: str) -> bytes:
    """A block of events as it goes through a pipe or into a file.

    Args:
        number: of the block, from 0.
        seed: of the simulation.
        rows: how many events there are in all; the last block is cut off there.
        form: "rows" for float32 numbers, label first, one event after the other; "csv.gz" for
            a gzip member of CSV text.

    Returns:
        The bytes.
    """
    from fitscope.higgs.simulation import BLOCK, block

    events: Float32[np.ndarray, "rows 29"] = block(number, seed)[: rows - number * BLOCK]
    if form == "rows":
        return np.ascontiguousarray(events, "<f4").tobytes()
    return gzip_member(csv_text(events), mark(seed))


def main() -> None:
    """Make the blocks FIRST, FIRST + STEP, ... until there are ROWS events."""
    from fitscope.higgs.simulation import BLOCK

    seed, first, step, rows = map(int, sys.argv[1:5])
    for number in range(first, -(-rows // BLOCK), step):
        made = made_block(number, seed, rows, sys.argv[5])
        sys.stdout.buffer.write(struct.pack("<q", len(made)))
        sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # nobody wants more
        sys.stderr.close()
