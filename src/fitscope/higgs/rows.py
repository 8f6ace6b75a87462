"""The HIGGS rows of the guide: 28 features of particle collisions, signal or background.

Baldi, Sadowski, Whiteson: Searching for exotic particles in high-energy physics with deep
learning, Nature Communications 5, 2014; published by UCI under CC BY 4.0.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from fitscope.data.split import Source, Split
from fitscope.errors import Notice, UserError
from fitscope.higgs.cache import cache_folder
from fitscope.higgs.columns import open_columns
from fitscope.higgs.gzip_csv import file_chunks, read_rows
from fitscope.higgs.gzip_member import gzip_comment
from fitscope.higgs.mark import is_marked
from fitscope.higgs.parquet import parquet_note, read_parquet
from fitscope.higgs.remote import NoNetwork, Unreachable, remote_chunks
from fitscope.higgs.simulated import seed_of, simulated_higgs, simulated_source

LABEL = "signal"
FEATURE_NAMES = (
    "lepton_pT",
    "lepton_eta",
    "lepton_phi",
    "missing_energy_magnitude",
    "missing_energy_phi",
    "jet_1_pt",
    "jet_1_eta",
    "jet_1_phi",
    "jet_1_b-tag",
    "jet_2_pt",
    "jet_2_eta",
    "jet_2_phi",
    "jet_2_b-tag",
    "jet_3_pt",
    "jet_3_eta",
    "jet_3_phi",
    "jet_3_b-tag",
    "jet_4_pt",
    "jet_4_eta",
    "jet_4_phi",
    "jet_4_b-tag",
    "m_jj",
    "m_jjj",
    "m_lv",
    "m_jlv",
    "m_bb",
    "m_wbb",
    "m_wwbb",
)
COLUMNS = (LABEL, *FEATURE_NAMES)

URLS = (
    "http://mlphysics.ics.uci.edu/data/higgs/HIGGS.csv.gz",
    "https://archive.ics.uci.edu/ml/machine-learning-databases/00280/HIGGS.csv.gz",
)
SIZE = 2_816_407_858
SHA256 = "ea302c18164d4e3d916a1e2e83a9a8d07069fa6ebc7771e4c0540d54e593b698"

_Rows = tuple[Float32[np.ndarray, "rows 28"], Float32[np.ndarray, " rows"], Source]


def higgs(validation: int = 1_000, train: int | None = 10_000, data: str | Path = "auto") -> Split:
    """The first HIGGS rows: validation rows first, then training rows, as the guide draws them.

    Args:
        validation: how many rows to validate on.
        train: how many rows to train on; None takes all that follow.
        data: a `.csv.gz` file or its http(s) address, in the published layout without a header;
            a `.parquet` file with columns of these names; "simulated", or "simulated:7" for
            the sample with seed 7; or "auto": the copy that `fitscope data fetch` keeps, else
            the published address, and without a network simulated rows.
            Reading stops behind the last row asked for.

    Returns:
        The rows. Those of a fetched copy are memory-mapped, so that all 11,000,000 load at once.
        `source` says where they came from, and whether they are simulated.

    Warns:
        Notice: "auto" found neither a copy nor a network, so the rows are simulated.

    Raises:
        UserError: the rows cannot be had, are fewer than asked for, or are not what they should
            be; the message tells the line and the column.

    Example:
        >>> split = higgs(data="HIGGS.csv.gz")              # doctest: +SKIP
        >>> split.x_train.shape, split.x_validation.shape   # doctest: +SKIP
        ((10000, 28), (1000, 28))
        >>> higgs(data="simulated")
        Split(10,000 training rows, 1,000 validation rows, 28 features,
              from simulated:0 (simulated collisions))
    """
    for name, count in (("validation", validation), ("training", train)):
        if count is not None and not isinstance(count, (int, np.integer)):
            raise UserError(f"{count!r} {name} rows asked for; ask for a whole number")
        if count is not None and count < 1:
            raise UserError(f"{count} {name} rows asked for; ask for at least 1")
    needed = validation + (1 if train is None else train)
    x, y, source = _find(data, None if train is None else needed)
    if len(y) < needed:
        raise UserError(
            f"{source.location}: holds {len(y):,} rows, but {validation:,} validation rows and "
            f"{'at least 1' if train is None else f'{train:,}'} training rows were asked for; "
            "ask for fewer"
        )
    end = len(y) if train is None else needed
    return Split(
        x[validation:end],
        y[validation:end],
        x[:validation],
        y[:validation],
        FEATURE_NAMES,
        source,
        checked=True,
    )


def addresses() -> tuple[str, ...]:
    """Where the file is: `FITSCOPE_HIGGS_URL` if that is set, else the published addresses."""
    other = os.environ.get("FITSCOPE_HIGGS_URL")
    return (other,) if other else URLS


def local_copies() -> tuple[Path, Path]:
    """Where the columnar copy and the fetched `.csv.gz` of `addresses()` are, or would be."""
    # Another address may hold another file, which must not pass for the published one.
    other = "" if addresses() == URLS else hashlib.sha256(addresses()[0].encode()).hexdigest()[:8]
    name = f"HIGGS-{other}" if other else "HIGGS"
    return cache_folder() / f"{name}.npy", cache_folder() / f"{name}.csv.gz"


def _find(data: str | Path, rows: int | None) -> _Rows:
    if data == "auto":
        return _find_anywhere(rows)
    seed = seed_of(str(data))
    if seed is not None:
        return _simulate(seed, rows)
    if str(data).startswith(("http://", "https://")):
        return _from_address(str(data), rows)
    return _from_file(data, rows)


def _find_anywhere(rows: int | None) -> _Rows:
    columnar, packed = local_copies()
    if columnar.exists():
        return _from_columns(columnar)
    if packed.exists():
        return _from_file(packed, rows)
    problems = []
    for url in addresses():
        try:
            return _from_address(url, rows)
        except Unreachable as error:
            problems.append(error)
    if rows is not None and all(isinstance(problem, NoNetwork) for problem in problems):
        found = _simulate(0, rows)
        reason = str(problems[0]).partition(";")[0]
        warnings.warn(
            f"no copy of HIGGS here and no network ({reason}): these rows are simulated; for the "
            "real ones give --data FILE.csv.gz, or run `fitscope data fetch` once online",
            Notice,
            stacklevel=4,  # who called higgs()
        )
        return found
    raise UserError(
        f"{problems[0]}, name a file with --data FILE.csv.gz, or take simulated rows with --data "
        "simulated; `fitscope data fetch` keeps a copy for times without a network"
    ) from problems[0]


def _simulate(seed: int, rows: int | None) -> _Rows:
    if rows is None:
        raise UserError("simulated rows have no end; say how many training rows there shall be")
    return *simulated_higgs(rows, seed), simulated_source(seed)


def _from_file(path: str | Path, rows: int | None) -> _Rows:
    path = Path(path)
    if path.suffix == ".npy":
        return _from_columns(path)
    if path.suffix == ".parquet":
        x, y = read_parquet(path, COLUMNS, rows)
        simulated = is_marked(parquet_note(path))
        return x, y, Source("file", str(path.resolve()), simulated)
    x, y, simulated = _from_gzip(file_chunks(path), str(path), rows)
    return x, y, Source("file", str(path.resolve()), simulated)


def _from_columns(path: Path) -> _Rows:
    table = open_columns(path, len(COLUMNS))
    return table[:, 1:], table[:, 0], Source("file", str(path.resolve()))


def _from_address(url: str, rows: int | None) -> _Rows:
    with closing(remote_chunks(url)) as chunks:
        x, y, simulated = _from_gzip((data for data, _ in chunks), url, rows)
    return x, y, Source("url", url, simulated)


def _from_gzip(
    chunks: Iterator[bytes], where: str, rows: int | None
) -> tuple[Float32[np.ndarray, "rows 28"], Float32[np.ndarray, " rows"], bool]:
    first = next(chunks, b"")
    x, y = read_rows(chain([first], chunks) if first else chunks, where, COLUMNS, rows)
    return x, y, is_marked(gzip_comment(first))
