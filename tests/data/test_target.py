"""Which task a target sets, and what is refused instead of being guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from fitscope.data.split import Split
from fitscope.data.target import as_targets, training_scale
from fitscope.errors import UserError
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task


def targets(train: Any, validation: Any = None, task: Task | str = "auto") -> tuple[Task, Any]:
    parts = {"train": train, "validation": train if validation is None else validation}
    found, numbers = as_targets(parts, task)
    return found, numbers["train"].tolist()


@pytest.mark.parametrize(
    ("train", "task", "numbers"),
    [
        ([0, 1, 1], BINARY, [0, 1, 1]),
        ([1.0, 1.0], BINARY, [1, 1]),
        (np.array([True, False]), BINARY.of_truths(), [1, 0]),
        ([True, False], BINARY.of_truths(), [1, 0]),
        (pd.Series([True, False], dtype="boolean"), BINARY.of_truths(), [1, 0]),
        (["true", "false"], BINARY.of(["false", "true"]), [1, 0]),  # texts are predicted as such
        ([-1, 1, 1], BINARY.of(["-1", "1"]), [0, 1, 1]),
        ([2.0, 1.0, 2.0], BINARY.of(["1", "2"]), [1, 0, 1]),
        ([[1], [0]], BINARY, [1, 0]),  # as scikit-learn's and Keras' users have them
        (pd.DataFrame({"y": ["no", "yes"]}), BINARY.of(["no", "yes"]), [0, 1]),
        (pd.Series([1, 0], dtype="Int64"), BINARY, [1, 0]),
        (pd.Series(["b", "a"], dtype="string"), BINARY.of(["a", "b"]), [1, 0]),
        (np.array([0, 1], object), BINARY, [0, 1]),
        (["yes", "no", "yes"], BINARY.of(["no", "yes"]), [1, 0, 1]),
        (np.array(["b", "c", "a"]), MULTICLASS.of(["a", "b", "c"]), [1, 2, 0]),
        (np.array(["b", "c", "a"], object), MULTICLASS.of(["a", "b", "c"]), [1, 2, 0]),
        (pl.Series(["b", "c", "a"]), MULTICLASS.of(["a", "b", "c"]), [1, 2, 0]),
        (
            pl.Series(["b", "c", "a"], dtype=pl.Categorical),
            MULTICLASS.of(["a", "b", "c"]),
            [1, 2, 0],
        ),
        ([0.5, 1.0, 2.0], REGRESSION, [0.5, 1, 2]),
        (np.array([True, 2.5], object), REGRESSION, [1, 2.5]),
        (list(range(21)), REGRESSION, list(range(21))),  # too many to be classes
    ],
)
def test_what_can_be_told(train: Any, task: Task, numbers: list[float]):
    assert targets(train) == (task, numbers)


@pytest.mark.parametrize(
    ("train", "wanted", "task", "numbers"),
    [
        ([0, 2, 1], "multiclass", MULTICLASS.of(["0", "1", "2"]), [0, 2, 1]),
        ([30, 10, 20], "multiclass", MULTICLASS.of(["10", "20", "30"]), [2, 0, 1]),
        ([-1, 1, 1], "binary", BINARY.of(["-1", "1"]), [0, 1, 1]),
        ([0, 1, 1], "multiclass", MULTICLASS.of(["0", "1"]), [0, 1, 1]),
        ([0, 2, 1], "regression", REGRESSION, [0, 2, 1]),
        ([0, 2, 1], REGRESSION, REGRESSION, [0, 2, 1]),
        ([0, 1, 1], REGRESSION, REGRESSION, [0, 1, 1]),
        ([0, 2, 1], MULTICLASS.of("abc"), MULTICLASS.of("abc"), [0, 2, 1]),
        (["c", "b", "a"], MULTICLASS.of("cab"), MULTICLASS.of("cab"), [0, 2, 1]),
    ],
)
def test_what_is_said(train: Any, wanted: Any, task: Task, numbers: list[float]):
    assert targets(train, task=wanted) == (task, numbers)


@pytest.mark.parametrize(
    ("train", "validation", "task", "refused"),
    [
        ([0, 1, 2], None, "auto", "say task='multiclass' or task='regression'"),
        ([1, 1, 0, 2], None, "auto", "train row 4: label 2 is neither 0 nor 1"),
        ([1, 2], [1, 3], "auto", "few whole numbers (1, 2 and 3), which may be classes"),
        (pd.Series([1, None], dtype="Int64"), None, "auto", "train row 2: a label is missing"),
        (pd.Series(["a", None], dtype="string"), None, "auto", "train row 2: a label is missing"),
        ([0, 1, 2], None, "binary", "train row 3: label 2 is neither 0 nor 1"),
        ([0.5, 1, 2], None, "multiclass", "holds fractions such as 0.5"),
        (["a", "b"], None, "regression", "holds texts such as 'a'"),
        (["a", "b"], ["a", "c"], "auto", "validation rows hold c, of which no training row"),
        ([0, 1, 2], [0, 3, 1], "multiclass", "validation rows hold 3, of which no training row"),
        (["a", "a"], None, "auto", "needs two labels on the training rows, found a"),
        (
            ["a", "b", "c"],
            None,
            "binary",
            "two labels on the training rows, found a, b and c",
        ),
        ([3, 3], None, "multiclass", "needs several labels on the training rows, found 3"),
        (["a", None], None, "auto", "train row 2: a label is missing"),
        (["a", ""], None, "auto", "train row 2: a label is missing"),
        ([0.0, np.nan], None, "auto", "train row 2: a label is missing or not finite"),
        ([0.5, np.inf], None, "regression", "train row 2: a label is missing or not finite"),
        (["a", "b"], [0, 1], "auto", "labels are texts there and numbers elsewhere"),
        (np.array(["a", 1], object), None, "auto", "texts and numbers together"),
        (np.array([1j, 2j]), None, "auto", "must be numbers or texts, got complex128"),
        ([[0, 1]], None, "auto", "must be a 1-d array, got shape (1, 2)"),
        ([[0, 1], [1, 0]], None, "auto", "labels that are one-hot are given as y.argmax(axis=1)"),
        ([0.5, 1.5], [0.5, -1e200], "auto", "validation row 2: the target -1e+200 is too large"),
        ([[0], [0, 1]], None, "auto", "must be a 1-d array"),
        ([0, 1], None, ["binary"], "unknown task ['binary']"),
        ([1e30, 2e30], None, "multiclass", "2e+30 is too large for a label"),
        ([0, 1], None, "ordinal", "unknown task 'ordinal'; choose from auto, binary"),
        ([0, 5], None, MULTICLASS.of("abc"), "train row 2: 5 is no number of one of the 3 labels"),
        (["a", "x"], None, BINARY.of("ab"), "train rows hold x, which is none of the task's"),
        (["a", "b"], None, MULTICLASS.of("abc"), "no training row has the label c"),
    ],
)
def test_what_is_refused(train: Any, validation: Any, task: Any, refused: str):
    with pytest.raises(UserError) as caught:
        targets(train, validation, task)
    assert refused in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_validation_rows_may_lack_a_label():
    assert targets(["a", "b"], ["a"])[0] == BINARY.of("ab")
    assert targets([0, 1], [1])[0] == BINARY
    assert targets(["a", "b", "c"], ["a"])[0] == MULTICLASS.of("abc")


def test_a_split_keeps_classes_in_float32_and_numbers_in_float64():
    x = np.zeros((3, 2), np.float32)
    classes = Split(x, ["a", "b", "c"], x, ["a", "b", "c"])
    numbers = Split(x, [0.1, 0.2, 0.3], x, [0.1, 0.2, 0.3])
    assert (classes.y_train.dtype, numbers.y_train.dtype) == (np.float32, np.float64)
    assert numbers.y_train.tolist() == [0.1, 0.2, 0.3]
    for split in (classes, numbers):  # as a worker takes them over
        again = Split(
            split.x_train,
            split.y_train,
            split.x_validation,
            split.y_validation,
            checked=True,
            task=split.task,
        )
        assert again.y_train is split.y_train
        assert (again.task, again.fingerprint) == (split.task, split.fingerprint)


def test_other_labels_are_other_rows():
    x = np.zeros((2, 1), np.float32)
    one, other = (Split(x, names, x, names) for names in (["a", "b"], ["x", "y"]))
    assert one.fingerprint != other.fingerprint
    assert one.fingerprint != Split(x, [0, 1], x, [0, 1]).fingerprint


def test_the_scale_of_a_regression():
    assert training_scale(np.array([1e6, 1e6 + 2])) == (1e6 + 1, 1.0)
    for y, refused in (([7.0, 7.0], "have the target 7"), ([0.0, 1e30], "spread by 5e")):
        with pytest.raises(UserError, match=refused):
            training_scale(np.array(y))
