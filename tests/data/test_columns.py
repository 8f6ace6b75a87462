"""What columns are taken for, and which are left out."""

from __future__ import annotations

import numpy as np
import pytest

from fitscope.data.columns import Column, known, look_at
from fitscope.data.table import read_table
from fitscope.errors import UserError

ROWS = 120


def looked(**columns: object) -> dict[str, Column]:
    plain = {"base": np.arange(ROWS) * 1.5, "y": ["a", "b"] * (ROWS // 2)}
    return {one.name: one for one in look_at(read_table({**plain, **columns}), "y")}


@pytest.mark.parametrize(
    ("values", "kind", "left_out"),
    [
        (np.arange(ROWS), "number", None),
        ([True, False, None] * (ROWS // 3), "boolean", None),
        (["x", "y", None] * (ROWS // 3), "category", None),
        ([f"k{i % 9}" for i in range(ROWS)], "category", None),
        ([f"2024-{i % 12 + 1:02}-01" for i in range(ROWS)], "date", None),
        ([5, None] * (ROWS // 2), "number", None),  # whether it is there tells something
        ([f"id {i}" for i in range(ROWS)], "text", "text or identifier, each value once"),
        ([f"case {i // 3}" for i in range(ROWS)], "text", "text, nearly all values rare"),
        ([3] * ROWS, "number", "constant"),
        (["x"] * ROWS, "category", "constant"),
        ([None] * ROWS, "category", "no value in any row"),
        (np.arange(ROWS) * 1.5, "number", "same as base"),
        ([str(i * 1.5) for i in range(ROWS)], "number", "same as base"),
        ([[1, 2]] * ROWS, "text", "lists, records or bytes"),
    ],
)
def test_kinds(values: object, kind: str, left_out: str | None):
    import polars as pl

    column = looked(new=pl.Series(values) if isinstance(values, list) else values)["new"]
    assert column.kind == kind
    assert column.used == (left_out is None)
    if left_out is not None:
        assert column.treatment == f"left out: {left_out}"


def test_missing_and_distinct_values_are_counted():
    column = looked(new=[1, 2, 2, None] * (ROWS // 4))["new"]
    assert (column.missing, column.distinct) == (ROWS // 4, 2)


def test_columns_that_differ_in_one_row_are_no_duplicates():
    almost = np.arange(ROWS) * 1.5
    almost[60] += 1e-9
    assert looked(new=almost)["new"].used


def test_roles_are_no_features():
    table = read_table({"x": [1, 2, 3], "who": [1, 1, 2], "when": [3, 2, 1], "y": [0, 1, 0]})
    found = {one.name: (one.kind, one.used) for one in look_at(table, "y", (), "who", "when")}
    assert found["who"] == ("group", False)
    assert found["when"] == ("order", False)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, 1e200])
def test_values_that_cannot_be_scaled_are_named(bad: float):
    with pytest.raises(UserError, match="column 'new', row 8: the value is"):
        looked(new=np.where(np.arange(ROWS) == 7, bad, 1.0))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("churned", "is it 'churn'?"),
        ("CHURN", "is it 'churn'?"),
        ("tota_l", "is it 'total' or 'totals'?"),
        ("zzz", "the columns are churn, total and totals"),
    ],
)
def test_the_nearest_names_are_offered(name: str, said: str):
    with pytest.raises(UserError) as refusal:
        known(name, ["churn", "total", "totals"])
    assert str(refusal.value).endswith(said)


def test_dropping_everything_or_the_target_is_refused():
    table = read_table({"x": [1, 2], "y": [0, 1]})
    for drop, said in (
        (["x"], "no column is left"),
        (["y"], "is the target; do not drop it"),
        (["z"], "no column is called 'z'"),
    ):
        with pytest.raises(UserError, match=said):
            look_at(table, "y", drop)
