"""Features as people have them, and what is said where they are no numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse

from fitscope.api.study import Study
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.mlp.network import MLP

Y = [0, 1, 0]
COLUMNS = {"age": [30, 40, 50], "tall": [True, False, True], "pay": [1.5, 2.5, 3.5]}
NUMBERS = [[30, 1, 1.5], [40, 0, 2.5], [50, 1, 3.5]]


def test_frames_name_their_columns_and_validation_rows_follow_the_names():
    pandas = pd.DataFrame(COLUMNS).astype({"age": "Int64"})
    for frame in (pl.DataFrame(COLUMNS), pandas):
        split = Split(frame, Y, frame[["pay", "age", "tall"]], Y)
        assert split.feature_names == ("age", "tall", "pay")
        assert split.x_train.tolist() == split.x_validation.tolist() == NUMBERS
        assert Split(frame, Y, frame, Y, "xyz").feature_names == ("x", "y", "z")
        assert Split(frame, Y, NUMBERS, Y).feature_names == split.feature_names


def test_a_map_of_memory_is_not_copied(tmp_path):
    rows = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (3, 3))
    assert np.shares_memory(Split(rows, Y, rows, Y).x_train, rows)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["a", "b", "c"], "column 'more' holds texts such as 'a'"),
        (pd.Categorical(["u", "v", "u"]), "column 'more' holds texts such as 'u'"),
        (pd.to_datetime(["2026-01-01"] * 3), "column 'more' holds dates, and mlp takes numbers"),
        ([[1], [2], [3]], "column 'more' holds list objects"),
        ([None, None, None], "column 'more' holds nothing"),
        ([1.0, None, 2.0], "train row 2: 'more' is missing or not finite; drop the row or fill it"),
        (pd.array([1, None, 2], "Int64"), "train row 2: 'more' is missing"),
    ],
)
def test_the_column_that_is_no_number_is_named(column: Any, said: str):
    frame = pd.DataFrame(COLUMNS)
    frame["more"] = pd.Series(column)
    with pytest.raises(UserError) as caught:  # at once, or where the learner takes numbers alone
        Study(Split(frame, Y, frame, Y)).add("network", MLP(2))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (pl.DataFrame({"a": ["x", "y", "z"]}), "column 'a' holds texts such as 'x'"),
        (pl.DataFrame({"a": [1.0, None, 2.0]}), "train row 2: 'a' is missing"),
        (pd.DataFrame([[1, 2]] * 3, columns=pd.Index(["a", "a"])), "two columns are called 'a'"),
        (np.array([["1", "x"]] * 3), "feature 1 holds texts such as 'x' (row 1)"),
        ([[1, 2], [3], [4]], "the rows have different numbers of features"),
        (np.zeros(3), "a single feature is given as x.reshape(-1, 1)"),
        (np.zeros((3, 2, 2)), "give each example as one row, x.reshape(len(x), -1)"),
        (scipy.sparse.csr_matrix(np.eye(3)), "a sparse matrix; give x.toarray()"),
        (None, "features must be a 2-d array, got None"),
    ],
)
def test_what_is_refused_says_what_is_wanted(x: Any, said: str):
    with pytest.raises(UserError) as caught:
        Split(x, Y, np.zeros((3, 1 if isinstance(x, pl.DataFrame) else 2)), Y)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_lazy_frames_are_to_be_collected():
    rows = pl.LazyFrame({"a": [1.0, 2.0, 3.0]})
    with pytest.raises(UserError, match=r"a lazy frame; give x\.collect\(\)"):
        Split(rows, Y, rows, Y)


def test_parts_with_other_columns_and_in_the_order_of_train_test_split():
    frame = pd.DataFrame(COLUMNS)
    with pytest.raises(UserError, match="validation rows lack age and have old beyond them"):
        Split(frame, Y, frame.rename(columns={"age": "old"}), Y)
    x, y = np.zeros((3, 2)), np.array(Y)
    with pytest.raises(UserError, match=r"order is Split\(x_train, y_train, x_validation"):
        Split(x, x, y, y)
