"""Rows handed to worker processes as files that they map, so that nobody holds a second copy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.data.split import Split
from fitscope.files import replacing, write_text
from fitscope.task import TASKS

PARTS = ("x_train", "y_train", "x_validation", "y_validation")


def hand_over_all(splits: Sequence[Split], folder: Path) -> list[dict[str, Any]]:
    """The same of several splits, one a fold."""
    if len(splits) == 1:
        return [hand_over(splits[0], folder)]
    return [hand_over(one, folder / str(fold)) for fold, one in enumerate(splits)]


def hand_over(split: Split, folder: Path) -> dict[str, Any]:
    """Where a worker finds the arrays of `split`, as plain values.

    Arrays that are views of a memory-mapped file are described, the others saved in `folder`.

    Raises:
        UserError: they cannot be written.
    """
    task = {"kind": split.task.kind, "labels": list(split.task.labels)}
    described: dict[str, Any] = {"fingerprint": split.fingerprint, "task": task}
    for part in PARTS:
        array = getattr(split, part)
        found = _mapped(array)
        if found is None:
            file = folder / f"{part}.npy"
            with replacing(file) as temporary, temporary.open("wb") as stream:
                np.save(stream, array)
            found = _mapped(np.load(file, mmap_mode="r"))
        described[part] = found
    described["raw"] = None
    if split.raw is not None:
        file = folder / "raw.json"
        write_text(file, json.dumps(split.raw.as_dict()))
        described["raw"] = str(file.resolve())
    return described


def take_over(described: dict[str, Any]) -> Split:
    """The split that `hand_over` described; its values have been checked already."""
    arrays: dict[str, Any] = {part: _view(**described[part]) for part in PARTS}
    task = TASKS[described["task"]["kind"]].of(described["task"]["labels"])
    raw = None
    if described["raw"] is not None:
        from fitscope.data.raw import Raw

        raw = Raw.from_dict(json.loads(Path(described["raw"]).read_bytes()))
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
