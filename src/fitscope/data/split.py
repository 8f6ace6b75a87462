"""A table split into training and validation rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32

from fitscope.data.features import refuse_missing
from fitscope.data.given_frames import as_parts
from fitscope.data.source import Source
from fitscope.data.target import as_column, as_targets, as_task, blocks
from fitscope.data.weights import row_weights
from fitscope.errors import UserError
from fitscope.task import BINARY, Task

if TYPE_CHECKING:
    from fitscope.data.encoding import Encoding
    from fitscope.data.raw import Raw


@dataclass(frozen=True, eq=False, init=False)
class Split:
    """Training and validation rows with a target: features and classes as float32 arrays.

    Args:
        x_train: training features, one row an example: an array, which may be a read-only memory
            map, or a Polars or pandas frame. Texts, dates and missing values of frames are kept
            for learners that take columns as they are, such as a pipeline with an encoder.
        y_train: training targets: 0 and 1 or any other two labels, texts, whole numbers or
            fractions; an array, a column of a frame, or an array of one column.
        x_validation: validation features; the columns of a frame are found by their names.
        y_validation: validation targets.
        feature_names: one name a column; those of a frame if left out.
        source: where the rows came from.
        checked: True skips looking at every value, for rows whose reader has done so: millions
            of memory-mapped rows then load without being read. Their targets are numbers as
            `task` has them, 0 and 1 if it is "auto".
        raw: how the features stand for a table's columns, for learners that take these as they are;
            see `fitscope.data.raw.Raw`. Their values may be missing.
        encoding: how the features were made of a table's columns; a study keeps it, and its models
            then predict such tables.
        train_weights: what each training row counts, above 0; all alike if left out.
        validation_weights: what each validation row counts; both or neither are given.
        task: what is to be learnt: "binary", "multiclass", "regression", a
            `fitscope.task.Task`, or "auto", which takes booleans, two whole numbers and two texts
            for binary, more texts for multiclass and fractions for a regression. It does not
            guess what a few whole numbers more are.

    Attributes:
        y_train, y_validation: numbers of classes, float32, or the values of a regression,
            float64.
        task: a `fitscope.task.Task`, with the names of the classes where they have some.
        train_weights, validation_weights: float64, or None.

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
    encoding: Encoding | None
    train_weights: Float[np.ndarray, " train"] | None
    validation_weights: Float[np.ndarray, " validation"] | None

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
        train_weights: Any = None,
        validation_weights: Any = None,
        encoding: Encoding | None = None,
    ) -> None:
        _refuse_other_order(y_train, x_validation)
        x, columns, found_raw = as_parts(x_train, x_validation)
        raw = raw or found_raw
        given = {
            part: as_column(y, part)
            for part, y in (("train", y_train), ("validation", y_validation))
        }
        for part in x:
            _check_shapes(x[part], given[part], part)
        features = x["train"].shape[1]
        if features != x["validation"].shape[1]:
            raise UserError(
                f"training rows have {features} features, validation rows "
                f"{x['validation'].shape[1]}"
            )
        plain = tuple(f"feature {i}" for i in range(features))
        names = tuple(feature_names) or columns or plain
        if len(names) != features:
            raise UserError(f"{len(names)} feature names for {features} features")
        if not checked and raw is None:
            for part, values in x.items():
                refuse_missing(values, part, names)
        weights = row_weights(train_weights, validation_weights, given)
        found, y = as_targets(given, task) if not checked else _as_given(given, task)
        for name, value in {
            **{f"x_{part}": values for part, values in x.items()},
            **{f"y_{part}": values for part, values in y.items()},
            **{f"{part}_weights": values for part, values in weights.items()},
            "feature_names": names,
            "source": source or Source("arrays", "arrays given in Python"),
            "task": found,
            "raw": raw,
            "encoding": encoding,
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
    def constant_loss(self) -> float | None:
        """What a constant prediction loses; see `fitscope.task.Task.constant_loss`."""
        return self.task.constant_loss(
            self.y_train, self.y_validation, self.train_weights, self.validation_weights
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the four arrays, weights and labels: equal rows, equal fingerprint."""
        # truths had no names once, and studies of them go on
        labels = () if self.task.truths else self.task.labels
        digest = hashlib.sha256("".join(map(repr, labels)).encode())
        if self.raw is not None:
            digest.update(repr(self.raw).encode())
        for array in (self.x_train, self.y_train, self.x_validation, self.y_validation):
            digest.update(repr(array.shape).encode())
            for _, block in blocks(array):
                digest.update(np.ascontiguousarray(block).tobytes())
        for weights in (self.train_weights, self.validation_weights):
            if weights is not None:
                digest.update(weights.tobytes())
        return digest.hexdigest()

    def trained_on(
        self,
        x: Float32[np.ndarray, "other features"],
        y: Float[np.ndarray, " other"],
        weights: Float[np.ndarray, " other"] | None,
        how: str,
    ) -> Split:
        """Other training rows beside the same validation rows.

        Args:
            x: features, as they are here.
            y: targets.
            weights: what each of the rows counts; None where none are given here.
            how: they follow from what is here. The fingerprint says so, and nobody need read all
                rows again for it.
        """
        other = Split(
            x,
            y,
            self.x_validation,
            self.y_validation,
            self.feature_names,
            self.source,
            checked=True,
            task=self.task,
            raw=self.raw,
            train_weights=weights,
            validation_weights=self.validation_weights,
            encoding=self.encoding,
        )
        other.__dict__["fingerprint"] = f"{self.fingerprint} {how}"
        return other

    def __repr__(self) -> str:
        return (
            f"Split({len(self.x_train):,} training rows, {len(self.x_validation):,} validation "
            f"rows, {self.features} features, from {self.source})"
        )


def _as_given(raw: dict[str, Any], task: Task | str) -> tuple[Task, dict[str, np.ndarray]]:
    """Targets that somebody has looked at."""
    task = as_task(task) or BINARY
    kind = np.float64 if task.kind == "regression" else np.float32
    return task, {part: np.asarray(y, kind) for part, y in raw.items()}


def _refuse_other_order(y_train: Any, x_validation: Any) -> None:
    """The four arrays in the order in which scikit-learn's `train_test_split` gives them."""
    shapes = [np.shape(values) for values in (y_train, x_validation) if hasattr(values, "shape")]
    if len(shapes) == 2 and len(shapes[0]) == 2 and shapes[0][1] > 1 and len(shapes[1]) == 1:
        raise UserError(
            f"the training labels have shape {shapes[0]} and the validation features {shapes[1]}; "
            "the order is Split(x_train, y_train, x_validation, y_validation)"
        )


def _check_shapes(x: np.ndarray, y: np.ndarray, part: str) -> None:
    if len(x) != len(y):
        raise UserError(f"{part} rows: {len(x)} rows of features but {len(y)} labels")
    if len(x) == 0:
        raise UserError(f"{part} rows: there are none; give at least one")
