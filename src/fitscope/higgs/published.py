"""The published file: where it is, what it must be, and where its copies are on this machine."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from fitscope.data.on_disk import cache_folder


@dataclass(frozen=True)
class PackedFile:
    """A gzip CSV of all rows on the network.

    Attributes:
        urls: its addresses, tried one after the other.
        size: bytes that it must have; None for any.
        sha256: its checksum in hexadecimal; None for any.
        chosen: True if the user named the address, who then wants those rows and no others.
    """

    urls: tuple[str, ...]
    size: int | None = None
    sha256: str | None = None
    chosen: bool = False


PUBLISHED = PackedFile(
    (
        "http://mlphysics.ics.uci.edu/data/higgs/HIGGS.csv.gz",
        "https://archive.ics.uci.edu/ml/machine-learning-databases/00280/HIGGS.csv.gz",
    ),
    2_816_407_858,
    "ea302c18164d4e3d916a1e2e83a9a8d07069fa6ebc7771e4c0540d54e593b698",
)


def packed_file() -> PackedFile:
    """The file that rows are fetched from: at `FITSCOPE_HIGGS_URL` if that is set, else PUBLISHED.

    Example:
        >>> before = os.environ.pop("FITSCOPE_HIGGS_URL", None)
        >>> packed_file() is PUBLISHED
        True
        >>> os.environ["FITSCOPE_HIGGS_URL"] = "http://localhost/HIGGS.csv.gz"
        >>> packed_file()
        PackedFile(urls=('http://localhost/HIGGS.csv.gz',), size=None, sha256=None, chosen=True)
        >>> del os.environ["FITSCOPE_HIGGS_URL"]
        >>> if before: os.environ["FITSCOPE_HIGGS_URL"] = before
    """
    other = os.environ.get("FITSCOPE_HIGGS_URL")
    return PackedFile((other,), chosen=True) if other else PUBLISHED


def local_copies(file: PackedFile) -> tuple[Path, Path]:
    """Where the columnar copy and the fetched `.csv.gz` of a file are, or would be.

    Returns:
        Two paths in the cache folder: `FITSCOPE_CACHE` if that is set, else the platform's place
        for caches.

    Example:
        >>> before = os.environ.get("FITSCOPE_CACHE")
        >>> os.environ["FITSCOPE_CACHE"] = "/data/fitscope"
        >>> [path.as_posix() for path in local_copies(PUBLISHED)]
        ['/data/fitscope/HIGGS.npy', '/data/fitscope/HIGGS.csv.gz']
        >>> del os.environ["FITSCOPE_CACHE"]
        >>> if before: os.environ["FITSCOPE_CACHE"] = before
    """
    # Another address may hold another file, which must not pass for the published one.
    other = hashlib.sha256(file.urls[0].encode()).hexdigest()[:8] if file.chosen else ""
    name = f"HIGGS-{other}" if other else "HIGGS"
    folder = cache_folder()
    return folder / f"{name}.npy", folder / f"{name}.csv.gz"
