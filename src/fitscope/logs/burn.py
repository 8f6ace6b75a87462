"""burn's folder of an experiment: for each epoch and part a file a metric, a line a batch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.log import Log, Logged, in_order
from fitscope.logs.source import of_file

PARTS = ("train", "valid", "test")
EPOCH = re.compile(r"epoch-(\d{1,9})")


def is_burn(folder: Path, below: Iterable[str]) -> bool:
    """Whether a folder is burn's, by the folders below it."""
    return "train" in below and any(map(_epoch, (folder / "train").glob("epoch-*")))


def read_burn(folder: Path) -> Log:
    """The curves of a run: of each metric the mean of an epoch's batches, each by its rows.

    Raises:
        UserError: a file cannot be read, or nothing is in any of them.
    """
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for part in PARTS:
        for file in sorted(folder.glob(f"{part}/epoch-*/*.log")):
            epoch = _epoch(file.parent)
            mean = None if epoch is None else _mean(of_file(file).whole())
            if epoch is not None and mean is not None:
                found[f"{part}/{file.stem}"][epoch] = mean
    if not found:
        raise UserError(f"{folder}: no value in the files of its epochs")
    curves = {name: Logged(*in_order(values)) for name, values in found.items()}
    return Log(str(folder), curves)


def _epoch(folder: Path) -> int | None:
    found = EPOCH.fullmatch(folder.name)
    return int(found[1]) if found else None


def _mean(data: bytes) -> float | None:
    """The mean of lines such as `0.53,64`: a value, and of how many rows it is."""
    values, rows = [], []
    for line in data.decode(errors="replace").split():
        value, _, count = line.partition(",")
        try:
            pair = float(value), float(count or 1)
        except ValueError:
            continue
        values.append(pair[0])
        rows.append(pair[1])
    return float(np.average(values, weights=rows)) if sum(rows) > 0 else None
