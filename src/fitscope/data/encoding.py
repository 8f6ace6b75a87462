"""Columns as numbers that models take: learnt on training rows, by scikit-learn's transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32

from fitscope.data.columns import Column
from fitscope.errors import UserError, reason
from fitscope.files import write_bytes

if TYPE_CHECKING:
    import polars as pl

RARE = 10
MOST = 64


@dataclass(frozen=True, eq=False)
class Encoding:
    """How columns become features.

    Attributes:
        columns: name and kind of each column that is read.
        transformer: scikit-learn's ColumnTransformer, learnt on training rows.
        names: one a feature.
        column_of: the column that each feature comes from.
    """

    columns: tuple[tuple[str, str], ...]
    transformer: Any
    names: tuple[str, ...]
    column_of: tuple[str, ...]

    @classmethod
    def fit(cls, frame: pl.DataFrame, columns: Sequence[Column]) -> Encoding:
        """Learn from training rows."""
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import MissingIndicator, SimpleImputer
        from sklearn.pipeline import Pipeline
        from sklearn.preprocessing import OneHotEncoder, RobustScaler

        used = tuple((column.name, column.kind) for column in columns if column.used)
        inputs, origin = _inputs(frame, used)
        numbers = [name for name, kind in origin.items() if kind[1] in ("number", "date")]
        booleans = [name for name, kind in origin.items() if kind[1] == "boolean"]
        categories = [name for name, kind in origin.items() if kind[1] == "category"]
        imputed = [
            ("imputing", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scaling", RobustScaler()),
        ]
        filled = SimpleImputer(strategy="most_frequent", keep_empty_features=True)
        one_hot = OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            min_frequency=RARE,
            max_categories=MOST,
            sparse_output=False,
            dtype=np.float32,
        )
        parts: list[tuple[str, Any, list[str]]] = [
            ("number", Pipeline(imputed), numbers),
            ("boolean", filled, booleans),
            ("missing", MissingIndicator(error_on_new=False), [*numbers, *booleans]),
            ("category", one_hot, categories),
        ]
        transformer = ColumnTransformer(
            [part for part in parts if part[2]],
            sparse_threshold=0,
            verbose_feature_names_out=False,
        )
        transformer.fit(inputs)
        names = []
        of = []
        for name, made, taken in transformer.transformers_:
            if name == "remainder":
                continue
            if name == "category":
                for column, levels in zip(taken, _category_names(made), strict=True):
                    names += [f"{column}={level}" for level in levels]
                    of += [origin[column][0]] * len(levels)
            elif name == "missing":
                marked = [taken[place] for place in made.features_]
                names += [f"{column} missing" for column in marked]
                of += [origin[column][0] for column in marked]
            else:
                names += taken
                of += [origin[column][0] for column in taken]
        return cls(used, transformer, tuple(names), tuple(of))

    def transform(self, frame: pl.DataFrame) -> Float32[np.ndarray, "rows features"]:
        """Features of rows, in float32."""
        inputs, origin = _inputs(frame, self.columns)
        x = np.array(self.transformer.transform(inputs), np.float32)
        clipped = sum(kind in ("number", "date") for _, kind in origin.values())
        x[:, :clipped] = smooth_clip(x[:, :clipped])
        return x

    def save(self, path: Path) -> None:
        """Store it by skops, whole or not at all."""
        from skops import io

        write_bytes(
            path,
            io.dumps(
                {
                    "columns": [list(column) for column in self.columns],
                    "transformer": self.transformer,
                    "names": list(self.names),
                    "column_of": list(self.column_of),
                }
            ),
        )

    @classmethod
    def load(cls, path: Path) -> Encoding:
        """What `save` stored."""
        from skops import io

        try:
            stored = io.loads(path.read_bytes(), trusted=[])
            return cls(
                tuple((name, kind) for name, kind in stored["columns"]),
                stored["transformer"],
                tuple(stored["names"]),
                tuple(stored["column_of"]),
            )
        except FileNotFoundError:
            raise UserError(f"{path}: no such encoding") from None
        except Exception as error:
            raise UserError(f"{path}: damaged encoding ({reason(error)})") from None


def smooth_clip(x: np.ndarray) -> np.ndarray:
    """x / sqrt(1 + (x / 3)^2): nearly x around 0, never beyond -3 and 3 (Holzmüller et al. 2024).

    Example:
        >>> smooth_clip(np.array([0.0, 1.0, 1e30])).round(3).tolist()
        [0.0, 0.949, 3.0]
    """
    x = np.clip(x, -1e9, 1e9)
    return x / np.sqrt(1 + (x / 3) ** 2)


def _category_names(encoder: Any) -> list[list[str]]:
    names = []
    for levels, rare in zip(encoder.categories_, encoder.infrequent_categories_, strict=True):
        pooled = set() if rare is None else set(rare)
        kept = [level or "missing" for level in levels if level not in pooled]
        names.append([*kept, "other"] if pooled else kept)
    return names


def _inputs(
    frame: pl.DataFrame, columns: Sequence[tuple[str, str]]
) -> tuple[pl.DataFrame, dict[str, tuple[str, str]]]:
    """The columns as scikit-learn takes them, and the column and kind of each."""
    import polars as pl

    made: list[pl.Series] = []
    origin: dict[str, tuple[str, str]] = {}
    for name, kind in columns:
        values = frame[name]
        if kind == "category":
            series = [values.cast(pl.String).fill_null("")]
        elif kind == "date":
            day = values.cast(pl.Datetime("us"))
            series = [
                (day.dt.timestamp("us") / 86_400_000_000).alias(name),
                day.dt.month().cast(pl.Float64).alias(f"{name} month"),
                day.dt.weekday().cast(pl.Float64).alias(f"{name} weekday"),
                day.dt.hour().cast(pl.Float64).alias(f"{name} hour"),
            ]
            series = [one.fill_null(float("nan")) for one in series]
        else:
            series = [values.cast(pl.Float64).fill_null(float("nan"))]
        for one in series:
            made.append(one)
            origin[one.name] = (name, kind)
    return pl.DataFrame(made), origin
