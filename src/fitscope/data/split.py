"""A table split into training and validation rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32

from fitscope.data.given_frames import from_frames, is_frame
from fitscope.data.target import as_array, as_targets, as_task, blocks
from fitscope.errors import UserError
from fitscope.task import BINARY, Task

if TYPE_CHECKING:
    from fitscope.data.raw import Raw


@dataclass(frozen=True)
class Source:
    """Where rows came from.

    Attributes:
        kind: "file", "url", "simulated" or "arrays".
        location: the path or address, "simulated:SEED", or a few plain words.
        simulated: True if the rows were generated and not measured.

    Example:
        >>> print(Source("file", "rows.parquet", simulated=True))
        rows.parquet (simulated)
    """

    kind: str
    location: str
    simulated: bool = False

    def __str__(self) -> str:
        return f"{self.location} (simulated)" if self.simulated else self.location


@dataclass(frozen=True, eq=False, init=False)
class Split:
    """Training and validation rows with a target: features and classes as float32 arrays.

    Args:
        x_train: training features, one row an example. May be a read-only memory map, or a data
            frame of pandas or Polars. Texts, dates and missing values of a frame are kept for
            learners that take columns as they are, such as a pipeline with an encoder.
        y_train: training targets: 0 and 1, booleans, texts, whole numbers or fractions.
        x_validation: validation features; a frame where the training features are one.
        y_validation: validation targets.
        feature_names: one name a column.
        source: where the rows came from.
        checked: True skips looking at every value, for rows whose reader has done so: millions
            of memory-mapped rows then load without being read. Their targets are numbers as
            `task` has them, 0 and 1 if it is "auto".
        raw: how the features stand for a table's columns, for learners that take these as they are;
            see `fitscope.data.raw.Raw`. Their values may be missing.
        task: what is to be learnt: "binary", "multiclass", "regression", a
            `fitscope.task.Task`, or "auto", which takes 0 and 1, booleans and two texts for
            binary, more texts for multiclass and fractions for a regression. It does not guess
            what few whole numbers are.

    Attributes:
        y_train, y_validation: numbers of classes, float32, or the values of a regression,
            float64.
        task: a `fitscope.task.Task`, with the names of the classes where they have some.

    Raises:
        UserError: shapes that do not fit together, no rows, values that are missing or not
            finite (checked block by block, so a memory map is never copied), or targets that
            do not suit the task.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(30, 2)).astype(np.float32)
        >>> y = (x[:, 0] > 0).astype(np.float32)
        >>> split = Split(x[:20], y[:20], x[20:], y[20:], ("a", "b"))
        >>> split.x_train.shape, split.features, split.task.kind
        ((20, 2), 2, 'binary')
        >>> names = np.where(y > 0, "high", "low")
        >>> Split(x[:20], names[:20], x[20:], names[20:]).task.labels
        ('high', 'low')
    """

    x_train: Float32[np.ndarray, "train features"]
    y_train: Float[np.ndarray, " train"]
    x_validation: Float32[np.ndarray, "validation features"]
    y_validation: Float[np.ndarray, " validation"]
    feature_names: tuple[str, ...]
    source: Source
    task: Task
    raw: Raw | None

    def __init__(
        self,
        x_train: Any,
        y_train: Any,
        x_validation: Any,
        y_validation: Any,
        feature_names: Sequence[str] = (),
        source: Source | None = None,
        checked: bool = False,
        task: Task | str = "auto",
        raw: Raw | None = None,
    ) -> None:
        if raw is None and (is_frame(x_train) or is_frame(x_validation)):
            x, columns, raw = from_frames(x_train, x_validation)
            x_train, x_validation = x["train"], x["validation"]
            feature_names = tuple(feature_names) or columns
        parts = {"train": (x_train, y_train), "validation": (x_validation, y_validation)}
        x = {part: _as_float32(values) for part, (values, _) in parts.items()}
        for part, (_, y) in parts.items():
            _check_shapes(x[part], as_array(y, part), part)
            if not checked and raw is None:
                _check_features(x[part], part)
        if x["train"].shape[1] != x["validation"].shape[1]:
            raise UserError(
                f"training rows have {x['train'].shape[1]} features, validation rows "
                f"{x['validation'].shape[1]}"
            )
        given = {part: y for part, (_, y) in parts.items()}
        found, y = as_targets(given, task) if not checked else _as_given(given, task)
        features = x["train"].shape[1]
        names = tuple(feature_names) or tuple(f"feature {i}" for i in range(features))
        if len(names) != features:
            raise UserError(f"{len(names)} feature names for {features} features")
        for name, value in {
            **{f"x_{part}": values for part, values in x.items()},
            **{f"y_{part}": values for part, values in y.items()},
            "feature_names": names,
            "source": source or Source("arrays", "arrays given in Python"),
            "task": found,
            "raw": raw,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def features(self) -> int:
        """Number of feature columns."""
        return self.x_train.shape[1]

    @property
    def train_rows(self) -> Any:
        """Training rows as a learner with its own encoding takes them."""
        return self.x_train if self.raw is None else self.raw.frame(self.x_train)

    @property
    def validation_rows(self) -> Any:
        """Validation rows likewise."""
        return self.x_validation if self.raw is None else self.raw.frame(self.x_validation)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the four arrays and the labels: equal rows, equal fingerprint."""
        digest = hashlib.sha256("".join(map(repr, self.task.labels)).encode())
        if self.raw is not None:
            digest.update(repr(self.raw).encode())
        for array in (self.x_train, self.y_train, self.x_validation, self.y_validation):
            digest.update(repr(array.shape).encode())
            for _, block in blocks(array):
                digest.update(np.ascontiguousarray(block).tobytes())
        return digest.hexdigest()

    def __repr__(self) -> str:
        return (
            f"Split({len(self.x_train):,} training rows, {len(self.x_validation):,} validation "
            f"rows, {self.features} features, from {self.source})"
        )


def _as_float32(array: Any) -> np.ndarray:
    try:
        return np.asarray(array, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UserError(f"features must be numbers: {error}") from error


def _as_given(raw: dict[str, Any], task: Task | str) -> tuple[Task, dict[str, np.ndarray]]:
    """Targets that somebody has looked at."""
    task = as_task(task) or BINARY
    kind = np.float64 if task.kind == "regression" else np.float32
    return task, {part: np.asarray(y, kind) for part, y in raw.items()}


def _check_shapes(x: np.ndarray, y: np.ndarray, part: str) -> None:
    if x.ndim != 2 or y.ndim != 1:
        raise UserError(
            f"{part} rows: features must be a 2-d array and labels a 1-d one, got shapes "
            f"{x.shape} and {y.shape}"
        )
    if len(x) != len(y):
        raise UserError(f"{part} rows: {len(x)} rows of features but {len(y)} labels")
    if len(x) == 0:
        raise UserError(f"{part} rows: there are none; give at least one")


def _check_features(x: np.ndarray, part: str) -> None:
    for first, block in blocks(x):
        if not np.isfinite(block).all():
            row = first + int(np.argwhere(~np.isfinite(block))[0][0])
            raise UserError(
                f"{part} row {row + 1}: a feature is missing or not finite; drop or fill it"
            )
