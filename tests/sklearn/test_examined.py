"""Tables examined inside `fit`."""

import pickle
import tempfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import fitscope as fs
from fitscope.sklearn import ExaminedClassifier, ExaminedRegressor

FAST = {"learners": "hgb", "folds": 1, "budget": "1h", "quick": True, "test": 0, "random_state": 0}
"""All that can be tried on a few trees is tried within seconds, long before the budget ends."""


def table(rows: int) -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(0)
    land = random.choice(["DE", "FR", "IT"], rows)
    age = random.normal(40, 10, rows)
    y = np.where((land == "DE") | (age > 45), "ten", "9")
    age[::7] = np.nan
    return pd.DataFrame({"land": land, "age": age, "target": random.normal(size=rows)}), y


def test_classes_of_a_table_with_texts_and_gaps(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    x, y = table(200)
    model = ExaminedClassifier(**FAST).fit(x[::2], y[::2])
    assert not list(tmp_path.iterdir()), "the study's folder is gone"
    assert capfd.readouterr() == ("", ""), "nothing is printed"
    assert model.score(x[1::2], y[1::2]) > 0.8
    assert list(model.classes_) == ["9", "ten"]
    assert (model.model_, model.answer_.test) == (model.answer_.recommended.model, {})
    assert model.answer_.rows.train + model.answer_.rows.validation == 100
    shares = model.predict_proba(x)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert np.array_equal(model.predict(x), model.classes_[shares.argmax(axis=1)])
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(x), shares)
    assert clone(model).get_params() == model.get_params()
    with pytest.raises(ValueError, match="feature names"):
        model.predict(x[["age", "land", "target"]])


def test_weights_of_rows_and_classes_are_multiplied():
    """And what counts nothing is not there, whatever it holds."""
    x, y = table(160)
    y = np.where(y == "9", "nine", y)
    random = np.random.default_rng(1)
    counts = random.integers(1, 4, 160).astype(float)
    counts[::4] = 0
    x.loc[::4, "age"] = 1e9
    classes = {"nine": 2.0, "ten": 0.5}
    one = ExaminedClassifier(**FAST, class_weight=classes).fit(x, y, counts)
    there = counts > 0
    each = counts * np.where(y == "nine", 2.0, 0.5)
    other = ExaminedClassifier(**FAST).fit(x[there], y[there], sample_weight=each[there])
    assert np.array_equal(one.predict_proba(x), other.predict_proba(x))
    assert one.answer_.rows.train + one.answer_.rows.validation == 120
    few = ExaminedRegressor(**FAST)
    with pytest.warns(fs.Notice, match="39 rows are too few"):
        few.fit(x[:53][["age"]], np.arange(53.0), counts[:53])


def test_too_few_rows_to_examine_get_a_line():
    random = np.random.default_rng(0)
    x = random.normal(size=(45, 3))
    y = 100 + 20 * x[:, 0]
    with pytest.warns(fs.Notice, match="45 rows are too few to be examined, that takes 50"):
        model = ExaminedRegressor(**FAST).fit(x, y)
    assert (model.answer_, model.model_) == (None, "linear")
    assert model.score(x, y) > 0.95
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict(x), model.predict(x))


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"budget": "5"}, "budget: 5 has no unit; say 5s or 5m"),
        ({"learners": "svm"}, "learners: must be auto, or some of linear, mlp"),
        ({"test": 0.95}, "test: must be a share from 0 to 0.9, or a file, got 0.95"),
    ],
)
def test_refused_settings(chosen, message):
    with pytest.raises(ValueError, match=message) as raised:
        ExaminedClassifier(**{**FAST, **chosen}).fit(*table(60))
    assert isinstance(raised.value, fs.UserError)
