"""A table with a column that says what each row counts."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, log_loss

import fitscope as fs
from fitscope.data.prepared import prepare

FAST = {"learners": "hgb", "folds": 1, "budget": "1h", "quick": True, "progress": False}


def table(rows: int = 300) -> pl.DataFrame:
    """Rows that count from 1 to 3; every fifth does not, and is rubbish."""
    random = np.random.default_rng(0)
    age, land = random.normal(40, 10, rows), random.choice(["DE", "FR"], rows)
    y = age + 10 * (land == "DE") + random.normal(0, 8, rows) > 45
    weight = random.integers(1, 4, rows)
    weight[::5], y[::5], age[::5] = 0, ~y[::5], 1e6
    return pl.DataFrame({"age": age, "weight": weight, "land": land, "y": y})


def test_an_examination_with_weights(tmp_path):
    frame = table()
    held = frame[220:]
    held.write_csv(tmp_path / "held.csv")
    found = fs.examine(
        frame[:220], target="y", weights="weight", test=str(tmp_path / "held.csv"), **FAST
    )
    roles = {column.name: column.kind for column in found.answer.columns}
    assert (roles["weight"], roles["age"]) == ("weight", "number")
    assert found.answer.rows.train + found.answer.rows.validation == 176
    there = held.filter(pl.col("weight") > 0)
    shares = found.predict_proba(there)
    expected = {
        "binary_crossentropy": log_loss(there["y"], shares, sample_weight=there["weight"]),
        "accuracy": accuracy_score(there["y"], shares[:, 1] > 0.5, sample_weight=there["weight"]),
    }
    for metric, value in expected.items():
        one = found.answer.test[metric]
        assert one.value == pytest.approx(value, rel=1e-4)
        assert one.low < value < one.high


def test_rows_that_do_not_count_are_not_there():
    frame = table()
    whole = prepare(frame, "y", weights="weight")
    part = prepare(frame.filter(pl.col("weight") > 0), "y", weights="weight")
    assert [one.fingerprint for one in whole.splits] == [one.fingerprint for one in part.splits]
    np.testing.assert_array_equal(whole.test_weights, part.test_weights)
    assert "the weight weight is 0 in 60 of 300 rows: left out" in whole.notes
    assert "240 rows tell as much as 207 that count alike" in whole.notes[-1]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("weights", "no column is called 'weights'; is it 'weight'?"),
        ("land", "'land' says what rows count, and holds no numbers"),
        ("odd", "column 'odd', row 3: -1; it says what a row counts, a number from 0"),
        ("gap", "column 'gap', row 1: no value"),
        ("y", "cannot be target and weight at once"),
    ],
)
def test_refused_columns(column, message):
    frame = table(60).with_columns(
        odd=pl.Series([1.0, 1.0, -1.0] * 20), gap=pl.Series([None, *[1.0] * 59])
    )
    with pytest.raises(fs.UserError, match=message):
        fs.examine(frame, target="y", weights=column, **FAST)
