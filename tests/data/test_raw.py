"""Columns as they are: through float32 and back, for each kind and each library."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.data.columns import look_at
from fitscope.data.encoding import Encoding
from fitscope.data.raw import Raw, frame_library, typed_columns
from fitscope.data.table import read_table
from fitscope.errors import UserError
from fitscope.serving.encodings import load_encoding

ROWS = {
    "age": [30, 41, 52, 63],
    "height": [1.5, None, 1.75, 1.25],
    "land": ["DE", "FR", None, "DE"],
    "owner": [True, False, True, True],
    "since": [dt.date(2020, 1, 1), dt.date(2021, 2, 3), None, dt.date(2024, 2, 29)],
    "y": ["no", "yes", "no", "yes"],
}


def raw_of(library, rows=ROWS, **options) -> tuple[Raw, object]:
    table = read_table(pl.DataFrame(rows, strict=False))
    return Raw.fit(table, look_at(table, "y"), library, **options), table


def test_a_polars_frame_comes_back():
    raw, table = raw_of("polars")
    back = raw.frame(raw.transform_rows(table, np.arange(4)))
    expected = table.frame.drop("y").with_columns(pl.col("since").cast(pl.Datetime("us")))
    assert back.equals(expected)
    assert raw.transform(table).equals(expected)


def test_a_pandas_frame_comes_back_with_its_kinds():
    pd = pytest.importorskip("pandas", reason="needs pandas")
    raw, table = raw_of("pandas", typed=("land",))
    for back in (raw.frame(raw.transform_rows(table, np.arange(4))), raw.transform(table)):
        assert list(back.columns) == ["age", "height", "land", "owner", "since"]
        kinds = {name: str(kind) for name, kind in back.dtypes.items()}
        assert kinds["age"] == "int64"
        assert (kinds["height"], kinds["land"], kinds["owner"]) == ("float64", "category", "bool")
        assert kinds["since"].startswith("datetime64")
        assert back["since"].iloc[3] == pd.Timestamp(2024, 2, 29)
        assert back.isna().sum().tolist() == [0, 1, 1, 0, 1]
        assert list(back["land"].cat.categories) == ["DE", "FR"]
    assert str(raw_of("pandas")[0].transform(table)["land"].dtype) in ("str", "object", "string")


def test_a_text_that_no_row_had_goes_in_as_it_is():
    raw, _ = raw_of("polars")
    other = raw.transform({**ROWS, "land": ["IT", "DE", "FR", "ES"]})
    assert other["land"].to_list() == ["IT", "DE", "FR", "ES"]


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=9))
def test_numbers_of_seven_digits_are_the_same(values):
    values = [float(value) for value in values]
    if max(map(abs, values)) > 1e30 or len(set(values)) == 1:
        return
    rows = {"a": values, "y": ["no", "yes"] * (len(values) // 2) + ["no"] * (len(values) % 2)}
    table = read_table(rows)
    raw = Raw.fit(table, look_at(table, "y"), "polars")
    back = raw.frame(raw.transform_rows(table, np.arange(len(values))))
    assert back["a"].to_list() == pytest.approx(values, rel=1e-7)


def test_columns_that_are_dropped_or_have_a_role_are_no_features(tmp_path):
    raw, table = raw_of("polars", drop=("age",))
    assert raw.names == ("height", "land", "owner", "since")
    assert raw.texts == ("land",)
    path = tmp_path / "0.json"
    path.write_bytes(raw.packed(of="these rows"))
    assert load_encoding(path, "these rows") == raw
    with pytest.raises(UserError, match="belongs to other rows"):
        load_encoding(path, "other rows")
    encoding = Encoding.fit(table, look_at(table, "y"))
    path.write_bytes(encoding.packed(of="these rows"))
    other = load_encoding(path, "these rows")
    assert isinstance(other, Encoding)
    assert other.codes == encoding.codes
    path.write_text(raw.packed(of="these rows").decode().replace('"format": 1', '"format": 2'))
    with pytest.raises(UserError, match="written by a newer fitscope"):
        load_encoding(path, "these rows")
    path.write_text("{")
    with pytest.raises(UserError, match="damaged"):
        load_encoding(path, "these rows")
    with pytest.raises(UserError, match="no column is left"):
        Raw.fit(table, look_at(table, "y"), "polars", drop=tuple(ROWS))


def test_which_frame_learners_take():
    assert frame_library(pl.DataFrame({"a": [1]})) == "polars"
    assert frame_library((np.eye(2), [0, 1])) == "numpy"
    assert frame_library("churn.csv") in ("pandas", "polars")
    pd = pytest.importorskip("pandas", reason="needs pandas")
    frame = pd.DataFrame({"a": pd.Categorical(["x", "y"]), "b": [1, 2]})
    assert frame_library(frame) == frame_library((frame, [0, 1])) == "pandas"
    assert typed_columns(frame) == typed_columns((frame, [0, 1])) == ("a",)
    assert typed_columns(np.eye(2)) == ()
