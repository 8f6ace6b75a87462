"""Columns as numbers that models take: learnt on training rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fitscope.data.columns import Column, rare
from fitscope.data.inputs import Input, Values, inputs_of, taken
from fitscope.data.learnt_file import pack
from fitscope.data.table import Table, read_table

if TYPE_CHECKING:
    from jaxtyping import Float, Float32, Int

MOST = 64
"""Most features that the categories of one column become; the rarest beyond are pooled. Each costs
a weight a unit, and what few rows say of it is noise."""
LEARNT_FROM = 50_000
"""Training rows, evenly spaced, from which medians and quartiles are told where there are more:
they are then known to 0.6 % of a standard deviation."""
BLOCK = 131_072  # rows encoded at once, so that memory holds little beside the result
NARROWEST = 1e-200  # LARGEST divided by it is still a number
KNEE = 3.0
FARTHEST = 1e9  # beyond it the square leaves float32 where a network is exported


class Code(NamedTuple):
    """How one input becomes features.

    Attributes:
        input: what is taken of which column.
        middle: of numbers and dates what is subtracted, of booleans what stands in for missing
            ones.
        scale: what numbers and dates are divided by after that.
        marked: whether a feature more says where it is missing.
        levels: of categories those that have a feature each; "" is a missing one.
    """

    input: Input
    middle: float = 0.0
    scale: float = 1.0
    marked: bool = False
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Encoding:
    """How columns become features, learnt on training rows.

    Numbers, and dates as days, month, weekday and hour: less their median, divided by the distance
    of their quartiles (where that is 0, by half of their range), missing ones 0, long tails bent by
    `smooth_clip`: RealMLP's preprocessing (Holzmüller, Grinsztajn, Steinwart 2024). Booleans: 0 and
    1, missing ones the commoner. For both a feature more where training rows miss values.
    Categories: one-hot, missing ones a category; rare and unseen ones are 0 in all of them.

    Features stand in this order: numbers and dates, booleans, marks of missing values, categories.

    Attributes:
        codes: one an input.

    Example:
        >>> import polars as pl
        >>> from fitscope.data.columns import look_at
        >>> rows = {"age": [30, None, 50, 60], "land": ["DE", "FR", "DE", "FR"], "y": [0, 1, 0, 1]}
        >>> table = read_table(rows)
        >>> encoding = Encoding.fit(table, look_at(table, "y"))
        >>> encoding.names
        ('age', 'age missing', 'land=DE', 'land=FR')
        >>> encoding.transform({"land": ["FR", "IT"], "age": [50, None]}).tolist()
        [[0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]
    """

    codes: tuple[Code, ...]

    @classmethod
    def fit(cls, given: Any, columns: Sequence[Column]) -> Encoding:
        """Learn from training rows, and no others.

        Args:
            given: training rows, as `read_table` takes them.
            columns: what `look_at` found.

        Raises:
            UserError: a value that is none of its column's kind.
        """
        table = read_table(given)
        inputs = inputs_of(table, columns)
        return cls(tuple(map(_learnt, inputs, taken(table, inputs))))

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What is taken of which column."""
        return tuple(code.input for code in self.codes)

    @cached_property
    def numbers(self) -> tuple[Code, ...]:
        """Codes of numbers and of parts of dates."""
        return tuple(code for code in self.codes if code.input.kind in ("number", "date"))

    @cached_property
    def booleans(self) -> tuple[Code, ...]:
        """Codes of truths."""
        return tuple(code for code in self.codes if code.input.kind == "boolean")

    @cached_property
    def marked(self) -> tuple[Code, ...]:
        """Codes of which a feature more says where they are missing."""
        return tuple(code for code in self.codes if code.marked)

    @cached_property
    def categories(self) -> tuple[Code, ...]:
        """Codes of categories; of a column without any that is not rare there is nothing."""
        return tuple(code for code in self.codes if code.levels)

    @property
    def used(self) -> tuple[Code, ...]:
        """Codes that become features, each once."""
        return (*self.numbers, *self.booleans, *self.categories)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """One a feature."""
        return tuple(name for name, _ in self._features())

    @cached_property
    def column_of(self) -> tuple[str, ...]:
        """The column that each feature comes from."""
        return tuple(column for _, column in self._features())

    def _features(self) -> list[tuple[str, str]]:
        found = [(one.input.name, one.input.column) for one in (*self.numbers, *self.booleans)]
        found += [(f"{one.input.name} missing", one.input.column) for one in self.marked]
        for one in self.categories:
            found += [
                (f"{one.input.name}={level or '(missing)'}", one.input.column)
                for level in one.levels
            ]
        return found

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns that `read_table` is to leave as texts, for rows that this shall encode."""
        return tuple(one.column for one in self.inputs if one.kind == "category" or one.form)

    def transform(self, given: Any) -> Float32[np.ndarray, "rows features"]:
        """Features of rows; columns may stand in any order, others are passed over.

        Args:
            given: rows, as `read_table` takes them.

        Raises:
            UserError: a column is not there, or a value is none of its column's kind.
        """
        table = read_table(given, texts=self.texts)
        if table.frame.height <= BLOCK:
            return self._encoded(table)
        return self.transform_rows(table, np.arange(table.frame.height))

    def transform_rows(
        self, table: Table, rows: Int[np.ndarray, " rows"]
    ) -> Float32[np.ndarray, "rows features"]:
        """Features of some rows of a table, block by block."""
        x = np.empty((len(rows), len(self.names)), np.float32)
        for begin in range(0, len(rows), BLOCK):
            block = table.take(rows[begin : begin + BLOCK])
            x[begin : begin + BLOCK] = self._encoded(block)
        return x

    def _encoded(self, table: Table) -> Float32[np.ndarray, "rows features"]:
        values = dict(zip(self.inputs, taken(table, self.inputs), strict=True))
        x = np.zeros((table.frame.height, len(self.names)), np.float32)
        place = 0
        for code in self.numbers:
            scaled = (np.asarray(values[code.input]) - code.middle) / code.scale
            x[:, place] = smooth_clip(np.nan_to_num(scaled, copy=False))
            place += 1
        for code in self.booleans:
            x[:, place] = np.nan_to_num(np.asarray(values[code.input]), nan=code.middle)
            place += 1
        for code in self.marked:
            x[:, place] = np.isnan(np.asarray(values[code.input]))
            place += 1
        for code in self.categories:
            levels = _codes(values[code.input], code.levels)
            seen = np.flatnonzero(levels >= 0)
            x[seen, place + levels[seen]] = 1
            place += len(code.levels)
        return x

    def packed(self, of: str) -> bytes:
        """What a file of it holds: JSON.

        Args:
            of: fingerprint of the rows that it was learnt on.
        """
        return pack(self.as_dict(), of)

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        codes = [{**code.input._asdict(), **code._asdict()} for code in self.codes]
        for one in codes:
            del one["input"]
        return {"codes": codes}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Encoding:
        """The encoding that `as_dict` described."""
        return cls(tuple(map(_code, stored["codes"])))


def smooth_clip(x: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """x / sqrt(1 + (x / 3)²): nearly x around 0, and never beyond -3 and 3.

    Holzmüller, Grinsztajn and Steinwart (2024), "Better by default", section 3.

    Example:
        >>> smooth_clip(np.array([0.0, 1.0, -5.0, 1e30])).round(3).tolist()
        [0.0, 0.949, -2.572, 3.0]
    """
    near = np.clip(x, -FARTHEST, FARTHEST)
    return near / np.sqrt(1 + (near / KNEE) ** 2)


def _code(stored: dict[str, Any]) -> Code:
    """A code as it was stored; anything else raises."""
    one = Input(*(stored[name] for name in Input._fields))
    middle, scale = float(stored["middle"]), float(stored["scale"])
    levels = tuple(stored["levels"])
    texts = all(isinstance(text, str) for text in (*one, *levels))
    if not (texts and math.isfinite(middle) and 0 < scale < math.inf):
        raise ValueError("it holds something else")
    return Code(one, middle, scale, bool(stored["marked"]), levels)


def _learnt(one: Input, values: Values) -> Code:
    if one.kind == "category":
        return Code(one, levels=tuple(_levels(values)))
    numbers = np.asarray(values)
    missing = np.isnan(numbers)
    if one.kind == "boolean":
        commoner = float(np.sum(numbers == 1) > np.sum(numbers == 0))
        return Code(one, commoner, marked=bool(missing.any()))
    if len(numbers) > LEARNT_FROM:
        numbers = numbers[np.linspace(0, len(numbers) - 1, LEARNT_FROM).astype(int)]
    middle, scale = _spread(numbers[~np.isnan(numbers)])
    return Code(one, middle, scale, bool(missing.any()))


def _spread(numbers: Float[np.ndarray, " rows"]) -> tuple[float, float]:
    """Median and distance of the quartiles; where these coincide, half of the range; or 1."""
    if not len(numbers):
        return 0.0, 1.0
    low, high = np.quantile(numbers, (0.25, 0.75))
    width = high - low or (numbers.max() - numbers.min()) / 2 or 1.0
    return float(np.median(numbers)), float(max(width, NARROWEST))


def _levels(values: Values) -> list[str]:
    """Categories that are not rare, the commonest MOST of them, in the order of their names."""
    import polars as pl

    counts = pl.Series("level", values).value_counts(name="count")
    kept = counts.filter(pl.col("count") >= rare(len(values)))
    return sorted(kept.sort(["count", "level"], descending=[True, False])["level"][:MOST])


def _codes(values: Values, levels: Sequence[str]) -> Int[np.ndarray, " rows"]:
    import polars as pl

    found = pl.Series(values).replace_strict(
        pl.Series(levels),
        pl.Series(range(len(levels)), dtype=pl.Int32),
        default=-1,
        return_dtype=pl.Int32,
    )
    return found.to_numpy()
