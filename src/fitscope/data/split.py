"""A table split into training and validation rows."""

from __future__ import annotations

import hashlib
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError


@dataclass(frozen=True)
class Source:
    """Where rows came from.

    Attributes:
        kind: "file", "url", "simulated" or "arrays".
        location: the path or address, "simulated:SEED", or a few plain words.
        simulated: True if the rows were generated and not measured.

    Example:
        >>> print(Source("simulated", "simulated:7", simulated=True))
        simulated:7 (simulated collisions)
        >>> print(Source("file", "rows.parquet", simulated=True))
        rows.parquet (simulated)
    """

    kind: str
    location: str
    simulated: bool = False

    def __str__(self) -> str:
        if self.kind == "simulated":
            return f"{self.location} (simulated collisions)"
        return f"{self.location} (simulated)" if self.simulated else self.location


@dataclass(frozen=True, eq=False)
class Split:
    """Training and validation rows with a 0/1 target, as float32 arrays.

    Attributes:
        x_train: training features, one row an example. May be a read-only memory map.
        y_train: training labels, 0 or 1.
        x_validation: validation features.
        y_validation: validation labels, 0 or 1.
        feature_names: one name a column.
        source: where the rows came from.
        checked: True skips looking at every value, for rows whose reader has done so: millions
            of memory-mapped rows then load without being read.

    Raises:
        UserError: shapes that do not fit together, no rows, values that are not finite
            (checked block by block, so a memory map is never copied) or labels other than
            0 and 1.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(30, 2)).astype(np.float32)
        >>> y = (x[:, 0] > 0).astype(np.float32)
        >>> split = Split(x[:20], y[:20], x[20:], y[20:], ("a", "b"))
        >>> split.x_train.shape, split.features
        ((20, 2), 2)
    """

    x_train: Float32[np.ndarray, "train features"]
    y_train: Float32[np.ndarray, " train"]
    x_validation: Float32[np.ndarray, "validation features"]
    y_validation: Float32[np.ndarray, " validation"]
    feature_names: tuple[str, ...] = ()
    source: Source = field(default_factory=lambda: Source("arrays", "arrays given in Python"))
    checked: InitVar[bool] = False

    def __post_init__(self, checked: bool) -> None:
        for part in ("train", "validation"):
            x, y = _as_float32(getattr(self, f"x_{part}")), _as_float32(getattr(self, f"y_{part}"))
            if x.ndim != 2 or y.ndim != 1:
                raise UserError(
                    f"{part} rows: features must be a 2-d array and labels a 1-d one, got shapes "
                    f"{x.shape} and {y.shape}"
                )
            if len(x) != len(y):
                raise UserError(f"{part} rows: {len(x)} rows of features but {len(y)} labels")
            if len(x) == 0:
                raise UserError(f"{part} rows: there are none; give at least one")
            if not checked:
                _check_values(x, y, part)
            object.__setattr__(self, f"x_{part}", x)
            object.__setattr__(self, f"y_{part}", y)
        if self.x_train.shape[1] != self.x_validation.shape[1]:
            raise UserError(
                f"training rows have {self.x_train.shape[1]} features, validation rows "
                f"{self.x_validation.shape[1]}"
            )
        names = tuple(self.feature_names) or tuple(f"feature {i}" for i in range(self.features))
        if len(names) != self.features:
            raise UserError(f"{len(names)} feature names for {self.features} features")
        object.__setattr__(self, "feature_names", names)

    @property
    def features(self) -> int:
        """Number of feature columns."""
        return self.x_train.shape[1]

    @property
    def task(self):
        from fitscope.task import BINARY

        return BINARY

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the four arrays: equal rows, equal fingerprint."""
        digest = hashlib.sha256()
        for array in (self.x_train, self.y_train, self.x_validation, self.y_validation):
            digest.update(repr(array.shape).encode())
            for block in _blocks(array):
                digest.update(np.ascontiguousarray(block).tobytes())
        return digest.hexdigest()

    def _repr_html_(self) -> str:
        return (
            f"<b>Split</b>: {len(self.x_train):,} training and {len(self.x_validation):,} "
            f"validation rows, {self.features} features, from {escape(str(self.source))}"
        )

    def __repr__(self) -> str:
        return (
            f"Split({len(self.x_train):,} training rows, {len(self.x_validation):,} validation "
            f"rows, {self.features} features, from {self.source})"
        )


def _as_float32(array: Any) -> np.ndarray:
    try:
        return np.asarray(array, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UserError(f"rows must be numbers: {error}") from error


def _blocks(array: np.ndarray, rows: int = 262_144):
    return (array[start : start + rows] for start in range(0, len(array), rows))


def _check_values(x: np.ndarray, y: np.ndarray, part: str) -> None:
    for name, array in (("feature", x), ("label", y)):
        for number, block in enumerate(_blocks(array)):
            if not np.isfinite(block).all():
                row = number * 262_144 + int(np.argwhere(~np.isfinite(block))[0][0])
                raise UserError(
                    f"{part} row {row + 1}: a {name} is missing or not finite; drop or fill it"
                )
    for number, block in enumerate(_blocks(y)):
        wrong = (block != 0) & (block != 1)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise UserError(
                f"{part} row {number * 262_144 + row + 1}: label {block[row]:g} is neither 0 nor 1"
            )
