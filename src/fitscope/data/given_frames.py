"""Data frames in the place of arrays: their columns as they are, for learners that encode them."""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float32

from fitscope.data.features import as_features, in_order
from fitscope.data.memory import is_pandas, is_polars
from fitscope.errors import UserError
from fitscope.names import listed

if TYPE_CHECKING:
    from fitscope.data.raw import Raw


class Columns(NamedTuple):
    """Two frames as a split holds them.

    Attributes:
        x: "train" and "validation" to their rows, float32.
        names: of the columns.
        raw: how the numbers stand for texts and dates; None where all are numbers anyway.
    """

    x: dict[str, Float32[np.ndarray, "rows features"]]
    names: tuple[str, ...]
    raw: Raw | None


def as_parts(train: Any, validation: Any) -> Columns:
    """Features of both parts: numbers, or what else two frames hold.

    Args:
        train: training features; see `fitscope.data.features.as_features`.
        validation: validation features.

    Raises:
        UserError: what is no table, columns that differ.
    """
    frames = all(is_pandas(part) or is_polars(part) for part in (train, validation))
    try:
        x, names = as_features(train, "train")
        other, others = as_features(validation, "validation")
    except UserError:
        if not (frames and _of_words(train) and _of_words(validation)):
            raise
        return from_frames(train, validation)
    if frames and (np.isnan(x).any() or np.isnan(other).any()):
        return from_frames(train, validation)
    return Columns({"train": x, "validation": in_order(other, others, names)}, names, None)


def _of_words(frame: Any) -> bool:
    """Whether what is no number in a frame is a text or a date."""
    for name in frame.columns:
        given = next((one for one in frame[name] if one is not None and one == one), 0)
        if not (isinstance(given, str | Number) or hasattr(given, "year")):
            return False
    return True


def from_frames(train: Any, validation: Any) -> Columns:
    """The columns of two frames.

    Args:
        train: training rows, a frame.
        validation: validation rows, a frame of the same library with the same columns, in any
            order.

    Raises:
        UserError: columns that differ, or that hold what is no column of a table.

    Example:
        >>> import polars as pl
        >>> rows = pl.DataFrame({"age": [30.5, None, 50.1], "land": ["DE", "FR", "DE"]})
        >>> found = from_frames(rows[:2], rows[2:])
        >>> found.names, found.x["train"].tolist(), found.raw.frame(found.x["train"]).rows()
        (('age', 'land'), [[30.5, 0.0], [nan, 1.0]], [(30.5, 'DE'), (None, 'FR')])
    """
    import polars as pl

    from fitscope.data.columns import look_at
    from fitscope.data.raw import Raw, frame_library, typed_columns
    from fitscope.data.table import read_table

    names, others = ([str(name) for name in part.columns] for part in (train, validation))
    if sorted(names) != sorted(others):
        odd = sorted(set(names) ^ set(others)) or names
        raise UserError(f"features: training and validation rows differ in columns: {listed(odd)}")
    if frame_library(train) != frame_library(validation):
        raise UserError("training and validation rows are frames of two libraries; give one's")
    frames = [read_table(part).frame for part in (train, validation)]
    counts = [frame.height for frame in frames]
    whole = pl.concat([frame.select(names) for frame in frames], how="vertical_relaxed")
    target = "target"
    while target in names:
        target += "_"
    table = read_table(whole.with_columns(pl.int_range(pl.len()).mod(2).alias(target)))
    columns = look_at(table, target)
    raw = Raw.fit(table, columns, frame_library(train), typed=typed_columns(train))
    x = raw.transform_rows(table, np.arange(sum(counts)))
    parts = {"train": x[: counts[0]], "validation": x[counts[0] :]}
    plain = raw.numeric and not np.isnan(x).any()
    return Columns(parts, raw.names, None if plain else raw)
