"""What a user's words for rows mean: the one place that decides it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import realpath
from pathlib import Path

from fitscope.errors import UserError
from fitscope.higgs.published import PackedFile, local_copies, packed_file

MOST_SEED = 2**32 - 1
_SIMULATED = re.compile(r"simulated(?::(.*))?")


@dataclass(frozen=True)
class Simulated:
    """Events made on the spot, of the sample with this seed."""

    seed: int = 0


@dataclass(frozen=True)
class PackedCsv:
    """A CSV on this machine, in the published layout; one named .csv need not be packed."""

    path: Path


@dataclass(frozen=True)
class Parquet:
    """A Parquet file on this machine, with columns of the published names."""

    path: Path


@dataclass(frozen=True)
class Columnar:
    """A `.npy` table on this machine; `fetched` if it is our own copy, checked when it was made."""

    path: Path
    fetched: bool = False


@dataclass(frozen=True)
class Address:
    """A gzip CSV at an http or https address, in the published layout."""

    url: str


@dataclass(frozen=True)
class Network:
    """The packed file at whichever of its addresses answers."""

    file: PackedFile


RowSource = Simulated | PackedCsv | Parquet | Columnar | Address | Network


def find_source(data: str | Path) -> RowSource:
    """Decide what `data` names; nothing is opened but the cache folder looked at.

    Args:
        data: "auto", "simulated", "simulated:SEED", an http(s) address or a path. "auto" is the
            copy that `fitscope data fetch` keeps, else the file on the network. A `Path` is a
            path whatever its name.

    Returns:
        What to read, for `fitscope.higgs.read.read`.

    Raises:
        UserError: a seed that is none.

    Example:
        >>> find_source("simulated"), find_source("simulated:7")
        (Simulated(seed=0), Simulated(seed=7))
        >>> find_source("https://example.org/HIGGS.csv.gz")
        Address(url='https://example.org/HIGGS.csv.gz')
    """
    if data == "auto":
        return _fetched_or_published()
    if isinstance(data, str):
        if found := _SIMULATED.fullmatch(data):
            return Simulated(_seed(data, found[1]))
        if data.startswith(("http://", "https://")):
            return Address(data)
    path = Path(data)
    if path.suffix == ".npy":
        return Columnar(path, fetched=realpath(path) == realpath(local_copies(packed_file())[0]))
    return Parquet(path) if path.suffix == ".parquet" else PackedCsv(path)


def _fetched_or_published() -> RowSource:
    file = packed_file()
    columnar, packed = local_copies(file)
    if columnar.exists():
        return Columnar(columnar, fetched=True)
    return PackedCsv(packed) if packed.exists() else Network(file)


def _seed(data: str, seed: str | None) -> int:
    if seed is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,10}", seed) or int(seed) > MOST_SEED:
        raise UserError(f"{data}: give a seed from 0 to {MOST_SEED:,} after the colon, or none")
    return int(seed)
