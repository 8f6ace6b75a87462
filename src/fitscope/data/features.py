"""Features as a split takes them: an array, or a frame whose columns have names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from fitscope.data.memory import is_pandas, is_polars
from fitscope.data.target import blocks
from fitscope.errors import UserError, reason
from fitscope.names import listed, shown

Names = tuple[str, ...]
NUMBERS = "biuf"  # kinds of NumPy's types that hold numbers


def as_features(values: Any, part: str) -> tuple[Float32[np.ndarray, "rows features"], Names]:
    """Rows of numbers, and the names of their columns; none of what is no frame.

    Args:
        values: an array, a list of rows, or a Polars or pandas frame. A memory map is not copied.
        part: what these rows are called.

    Raises:
        UserError: what is no table of numbers; of a frame the column is named.

    Example:
        >>> import polars as pl
        >>> x, names = as_features(pl.DataFrame({"age": [30, 40], "tall": [True, False]}), "train")
        >>> x.tolist(), names
        ([[30.0, 1.0], [40.0, 0.0]], ('age', 'tall'))
        >>> as_features(pl.DataFrame({"land": ["DE", "FR"]}), "train")
        Traceback (most recent call last):
        fitscope.errors.UserError: train rows: column 'land' holds texts such as 'DE', and ...
    """
    if is_pandas(values):
        columns = [values.iloc[:, place] for place in range(values.shape[1])]
        return _joined([str(name) for name in values.columns], columns, part)
    if is_polars(values):
        return _joined(list(values.columns), values.get_columns(), part)
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise UserError(f"{part} rows: features are a sparse matrix; give x.toarray()")
    if hasattr(values, "collect") and hasattr(values, "collect_schema"):
        raise UserError(f"{part} rows: features are a lazy frame; give x.collect()")
    try:
        x = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UserError(f"{part} rows: {_why_no_numbers(values, error)}") from None
    if x.ndim == 0:
        raise UserError(f"{part} rows: features must be a 2-d array, got {values!r}")
    if x.ndim == 1:
        raise UserError(
            f"{part} rows: features must be a 2-d array, one row an example, got shape {x.shape}; "
            "a single feature is given as x.reshape(-1, 1)"
        )
    if x.ndim > 2:
        raise UserError(
            f"{part} rows: features must be a 2-d array, got shape {x.shape}; give each example "
            "as one row, x.reshape(len(x), -1)"
        )
    return x, ()


def in_order(
    x: Float32[np.ndarray, "rows features"], names: Names, wanted: Names
) -> Float32[np.ndarray, "rows features"]:
    """The columns of validation rows in the order of the training rows'.

    Args:
        x: validation rows.
        names: what their columns are called; none where they came as an array.
        wanted: what those of the training rows are called.

    Raises:
        UserError: the two have columns of other names.
    """
    if not names or not wanted or names == wanted:
        return x
    lacking = [name for name in wanted if name not in names]
    further = [name for name in names if name not in wanted]
    if lacking or further:
        told = (
            f"lack {listed(lacking)}" if lacking else "",
            f"have {listed(further)} beyond them" if further else "",
        )
        raise UserError(
            f"validation rows {' and '.join(filter(None, told))}; give both parts the columns of "
            "the training rows"
        )
    return x[:, [names.index(name) for name in wanted]]


def refuse_missing(
    x: Float32[np.ndarray, "rows features"], part: str, names: Sequence[str]
) -> None:
    """Refuse values that are missing or not finite, block by block, so that no map is copied.

    Raises:
        UserError: names the first row that has one, and the column.
    """
    for first, block in blocks(x):
        if not np.isfinite(block).all():
            row, column = (int(place) for place in np.argwhere(~np.isfinite(block))[0])
            raise UserError(
                f"{part} row {first + row + 1}: {shown(names[column])!r} is missing or not finite; "
                "drop the row or fill it"
            )


def _joined(names: list[str], columns: Sequence[Any], part: str) -> tuple[np.ndarray, Names]:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"{part} rows: two columns are called {shown(twice)!r}; rename one")
    made = [_numbers(name, column, part) for name, column in zip(names, columns, strict=True)]
    if not made:
        raise UserError(f"{part} rows: the frame has no columns; give at least one")
    return np.stack(made, axis=1), tuple(names)


def _numbers(name: str, column: Any, part: str) -> Float32[np.ndarray, " rows"]:
    values = column.to_numpy()
    if values.dtype.kind in NUMBERS:
        return values.astype(np.float32)
    if hasattr(column, "isna") and (values := _nullable(column)) is not None:
        return values
    given = next((value for value in column if value is not None and value == value), None)
    what = "dates" if hasattr(given, "year") else type(given).__name__ + " objects"
    what = "texts" if isinstance(given, str) else "nothing" if given is None else what
    such = f" such as {shown(str(given))!r}" if given is not None else ""
    raise UserError(
        f"{part} rows: column {shown(name)!r} holds {what}{such}, and features are numbers here; "
        "leave it out, make numbers of it, or give the whole frame to fs.examine, which encodes it"
    )


def _nullable(column: Any) -> Float32[np.ndarray, " rows"] | None:
    """A column of pandas whose numbers may be missing; None if it holds something else."""
    try:
        return column.astype("Float64").to_numpy(dtype=np.float32, na_value=np.nan)
    except (TypeError, ValueError):
        return None


def _why_no_numbers(values: Any, error: Exception) -> str:
    """What is wrong with a list or an array that is none of numbers."""
    try:
        shape = np.asarray(values, object).shape
    except ValueError:
        shape = ()
    if len(shape) == 2:
        for column, cells in enumerate(np.asarray(values, object).T):
            for row, cell in enumerate(cells):
                if isinstance(cell, str) and not _is_number(cell):
                    return (
                        f"feature {column} holds texts such as {shown(cell)!r} (row {row + 1}), "
                        "and features are numbers here; make numbers of it, or give a frame to "
                        "fs.examine, which encodes it"
                    )
    if len(shape) == 1 and "sequence" in str(error):
        return "the rows have different numbers of features; give each row the same"
    return f"features must be numbers: {reason(error)}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
