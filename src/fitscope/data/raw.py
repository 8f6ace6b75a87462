"""A table's columns as they are, for learners that bring their own encoding with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fitscope.data.columns import ROLES, Column
from fitscope.data.inputs import DAY, Input, Values, taken
from fitscope.data.learnt_file import pack
from fitscope.data.memory import is_pandas
from fitscope.data.table import Table, read_table
from fitscope.errors import UserError

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Float32, Int

Library = Literal["pandas", "polars", "numpy"]


@dataclass(frozen=True)
class RawColumn:
    """A column as it is.

    Attributes:
        name: as the table calls it.
        kind: "number", "integer", "boolean", "date" or "category", which texts are, too.
        form: how dates are written where they stand as text.
        levels: the different texts of a category among the rows that were learnt from, sorted.
        typed: whether the caller's frame had it as a pandas category.
    """

    name: str
    kind: str
    form: str = ""
    levels: tuple[str, ...] = ()
    typed: bool = False

    @property
    def input(self) -> Input:
        """The column as it is taken of a table."""
        kind = "number" if self.kind == "integer" else self.kind
        return Input(self.name, kind, "", self.form)


@dataclass(frozen=True)
class Raw:
    """Columns as they are, in the place of an `Encoding`.

    A split holds float32 alone: a text is there the number of its level, a date its day, and a
    value that is missing is NaN. `frame` makes the frame of it that a learner takes, numbers to
    seven digits. Rows of another table become such a frame without a detour.

    Attributes:
        columns: one a feature.
        library: which frame learners take; arrays of numbers are plain NumPy.

    Example:
        >>> table = read_table({"age": [30, None, 50], "land": ["DE", "FR", "DE"], "y": [0, 1, 0]})
        >>> from fitscope.data.columns import look_at
        >>> raw = Raw.fit(table, look_at(table, "y"), "polars")
        >>> codes = raw.transform_rows(table, np.arange(2))
        >>> codes.tolist()
        [[30.0, 0.0], [nan, 1.0]]
        >>> raw.frame(codes).rows()
        [(30.0, 'DE'), (None, 'FR')]
    """

    columns: tuple[RawColumn, ...]
    library: Library

    @classmethod
    def fit(
        cls,
        table: Table,
        columns: Sequence[Column],
        library: Library,
        drop: Collection[str] = (),
        typed: Collection[str] = (),
    ) -> Raw:
        """All columns but the target and those that have another role or are left out.

        Args:
            table: all rows, whose texts are then known.
            columns: what each column is.
            library: which frame learners take.
            drop: columns that are left out.
            typed: columns that the caller has as pandas categories.
        """
        found = []
        for column in columns:
            if column.kind in ROLES or column.name in drop:
                continue
            values, kind = table.frame[column.name], column.kind
            levels: tuple[str, ...] = ()
            if kind in ("category", "text"):
                kind = "category"
                (texts,) = taken(table, [Input(column.name, kind)])
                levels = tuple(sorted(set(texts) - {""}))
            elif kind == "number" and values.dtype.is_integer() and not values.null_count():
                kind = "integer"
            is_typed = column.name in typed
            found.append(RawColumn(column.name, kind, column.form, levels, is_typed))
        if not found:
            raise UserError(f"{table.source}: no column is left to learn from")
        return cls(tuple(found), library)

    @property
    def names(self) -> tuple[str, ...]:
        """One a feature."""
        return tuple(one.name for one in self.columns)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What is taken of a table."""
        return tuple(one.input for one in self.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns that are read as texts, whatever they look like."""
        return tuple(one.name for one in self.columns if one.kind == "category")

    @property
    def numeric(self) -> bool:
        """Whether all columns are numbers or truths."""
        return all(one.kind in ("number", "integer", "boolean") for one in self.columns)

    def transform(self, given: Any) -> Any:
        """Rows of a table as learners take them.

        Args:
            given: see `fitscope.data.table.read_table`.

        Raises:
            UserError: a column is not there, or holds a value that is none of its kind.
        """
        table = read_table(given, texts=self.texts)
        return self._made(taken(table, self.inputs))

    def transform_rows(
        self, table: Table, rows: Int[np.ndarray, " rows"]
    ) -> Float32[np.ndarray, "rows features"]:
        """Rows as float32, for a split."""
        values = taken(table.take(rows), self.inputs)
        x = np.empty((len(rows), len(values)), np.float32)
        for place, (one, value) in enumerate(zip(self.columns, values, strict=True)):
            x[:, place] = _codes(one, value)
        return x

    def frame(self, x: Float32[np.ndarray, "rows features"]) -> Any:
        """Rows of a split as learners take them."""
        if self.library == "numpy":
            return x
        return self._made([_decoded(one, x[:, at]) for at, one in enumerate(self.columns)])

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Raw:
        """What `as_dict` gave."""
        columns = [{**one, "levels": tuple(one["levels"])} for one in stored["columns"]]
        return cls(tuple(RawColumn(**one) for one in columns), stored["library"])

    def packed(self, of: str) -> bytes:
        """What a file of it holds: JSON.

        Args:
            of: fingerprint of the rows that it belongs to.
        """
        return pack({"raw": self.as_dict()}, of)

    def _made(self, values: Sequence[Values]) -> Any:
        pairs = list(zip(self.columns, values, strict=True))
        if self.library == "numpy":
            return np.stack([np.asarray(value, np.float32) for _, value in pairs], axis=1)
        if self.library == "polars":
            import polars as pl

            return pl.DataFrame([_polars(one, value) for one, value in pairs])
        import pandas as pd

        return pd.DataFrame({one.name: _pandas(one, value) for one, value in pairs})


def frame_library(given: Any) -> Library:
    """Which frame learners take: the caller's, and of a file the one of pandas if it is there."""
    module = type(given).__module__.partition(".")[0]
    if isinstance(given, tuple):
        return "numpy" if isinstance(given[0], np.ndarray | list) else frame_library(given[0])
    if module in ("pandas", "polars"):
        return "pandas" if module == "pandas" else "polars"
    from importlib.util import find_spec

    return "pandas" if find_spec("pandas") else "polars"


def typed_columns(given: Any) -> tuple[str, ...]:
    """Columns of the caller's pandas frame that are categories."""
    frame = given[0] if isinstance(given, tuple) else given
    if not is_pandas(frame):
        return ()
    return tuple(str(name) for name in frame.columns if str(frame[name].dtype) == "category")


def _codes(one: RawColumn, values: Values) -> np.ndarray:
    if one.kind != "category":
        return np.asarray(values, np.float32)
    at: dict[str, float] = {level: float(number) for number, level in enumerate(one.levels)}
    return np.array([at.get(text, np.nan) for text in values], np.float32)


def _decoded(one: RawColumn, codes: np.ndarray) -> Values:
    if one.kind != "category":
        return codes.astype(np.float64)
    import polars as pl

    levels = np.array([*one.levels, ""], dtype=object)
    numbers = np.where(np.isnan(codes), len(one.levels), codes).astype(int)
    return pl.Series(one.name, levels[numbers], dtype=pl.String)


def _polars(one: RawColumn, values: Values) -> pl.Series:
    import polars as pl

    if one.kind == "category":
        texts = pl.Series(one.name, values)
        return texts.set(texts == "", None)
    series = pl.Series(one.name, np.asarray(values)).fill_nan(None)
    if one.kind == "date":
        return (series * DAY).cast(pl.Int64).cast(pl.Datetime("us"))
    kinds = {"integer": pl.Int64, "boolean": pl.Boolean}
    return series.cast(kinds.get(one.kind, pl.Float64))


def _pandas(one: RawColumn, values: Values) -> Any:
    import pandas as pd

    if one.kind == "category":
        texts = np.array([text or None for text in values], dtype=object)
        return pd.Categorical(texts, categories=list(one.levels)) if one.typed else texts
    numbers = np.asarray(values)
    missing = np.isnan(numbers)
    if one.kind == "date":
        days = (np.where(missing, 0, numbers) * DAY).astype("int64")
        return np.where(missing, np.datetime64("NaT"), days.astype("datetime64[us]"))
    whole: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "integer": lambda x: x.astype(np.int64),
        "boolean": lambda x: x.astype(bool),
    }
    return whole[one.kind](numbers) if one.kind in whole and not missing.any() else numbers
