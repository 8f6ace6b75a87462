"""TensorBoard log folders, read with TensorBoard's own reader."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import PARTS

HEADER, CHECKSUM = 12, 4  # bytes around a record: its length with a checksum, and one of its own
LONGEST = 1 << 28  # bytes of a record

Points = dict[str, list[tuple[int, float]]]


def event_log(source: str, files: Mapping[str, Sequence[Path]]) -> Log:
    """The curves of one training run.

    Args:
        source: where they came from.
        files: name of a part of the run ("" for the folder itself, "train", "validation", ...)
            to its event files.

    Raises:
        UserError: no scalars in them, or files that are damaged.
    """
    points: Points = {}
    for part, paths in files.items():
        for tag, values in _scalars(paths).items():
            points[_key(part, tag)] = values
    if not points:
        raise UserError(f"{source}: no scalars in its event files")
    epochs = dict(points.pop("epoch", ()))  # Lightning logs the epoch of every step
    curves = {}
    for name, values in points.items():
        steps = np.array([step for step, _ in values], np.float64)
        numbers = np.array([value for _, value in values], np.float64)
        numbered = np.array([epochs.get(step, np.nan) for step, _ in values], np.float64)
        if "epoch_" in name:  # so Keras says that its steps are epochs
            numbered = steps
        known = len(numbered) > 0 and bool(np.isfinite(numbered).all())
        curves[name] = Logged(numbers, numbered if known else None, steps)
    return Log(source, curves)


def run_parts(root: Path, folders: Sequence[Path]) -> dict[Path, dict[str, Path]]:
    """Folders with event files, those of one run put together.

    `run/train` and `run/validation` (Keras) belong to `run`; `run/Loss_train` and `run/Loss_val`
    (PyTorch's `add_scalars`) do too.

    Args:
        root: the folder that was asked for; nothing above it counts.
        folders: those with event files.

    Returns:
        Folder of the run to its parts: "" for the folder itself, otherwise the name below it.
    """
    found: dict[Path, dict[str, Path]] = defaultdict(dict)
    for folder in folders:
        last_word = folder.name.lower().rpartition("_")[2]
        if folder != root and last_word in PARTS:
            found[folder.parent][folder.name] = folder
        else:
            found[folder][""] = folder
    return dict(found)


def _key(part: str, tag: str) -> str:
    if not part:
        return tag
    start, _, end = part.rpartition("_")
    if start == tag.replace("/", "_") and end.lower() in PARTS:  # from add_scalars
        return f"{tag}/{end}"
    return f"{part}/{tag}"


def _scalars(paths: Sequence[Path]) -> Points:
    from tensorboard.compat.proto.event_pb2 import (
        Event,  # pyright: ignore[reportAttributeAccessIssue]
    )

    found: Points = defaultdict(list)
    plugins: dict[str, str] = {}  # writers may name the plugin at the first value of a tag alone
    for path in sorted(paths):
        try:
            _refuse_large_records(path)
            for record in _records(path):
                event = Event.FromString(record)
                for value in event.summary.value:
                    plugin = value.metadata.plugin_data.plugin_name
                    plugin = plugins.setdefault(value.tag, plugin)
                    number = _scalar(value) if plugin in ("scalars", "") else None
                    if number is not None:
                        found[value.tag].append((event.step, number))
        except Exception as error:  # it raises whatever damaged bytes happen to cause
            reason = _reason(error).removeprefix(f"{path} ")
            raise UserError(f"{path}: damaged event file ({reason})") from None
    return found


def _records(path: Path) -> Iterator[bytes]:
    """The records of a file, up to one that is still being written.

    TensorBoard's own reader, but not through its loaders: these import TensorFlow where it is
    installed, which takes seconds and prints.
    """
    from tensorboard.compat.tensorflow_stub.errors import DataLossError, OutOfRangeError
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

    reader = PyRecordReader_New(str(path))
    while True:
        try:
            reader.GetNext()
        except OutOfRangeError:
            return
        except DataLossError as error:
            if "truncated" in str(error):
                return
            raise
        yield reader.record() or b""


def _refuse_large_records(path: Path) -> None:
    """Look at the lengths of all records before one of them is read into memory.

    Raises:
        ValueError: one is longer than any event.
    """
    with path.open("rb") as stream:
        while len(head := stream.read(HEADER)) == HEADER:
            length = int.from_bytes(head[:8], "little")
            if length > LONGEST:
                raise ValueError(f"a record of {length:,} bytes")
            stream.seek(length + CHECKSUM, os.SEEK_CUR)


def _scalar(value: Any) -> float | None:
    from tensorboard.util import tensor_util

    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if kind != "tensor":
        return None
    if math.prod(dim.size for dim in value.tensor.tensor_shape.dim) != 1:
        return None  # and is not laid out: a few bytes may say that there are milliards
    array = tensor_util.make_ndarray(value.tensor)
    return float(array.item()) if array.size == 1 and array.dtype.kind in "fiu" else None


def _reason(error: Exception) -> str:
    lines = str(getattr(error, "message", error)).splitlines()
    return lines[0] if lines else type(error).__name__
