"""Tables in memory, as Polars frames: pandas frames, mappings of columns, arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.names import shown

if TYPE_CHECKING:
    import polars as pl


def is_pandas(given: Any) -> bool:
    """Whether it is a pandas frame, told without loading pandas."""
    return type(given).__module__.partition(".")[0] == "pandas" and hasattr(given, "columns")


def is_polars(given: Any) -> bool:
    """Whether it is a Polars frame that holds its rows, told without loading Polars."""
    return type(given).__module__.partition(".")[0] == "polars" and hasattr(given, "get_columns")


def from_pandas(frame: Any) -> pl.DataFrame:
    """A pandas frame, column by column, so that PyArrow is not needed; its index is left out.

    Raises:
        UserError: two columns of one name, or values that are no column of a table.
    """
    names = [str(name) for name in frame.columns]
    return _frame(names, [_values(frame.iloc[:, place]) for place in range(len(names))])


def _values(column: Any) -> Any:
    kind = str(column.dtype).lower()
    if kind.startswith(("int", "uint", "float", "double")):
        if not column.isna().any():
            return column.to_numpy()
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if kind == "bool" or (kind.startswith("datetime64[") and "," not in kind):
        return column.to_numpy()
    return [
        None if missing else value for value, missing in zip(column, column.isna(), strict=True)
    ]


def from_columns(columns: Mapping[Any, Any]) -> pl.DataFrame:
    """A mapping of names to columns.

    Raises:
        UserError: columns of different lengths or of values that are none of a table's.
    """
    return _frame([str(name) for name in columns], list(columns.values()))


def from_arrays(x: Any, y: Any, target: str) -> pl.DataFrame:
    """Features and a target; the target becomes the last column.

    Raises:
        UserError: shapes that do not fit together.
    """
    import polars as pl

    if isinstance(x, pl.DataFrame):
        frame = x
    elif is_pandas(x):
        frame = from_pandas(x)
    else:
        values = np.asarray(x)
        if values.ndim != 2:
            raise UserError(f"X must be a 2-d array, one row an example, got shape {values.shape}")
        width = values.shape[1]
        frame = _frame([f"feature {i}" for i in range(width)], list(values.T))
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != frame.height:
        raise UserError(
            f"X has {frame.height:,} rows but y has shape {labels.shape}; give one target a row"
        )
    if target in frame.columns:
        raise UserError(f"X has a column {shown(target)!r}; name the target otherwise")
    return frame.with_columns(_series(target, labels))


def _frame(names: list[str], columns: list[Any]) -> pl.DataFrame:
    import polars as pl

    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"two columns are called {shown(twice)!r}; rename one")
    made = [_series(name, values) for name, values in zip(names, columns, strict=True)]
    for series in made[1:]:
        if len(series) != len(made[0]):
            raise UserError(
                f"column {shown(series.name)!r} has {len(series):,} rows, "
                f"{shown(made[0].name)!r} {len(made[0]):,}; give columns of one length"
            )
    return pl.DataFrame(made)


def _series(name: str, values: Any) -> pl.Series:
    import polars as pl

    try:
        if isinstance(values, np.ndarray) and values.dtype.kind in "biufM" and values.ndim == 1:
            series = pl.Series(name, np.ascontiguousarray(values))
            return series.fill_nan(None) if values.dtype.kind == "f" else series
        if isinstance(values, pl.Series):
            return values.alias(name)
        plain = [None if value is None or value != value else value for value in list(values)]
        kinds = {type(value) for value in plain if value is not None}
        if len(kinds) > 1 and str in kinds:  # numbers and texts: read as a file's would be
            plain = [None if value is None else str(value) for value in plain]
        series = pl.Series(name, plain, strict=False)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise UserError(f"column {shown(name)!r}: {reason(error)}; give numbers or texts") from None
    if series.dtype == pl.Object or series.dtype.is_nested():
        raise UserError(
            f"column {shown(name)!r} holds {type(plain[0]).__name__}; give numbers, texts or dates"
        )
    return series
