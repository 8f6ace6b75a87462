"""Rows handed to worker processes as files that they map, so that nobody holds a second copy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.data.split import Split
from fitscope.files import replacing, write_text
from fitscope.task import Task

PARTS = ("x_train", "y_train", "x_validation", "y_validation")
WEIGHTS = ("train_weights", "validation_weights")


ROWS = "checkpoints/.rows"
"""Below a study folder: the rows of each fold, for workers."""


@dataclass(frozen=True)
class Rows:
    """The rows of a fold as a worker finds them.

    Attributes:
        name: of the file that describes them, below the study folder.
        shapes: of training and validation features.
    """

    name: str
    shapes: tuple[tuple[int, ...], ...]


def hand_over_all(splits: Sequence[Split], folder: Path) -> list[Rows]:
    """Hand over several splits, one a fold, below a study folder.

    Raises:
        UserError: they cannot be written.
    """
    handed = []
    for fold, split in enumerate(splits):
        name = f"{ROWS}/{fold}/rows.json"
        hand_over(split, folder / name)
        handed.append(Rows(name, (split.x_train.shape, split.x_validation.shape)))
    return handed


def hand_over(split: Split, file: Path) -> None:
    """Write a file that tells a worker of this machine where it finds the arrays of `split`.

    Arrays that are views of a memory-mapped file are described, the others saved beside it.

    Raises:
        UserError: they cannot be written.
    """
    described: dict[str, Any] = {"fingerprint": split.fingerprint, "task": split.task.as_dict()}
    for part in (*PARTS, *WEIGHTS):
        array = getattr(split, part)
        if array is None:
            continue
        found = _mapped(array)
        if found is None:
            beside = file.with_name(f"{part}.npy")
            with replacing(beside) as temporary, temporary.open("wb") as stream:
                np.save(stream, array)
            found = _mapped(np.load(beside, mmap_mode="r"))
        described[part] = found
    described["raw"] = None if split.raw is None else split.raw.as_dict()
    write_text(file, json.dumps(described))


def take_over(file: Path) -> Split:
    """The split that `hand_over` described; its values have been checked already."""
    described = json.loads(file.read_bytes())
    arrays: dict[str, Any] = {
        part: _view(**described[part]) for part in (*PARTS, *WEIGHTS) if part in described
    }
    task = Task.from_dict(described["task"])
    raw = None
    if described["raw"] is not None:
        from fitscope.data.raw import Raw

        raw = Raw.from_dict(described["raw"])
    split = Split(**arrays, checked=True, task=task, raw=raw)
    split.__dict__["fingerprint"] = described["fingerprint"]
    return split


def _mapped(array: np.ndarray) -> dict[str, Any] | None:
    """Which bytes of which file `array` shows; None if it lies in memory."""
    base: Any = array
    while isinstance(base.base, np.ndarray):
        base = base.base
    if not isinstance(base, np.memmap) or base.filename is None or base.mode == "c":
        return None
    start = array.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return {
        "dtype": array.dtype.str,
        "file": str(Path(base.filename).resolve()),
        "offset": base.offset + start,
        "shape": list(array.shape),
        "strides": list(array.strides),
    }


def _view(file: str, offset: int, shape: list[int], strides: list[int], dtype: str) -> np.ndarray:
    buffer = np.memmap(file, np.uint8, "r")
    return np.ndarray(tuple(shape), np.dtype(dtype), buffer, offset, tuple(strides))
