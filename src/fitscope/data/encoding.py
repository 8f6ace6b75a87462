"""Columns as numbers that models take: learnt on training rows, by scikit-learn's transformers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32, Int

from fitscope.data.columns import Column, rare
from fitscope.data.fitted import read_fitted
from fitscope.data.inputs import Input, Values, inputs_of, taken
from fitscope.data.table import Table, read_table

if TYPE_CHECKING:
    import polars as pl

MOST = 64
"""Most features that the categories of one column become; the rarest beyond are pooled. Each costs
a weight a unit, and what few rows say of it is noise."""
LEARNT_FROM = 50_000
"""Training rows, evenly spaced, from which medians and quartiles are told where there are more:
they are then known to 0.6 % of a standard deviation."""
BLOCK = 131_072  # rows encoded at once, so that memory holds little beside the result
TRUSTED = {"numpy.dtype"}  # what skops asks about in what `save` stores
NARROWEST = 1e-200  # LARGEST divided by it is still a number
KNEE = 3.0
FARTHEST = 1e9  # beyond it the square leaves float32 where a network is exported


@dataclass(frozen=True, eq=False)
class Encoding:
    """How columns become features, learnt on training rows.

    Numbers, and dates as days, month, weekday and hour: less their median, divided by the distance
    of their quartiles (where that is 0, by half of their range), missing ones 0, long tails bent by
    `smooth_clip`: RealMLP's preprocessing (Holzmüller, Grinsztajn, Steinwart 2024). Booleans: 0 and
    1, missing ones the commoner. For both a feature more where training rows miss values.
    Categories: one-hot, missing ones a category; rare and unseen ones are 0 in all of them.

    Attributes:
        inputs: what is taken of which column.
        transformer: scikit-learn's `ColumnTransformer` over these, fitted; all but `smooth_clip`.
        names: one a feature.
        column_of: the column that each feature comes from.

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

    inputs: tuple[Input, ...]
    transformer: Any
    names: tuple[str, ...]
    column_of: tuple[str, ...]

    @classmethod
    def fit(cls, given: Any, columns: Sequence[Column]) -> Encoding:
        """Learn from training rows, and no others.

        Args:
            given: training rows, as `read_table` takes them.
            columns: what `look_at` found.

        Raises:
            UserError: a value that is none of its column's kind.
        """
        from sklearn.compose import ColumnTransformer

        table = read_table(given)
        inputs = inputs_of(table, columns)
        values = taken(table, inputs)
        levels = {
            place: _levels(values[place])
            for place, one in enumerate(inputs)
            if one.kind == "category"
        }
        missing = [
            place
            for place, one in enumerate(inputs)
            if one.kind != "category" and np.isnan(values[place]).any()
        ]
        sample = _named(values)
        if sample.height > LEARNT_FROM:
            sample = sample[np.linspace(0, sample.height - 1, LEARNT_FROM).astype(int)]
        transformer = ColumnTransformer(
            _transformers(inputs, missing, {k: v for k, v in levels.items() if v}),
            sparse_threshold=0,
            verbose_feature_names_out=False,
        )
        with warnings.catch_warnings(action="ignore"):  # columns without any value; see below
            transformer.fit(sample)
        _scale(transformer, sample)
        names, column_of = _features(inputs, missing, levels)
        return cls(tuple(inputs), transformer, names, column_of)

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
        return self.transform_rows(table, np.arange(table.frame.height))

    def transform_rows(
        self, table: Table, rows: Int[np.ndarray, " rows"]
    ) -> Float32[np.ndarray, "rows features"]:
        """Features of some rows of a table, block by block."""
        x = np.zeros((len(rows), len(self.names)), np.float32)
        for begin in range(0, len(rows), BLOCK):
            self._encode(table.take(rows[begin : begin + BLOCK]), x[begin : begin + BLOCK])
        return x

    def _encode(self, table: Table, x: np.ndarray) -> None:
        """What the transformer does; one-hot directly, since texts take it 40 times as long."""
        import polars as pl

        values = taken(table, self.inputs)
        begin = 0
        for name, fitted, places in self.transformer.transformers_:
            if name == "remainder":
                continue
            mine = [values[int(place)] for place in places]
            if name == "category":
                for texts, levels in zip(mine, fitted.categories_, strict=True):
                    codes = _codes(texts, levels)
                    seen = np.flatnonzero(codes >= 0)
                    x[seen, begin + codes[seen]] = 1
                    begin += len(levels)
                continue
            found = fitted.transform(pl.from_numpy(np.column_stack(mine), schema=places))
            x[:, begin : begin + found.shape[1]] = smooth_clip(found) if name == "number" else found
            begin += found.shape[1]

    def packed(self) -> bytes:
        """What a file of it holds: skops' form."""
        from skops import io

        stored = {
            "inputs": [list(one) for one in self.inputs],
            "transformer": self.transformer,
            "names": list(self.names),
            "column_of": list(self.column_of),
        }
        return io.dumps(stored)

    @classmethod
    def load(cls, path: Path) -> Encoding:
        """What a file of `packed` bytes holds; only types that it stores are made.

        Raises:
            UserError: missing or damaged file, or one with anything else in it.
        """

        def made(stored: dict[str, Any]) -> Encoding:
            return cls(
                tuple(Input(*one) for one in stored["inputs"]),
                stored["transformer"],
                tuple(stored["names"]),
                tuple(stored["column_of"]),
            )

        return read_fitted(path, "encoding", TRUSTED, made)


def smooth_clip(x: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """x / sqrt(1 + (x / 3)²): nearly x around 0, and never beyond -3 and 3.

    Holzmüller, Grinsztajn and Steinwart (2024), "Better by default", section 3.

    Example:
        >>> smooth_clip(np.array([0.0, 1.0, -5.0, 1e30])).round(3).tolist()
        [0.0, 0.949, -2.572, 3.0]
    """
    near = np.clip(x, -FARTHEST, FARTHEST)
    return near / np.sqrt(1 + (near / KNEE) ** 2)


def _levels(values: Values) -> list[str]:
    """Categories that are not rare, the commonest MOST of them, in the order of their names."""
    import polars as pl

    counts = pl.Series("level", values).value_counts(name="count")
    kept = counts.filter(pl.col("count") >= rare(len(values)))
    return sorted(kept.sort(["count", "level"], descending=[True, False])["level"][:MOST])


def _codes(values: Values, levels: Sequence[str]) -> Int[np.ndarray, " rows"]:
    import polars as pl

    found = pl.Series(values).replace_strict(
        pl.Series([str(level) for level in levels]),
        pl.Series(range(len(levels)), dtype=pl.Int32),
        default=-1,
        return_dtype=pl.Int32,
    )
    return found.to_numpy()


def _named(values: Sequence[Values]) -> pl.DataFrame:
    """Columns called "0", "1" and so on, since parts of dates may share a column's name."""
    import polars as pl

    return pl.DataFrame({str(place): one for place, one in enumerate(values)})


def _transformers(
    inputs: Sequence[Input], missing: Sequence[int], levels: dict[int, list[str]]
) -> list[tuple[str, Any, list[str]]]:
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, RobustScaler

    one_hot: Any = OneHotEncoder  # its hints know less than it takes
    zero = SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)
    commoner = SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    categories = one_hot(
        categories=[np.array(one, object) for one in levels.values()],
        handle_unknown="ignore",
        sparse_output=False,
        dtype=np.float32,
    )
    numbers = [place for place, one in enumerate(inputs) if one.kind in ("number", "date")]
    booleans = [place for place, one in enumerate(inputs) if one.kind == "boolean"]
    parts = [
        ("number", Pipeline([("scaling", RobustScaler()), ("missing", zero)]), numbers),
        ("boolean", commoner, booleans),
        ("missing", MissingIndicator(features="all"), missing),
        ("category", categories, list(levels)),
    ]
    return [(name, made, [str(i) for i in places]) for name, made, places in parts if places]


def _scale(transformer: Any, sample: pl.DataFrame) -> None:
    """Where quartiles coincide, half of the range; where there is nothing to divide by, 1.

    scikit-learn would divide by 1, and take distances below 1e-15 for none.
    """
    for name, fitted, places in transformer.transformers_:
        if name != "number":
            continue
        scaling = fitted.named_steps["scaling"]
        for i in np.flatnonzero((scaling.scale_ == 1.0) | np.isnan(scaling.scale_)):
            column = sample[places[i]].to_numpy()
            there = column[~np.isnan(column)]
            if not len(there):
                scaling.center_[i], scaling.scale_[i] = 0.0, 1.0
                continue
            low, high = np.quantile(there, (0.25, 0.75))
            width = high - low or (there.max() - there.min()) / 2 or 1.0
            scaling.scale_[i] = max(width, NARROWEST)


def _features(
    inputs: Sequence[Input], missing: Sequence[int], levels: dict[int, list[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of features in the transformer's order, and their columns."""
    found = [(one.name, one) for one in inputs if one.kind in ("number", "date")]
    found += [(one.name, one) for one in inputs if one.kind == "boolean"]
    found += [(f"{inputs[i].name} missing", inputs[i]) for i in missing]
    for i, known in levels.items():
        found += [(f"{inputs[i].name}={level or '(missing)'}", inputs[i]) for level in known]
    return tuple(name for name, _ in found), tuple(one.column for _, one in found)
