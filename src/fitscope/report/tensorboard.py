"""TensorBoard event files with the tags that `keras.callbacks.TensorBoard` writes."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from jaxtyping import Float32
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.types_pb2 import (
    DT_FLOAT,  # pyright: ignore[reportAttributeAccessIssue]
)
from tensorboard.plugins.scalar.metadata import create_summary_metadata
from tensorboard.summary.writer.record_writer import RecordWriter

from fitscope.files import writing_error
from fitscope.names import slugs
from fitscope.study.folder import Folder
from fitscope.task import VALIDATION

if TYPE_CHECKING:
    from fitscope.study.document import ModelEntry, StudyDocument
    from fitscope.study.folder import StoredStudy

MOST = 1_000
"""Epochs of a run that are written, evenly spread: TensorBoard shows no more points of a curve
unless it is told to, and each is an event a metric."""
METADATA = create_summary_metadata(display_name=None, description=None)
KEYS = ("model", "repeat", "epoch")


def write_logs(stored: StoredStudy) -> list[Path]:
    """Event files for every finished run of a study; see `write_run`.

    Returns:
        The run folders, those that were there before among them.
    """
    return [
        directory
        for run in stored.results.runs
        for directory in write_run(
            stored.folder,
            stored.document,
            stored.document.entry(run.model),
            run.repeat,
            stored.histories.filter(
                (pl.col("model") == run.model) & (pl.col("repeat") == run.repeat)
            ),
            run.seconds,
        )
    ]


def write_run(
    folder: Folder,
    document: StudyDocument,
    entry: ModelEntry,
    repeat: int,
    history: pl.DataFrame,
    seconds: float,
) -> list[Path]:
    """Event files of one finished run, under each group that shows its model.

    `<group>/<slug>[/<repeat> if there are several]/{train,validation}`, with the tags
    `epoch_<metric>` at step = epoch, `epoch_learning_rate` among the training ones; of a long run
    as many epochs as TensorBoard shows. Wall times
    count the run's own training time from the start of the study, so that TensorBoard's
    relative axis compares training times. A folder appears whole or not at all; one that is
    there already is left alone, since a finished run never changes.

    Args:
        folder: the study folder.
        document: study.json.
        entry: the run's model.
        repeat: the run's repeat, from 0.
        history: the run's rows of histories.parquet.
        seconds: training time of the run.

    Returns:
        The run's folders, one a group.

    Raises:
        UserError: the folder cannot be written to.
    """
    groups = list(document.groups())
    names = dict(zip(groups, slugs(groups), strict=True))
    start = datetime.fromisoformat(document.created).timestamp()
    parts: dict[str, bytes] | None = None
    directories = []
    for group in entry.groups:
        directory = folder.tensorboard / names[group] / entry.slug
        if document.most_runs > 1:
            directory /= str(repeat)
        directories.append(directory)
        if not directory.exists():
            parts = _parts(history, start, seconds) if parts is None else parts
            file = f"events.out.tfevents.{int(start):010d}.fitscope.{repeat}.v2"
            _put(directory, {f"{part}/{file}": data for part, data in parts.items()}, folder.path)
    return directories


def _parts(history: pl.DataFrame, start: float, seconds: float) -> dict[str, bytes]:
    """The two event files of a run: of its training and of its validation metrics."""
    ended = len(history)
    history = _spread(history.sort("epoch"))
    metrics = [name for name in history.columns if name not in KEYS]
    columns = {
        "train": {f"epoch_{name}": name for name in metrics if not name.startswith(VALIDATION)},
        "validation": {
            f"epoch_{name.removeprefix(VALIDATION)}": name
            for name in metrics
            if name.startswith(VALIDATION)
        },
    }
    epochs = history["epoch"].to_list()
    times = [start + seconds * (epoch + 1) / ended for epoch in epochs]
    with np.errstate(over="ignore"):  # TensorBoard's scalars are float32; a diverged loss may not
        floats = {name: history[name].to_numpy().astype("<f4") for name in metrics}
    return {
        part: _file(epochs, times, {tag: floats[name] for tag, name in tags.items()})
        for part, tags in columns.items()
    }


def _spread(history: pl.DataFrame) -> pl.DataFrame:
    """Every k-th epoch and the last one, where there are more than can be shown."""
    apart = -(-len(history) // MOST)
    number = pl.int_range(pl.len())
    return history.filter((number % apart == 0) | (number == pl.len() - 1))


def _file(
    epochs: list[int], times: list[float], values: dict[str, Float32[np.ndarray, " epochs"]]
) -> bytes:
    file = io.BytesIO()
    writer = RecordWriter(file)
    writer.write(Event(wall_time=times[0], file_version="brain.Event:2").SerializeToString())
    # One event a value, as Keras does: some readers look at the first value of an event alone.
    for row, epoch in enumerate(epochs):
        for tag, column in values.items():
            event = Event(wall_time=times[row], step=epoch)
            value = event.summary.value.add(tag=tag, metadata=METADATA)
            value.tensor.dtype = DT_FLOAT
            value.tensor.tensor_shape.SetInParent()  # present and empty: a scalar
            value.tensor.tensor_content = column[row].tobytes()
            writer.write(event.SerializeToString())
    return file.getvalue()


def _put(directory: Path, files: dict[str, bytes], folder: Path) -> None:
    """Make `directory` appear with all its files; the study `folder` holds it until it is whole.

    Not beside `directory`: TensorBoard reads every event file below its log folder, hidden
    ones too.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".tensorboard-", dir=folder) as unfinished:
            whole = Path(unfinished) / "run"
            for name, data in files.items():
                file = whole / name
                file.parent.mkdir(parents=True)
                file.write_bytes(data)
            directory.parent.mkdir(parents=True, exist_ok=True)
            whole.rename(directory)
    except OSError as error:
        if directory.exists():  # another program was faster; a finished run's logs are the same
            return
        raise writing_error(error, directory) from error
