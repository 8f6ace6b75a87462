"""Simulated HIGGS rows into a file, in memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from fitscope.data.on_disk import refuse_too_full
from fitscope.errors import UserError
from fitscope.files import clear_leftovers, replacing
from fitscope.higgs.layout import COLUMNS
from fitscope.higgs.parquet import write_parquet
from fitscope.higgs.simulated_blocks import simulated_blocks, simulated_members
from fitscope.higgs.simulated_rows import check

Progress = Callable[[int, int], None]
"""Is told how many rows are done, and of how many."""

_PARQUET, _CSV = ".parquet", ".csv.gz"
_BYTES = {_PARQUET: 112, _CSV: 340}  # a row, at most
_BEGINNING = "simulated by fitscope"


def write_simulated(
    rows: int,
    seed: int,
    path: Path | str,
    progress: Progress = lambda *_: None,
    *,
    processes: int | None = None,
) -> None:
    """Write simulated rows as Parquet, or as gzip CSV in the layout of the published file.

    The file is written whole or not at all, says that it is simulated (in Parquet's metadata, in
    gzip's header) and is the same whenever and by however many processes it is made.

    Args:
        rows: how many.
        seed: which sample; see `fitscope.datasets.simulated_higgs`.
        path: a new file, ending in .parquet or .csv.gz.
        progress: told how it goes.
        processes: see `fitscope.datasets.simulated_higgs`.

    Raises:
        UserError: an impossible number of rows or seed, another ending, a file that is there
            already, no space left or no permission to write.
    """
    check(rows, seed)
    path = Path(path)
    ending = next((ending for ending in _BYTES if path.name.endswith(ending)), None)
    if ending is None:
        raise UserError(f"{path}: unknown ending; name it {_PARQUET} or {_CSV}")
    if path.exists():
        raise UserError(f"{path}: is there already; remove it or choose another name")
    clear_leftovers(path)
    refuse_too_full(path, rows * _BYTES[ending])
    if ending == _PARQUET:
        write_parquet(_blocks(rows, seed, progress, processes), path, COLUMNS, note(seed))
    else:
        _write_csv(rows, seed, path, progress, processes)


def note(seed: int) -> str:
    """What a file of simulated events says about itself.

    Example:
        >>> note(7)
        'simulated by fitscope, seed 7; not measured, not from the published HIGGS file'
    """
    return f"{_BEGINNING}, seed {seed}; not measured, not from the published HIGGS file"


def is_simulated(found: str | None) -> bool:
    """Whether a file that says these words about itself holds simulated events.

    Example:
        >>> is_simulated(note(7)), is_simulated("made by gzip"), is_simulated(None)
        (True, False, False)
    """
    return found is not None and found.startswith(_BEGINNING)


def _blocks(
    rows: int, seed: int, progress: Progress, processes: int | None
) -> Iterator[Float32[np.ndarray, "block 29"]]:
    done = 0
    with closing(simulated_blocks(rows, seed, processes)) as blocks:
        for block in blocks:
            yield block
            done += len(block)
            progress(done, rows)


def _write_csv(rows: int, seed: int, path: Path, progress: Progress, processes: int | None) -> None:
    with (
        replacing(path) as part,
        part.open("wb") as file,
        closing(simulated_members(rows, seed, note(seed), processes)) as members,
    ):
        for member, done in members:
            file.write(member)
            progress(done, rows)
