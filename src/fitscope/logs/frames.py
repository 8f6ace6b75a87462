"""Tables in memory and in Parquet files: data frames and dictionaries of columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.damaged import damaged, readable
from fitscope.errors import UserError
from fitscope.logs.direction import is_metric
from fitscope.logs.log import LEFT_OUT
from fitscope.logs.table import EPOCHS, STEPS, Table, Values, lenient, refuse_many, strict
from fitscope.names import shown

if TYPE_CHECKING:
    from jaxtyping import Float

MISSING = ("", "nan", "na", "n/a", "none", "null", "-", "<na>")


def read_parquet_table(name: str, content: bytes) -> Table:
    """The columns of a Parquet file.

    Args:
        name: what messages call it.
        content: its bytes.

    Raises:
        UserError: it is none.
    """
    import polars as pl

    from fitscope.logs.parquet_trial import survived

    with readable(name, "Parquet"):
        scanned = pl.scan_parquet(io.BytesIO(content))
        columns = len(scanned.collect_schema())
        refuse_many(name, scanned.select(pl.len()).collect().item(), columns)
        if not survived(content):
            raise UserError(damaged(name, "Parquet"))
        return frame_table(scanned.collect())


def frame_table(frame: Any) -> Table:
    """The columns of a Polars or pandas data frame."""
    numbers: dict[str, np.ndarray] = {}
    nulls: dict[str, np.ndarray] = {}
    words: dict[str, list[str]] = {}
    notes: list[str] = []
    for name in frame.columns:
        column = frame[name]
        kind = str(column.dtype).lower()
        if kind.startswith(("bool", "boolean")):
            continue
        if hasattr(column, "is_null"):  # Polars
            if column.dtype.is_numeric():
                nulls[str(name)] = column.is_null().to_numpy()
                numbers[str(name)] = column.cast(float).fill_null(float("nan")).to_numpy()
            elif kind.startswith(("string", "cat", "enum")):
                words[str(name)] = column.cast(str).fill_null("").to_list()
        elif kind.startswith(("int", "uint", "float", "double")):
            numbers[str(name)] = column.to_numpy(dtype=np.float64, na_value=np.nan)
        elif kind in ("object", "category") or kind.startswith(("str", "string")):
            words[str(name)] = ["" if value is None else str(value) for value in column]
    for name in list(words):
        counts = name.strip().lower() in (*EPOCHS, *STEPS)
        if not counts and not is_metric(name):  # the name of a run, for instance
            continue
        if (read := as_numbers(words[name])) is not None:
            numbers[name] = read
            del words[name]
        elif not counts:
            notes.append(left_out(name, words[name]))
    return replace(numbered(numbers, words, nulls), notes=tuple(notes))


def as_numbers(texts: Sequence[str]) -> Float[np.ndarray, " rows"] | None:
    """Numbers that were written as texts; None where any text is another one.

    Example:
        >>> as_numbers(["0.5", "", "n/a"]).tolist(), as_numbers(["0.5", "low"])
        ([0.5, nan, nan], None)
    """
    found = []
    for text in texts:
        try:
            found.append(float("nan" if text.strip().lower() in MISSING else text))
        except ValueError:
            return None
    return np.array(found) if np.isfinite(found).any() else None


def array_of(values: Any) -> np.ndarray | None:
    """The numbers that are given, in as many dimensions as they have; None for all else.

    Example:
        >>> array_of([[1, 2]]).shape, array_of("12"), array_of([[1], [1, 2]])
        ((1, 2), None, None)
    """
    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
        return None
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return None


def as_curve(values: Any) -> Float[np.ndarray, " n"] | None:
    """A list, an array or a column of numbers, None for what was not measured; None for all else.

    Example:
        >>> as_curve([0.5, None]).tolist(), as_curve("loss"), as_curve([[1.0]])
        ([0.5, nan], None, None)
    """
    found = array_of(values)
    return found if found is not None and found.ndim == 1 and len(found) else None


def are_counts(values: Float[np.ndarray, " n"]) -> bool:
    """Whether they are whole numbers that rise, as those of epochs, steps or rows do."""
    return bool(np.all(values == np.round(values)) and np.all(np.diff(values) > 0))


def left_out(name: str, texts: Sequence[Any]) -> str:
    """What is said of a column that is a metric by its name and holds other things than numbers."""
    given = next((text for text in texts if text not in ("", None)), "")
    return f"{name} holds texts such as {shown(str(given))!r}, no numbers{LEFT_OUT}"


def numbered(
    numbers: Mapping[str, np.ndarray],
    words: Mapping[str, list[str]],
    nulls: Mapping[str, np.ndarray] | None = None,
) -> Table:
    """A table of columns in which NaN may stand for "not logged".

    It does in tables with several rows an epoch; with one row an epoch it may be a value.

    Args:
        numbers: the columns, NaN where there is no number.
        words: the columns of text.
        nulls: where a column is known to hold nothing.
    """
    bare = Table({name: strict(values, np.isnan(values)) for name, values in numbers.items()})
    epoch = bare.epochs()
    marks = numbers[epoch] if epoch is not None else None
    records = bare.steps() is not None or (
        marks is not None and not words and len(np.unique(marks)) < len(marks)
    )
    columns: dict[str, Values] = {}
    for name, values in numbers.items():
        column = strict(values, np.isnan(values)) if records else lenient(values)
        missing = (nulls or {}).get(name)
        if missing is not None and missing.any():
            column = strict(values, missing)
        columns[name] = column
    return Table(columns, words)
