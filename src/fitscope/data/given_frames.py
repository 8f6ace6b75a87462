"""Data frames in the place of arrays: their columns as they are, for learners that encode them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError

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


def is_frame(given: Any) -> bool:
    """Whether it is a data frame of pandas or Polars."""
    module = type(given).__module__.partition(".")[0]
    return module in ("pandas", "polars") and hasattr(given, "columns")


def from_frames(train: Any, validation: Any) -> Columns:
    """The columns of two frames.

    Args:
        train: training rows, a frame.
        validation: validation rows, a frame of the same library with the same columns.

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

    names = tuple(str(name) for name in getattr(train, "columns", ()))
    if not is_frame(validation) or tuple(str(name) for name in validation.columns) != names:
        raise UserError(
            "features: where one part is a data frame, both must be, with the same columns"
        )
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
