"""Log files in the formats of others, with made-up curves in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

EPOCHS = 60


def losses(epochs: int = EPOCHS) -> tuple[np.ndarray, np.ndarray]:
    """A training curve, and a validation curve that rises from epoch 20 on."""
    random = np.random.default_rng(5)
    at = np.arange(epochs)
    train = 0.3 + 0.5 * np.exp(-at / 15) + random.normal(0, 0.002, epochs)
    validation = 0.5 + 0.3 * np.exp(-at / 6) + 0.004 * np.maximum(at - 20, 0)
    return train, validation + random.normal(0, 0.002, epochs)


def write_events(
    folder: Path, tags: Mapping[str, Sequence[tuple[int, float]]], tensors: bool, number: int = 0
) -> Path:
    """An event file: scalars as tensors (Keras), or as simple values (PyTorch's SummaryWriter)."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.types_pb2 import DT_FLOAT
    from tensorboard.plugins.scalar.metadata import create_summary_metadata
    from tensorboard.summary.writer.record_writer import RecordWriter

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"events.out.tfevents.17000000{number:02d}.host.1.{number}"
    with file.open("wb") as stream:
        writer = RecordWriter(stream)
        writer.write(Event(wall_time=1.0, file_version="brain.Event:2").SerializeToString())
        for tag, points in tags.items():
            for step, number in points:
                event = Event(wall_time=2.0 + step, step=step)
                value = event.summary.value.add(tag=tag)
                if tensors:
                    value.metadata.CopyFrom(create_summary_metadata(None, None))
                    value.tensor.dtype = DT_FLOAT
                    value.tensor.tensor_shape.SetInParent()
                    value.tensor.tensor_content = np.float32(number).tobytes()
                else:
                    value.simple_value = number
                writer.write(event.SerializeToString())
        writer.flush()
    return file


def points(values: Sequence[float], steps: Sequence[int] | None = None) -> list[tuple[int, float]]:
    return list(
        zip(range(len(values)) if steps is None else steps, map(float, values), strict=True)
    )


def csv_text(columns: Mapping[str, Sequence[object]], separator: str = ",") -> str:
    rows = zip(*columns.values(), strict=True)
    lines = [separator.join(columns), *(separator.join(map(str, row)) for row in rows)]
    return "\n".join(lines) + "\n"
