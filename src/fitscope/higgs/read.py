"""Rows from wherever they are: the one place that reads them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from fitscope.data.source import Source
from fitscope.errors import Notice, UserError
from fitscope.higgs.columnar import open_columns
from fitscope.higgs.gzip_csv import file_chunks, read_rows
from fitscope.higgs.gzip_text import gzip_comment
from fitscope.higgs.layout import COLUMNS, refuse_bad_values
from fitscope.higgs.parquet import parquet_note, read_parquet
from fitscope.higgs.published import PackedFile
from fitscope.higgs.remote import NoNetwork, Unreachable, remote_chunks
from fitscope.higgs.simulated_file import is_simulated
from fitscope.higgs.simulated_rows import simulated_higgs
from fitscope.higgs.source import (
    Address,
    Columnar,
    Network,
    PackedCsv,
    Parquet,
    RowSource,
    Simulated,
)

_CHECKED_AT_ONCE = 1 << 18  # rows


class ReadRows(NamedTuple):
    """Rows and where they came from.

    Attributes:
        x: features; a read-only memory map where the table is one.
        y: labels, 0 or 1.
        source: for the split, with the word on whether they are simulated.
    """

    x: Float32[np.ndarray, "rows 28"]
    y: Float32[np.ndarray, " rows"]
    source: Source


def read(source: RowSource, rows: int | None) -> ReadRows:
    """Read the first rows, and look at no more than those.

    Args:
        source: see `fitscope.higgs.source.find_source`.
        rows: how many; None reads all.

    Returns:
        Checked rows: finite values, labels 0 or 1. There are fewer than asked for if the source
        has no more, and all there are in a memory map.

    Warns:
        Notice: there is no network, and simulated rows take the place of the published ones.

    Raises:
        UserError: the rows cannot be had or are not what they should be.

    Example:
        >>> x, y, source = read(Simulated(7), 100)
        >>> x.shape, y.shape, source
        ((100, 28), (100,), Source(kind='simulated', location='simulated:7', simulated=True))
    """
    match source:
        case Simulated(seed):
            return _simulated(seed, rows)
        case PackedCsv(path):
            x, y, simulated = _unpacked(file_chunks(path), str(path), rows, path.suffix == ".csv")
            return ReadRows(x, y, Source("file", str(path.resolve()), simulated))
        case Parquet(path):
            x, y = read_parquet(path, COLUMNS, rows)
            simulated = is_simulated(parquet_note(path))
            return ReadRows(x, y, Source("file", str(path.resolve()), simulated))
        case Columnar(path, fetched):
            return _columnar(path, fetched, rows)
        case Address(url):
            with closing(remote_chunks(url)) as chunks:
                x, y, simulated = _unpacked((data for data, _ in chunks), url, rows)
            return ReadRows(x, y, Source("url", url, simulated))
        case Network(file):
            return _published(file, rows)


def _simulated(seed: int, rows: int | None) -> ReadRows:
    if rows is None:
        raise UserError("simulated rows have no end; say how many training rows there shall be")
    return ReadRows(
        *simulated_higgs(rows, seed), Source("simulated", f"simulated:{seed}", simulated=True)
    )


def _unpacked(
    chunks: Iterator[bytes], where: str, rows: int | None, maybe_plain: bool = False
) -> tuple[Float32[np.ndarray, "rows 28"], Float32[np.ndarray, " rows"], bool]:
    first = next(chunks, b"")
    packed = not (maybe_plain and first and not b"\x1f\x8b".startswith(first[:2]))
    every = chain([first], chunks) if first else chunks
    x, y = read_rows(every, where, COLUMNS, rows, packed)
    return x, y, is_simulated(gzip_comment(first))


def _columnar(path: Path, fetched: bool, rows: int | None) -> ReadRows:
    advice = "delete it and fetch again" if fetched else "give one, or a CSV packed with gzip"
    table = open_columns(path, len(COLUMNS), advice)
    if not fetched:  # a copy of ours has been looked at when it was made, all 11,000,000 rows
        asked = table[:rows]
        for start in range(0, len(asked), _CHECKED_AT_ONCE):
            block = asked[start : start + _CHECKED_AT_ONCE]
            refuse_bad_values(block, start + 1, str(path), COLUMNS)
    return ReadRows(table[:, 1:], table[:, 0], Source("file", str(path.resolve())))


def _published(file: PackedFile, rows: int | None) -> ReadRows:
    problems: list[Unreachable] = []
    for url in file.urls:
        try:
            return read(Address(url), rows)
        except Unreachable as problem:
            problems.append(problem)
    first = problems[0]
    offline = all(isinstance(problem, NoNetwork) for problem in problems)
    if file.chosen or rows is None or not offline:
        named = " (FITSCOPE_HIGGS_URL names that address)" if file.chosen else ""
        raise UserError(
            f"{first}{named}, name a file with --data FILE.csv.gz, or take simulated rows with "
            "--data simulated; `fitscope data fetch` keeps a copy for times without a network"
        ) from first
    found = _simulated(0, rows)
    reason = str(first).partition(";")[0]
    warnings.warn(
        f"no copy of HIGGS here and no network ({reason}): these rows are simulated; for the "
        "real ones give --data FILE.csv.gz, or run `fitscope data fetch` once online",
        Notice,
        stacklevel=4,  # who called higgs()
    )
    return found
