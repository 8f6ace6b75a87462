"""Studies of data frames with texts and gaps: a pipeline gets the columns as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import fitscope as fs
from fitscope.errors import UserError


def frame(rows=200) -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(0)
    age = np.where(random.random(rows) < 0.1, np.nan, random.normal(40, 10, rows).round(1))
    land = random.choice(["DE", "FR", "IT"], rows)
    y = (np.nan_to_num(age, nan=40) > 42) ^ (land == "FR")
    return pd.DataFrame({"age": age, "land": land}), y.astype(int)


def pipeline():
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["land"]), (SimpleImputer(), ["age"])
    )
    return make_pipeline(columns, LogisticRegression())


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_pipeline_learns_from_a_frame_what_it_learns_by_itself(library, tmp_path):
    x, y = frame()
    by_itself = pipeline().fit(x[:150], y[:150]).decision_function(x[150:])
    given = x if library == "pandas" else pl.from_pandas(x)
    split = fs.Split(given[:150], y[:150], given[150:], y[150:])
    assert split.feature_names == ("age", "land")
    study = fs.Study(split)
    study.add("pipeline", pipeline())
    found = study.run(out=tmp_path / "study", progress=False)
    np.testing.assert_allclose(found.outputs("pipeline", given[150:]), by_itself, atol=1e-3)


def test_frames_are_predicted_in_another_program_too(tmp_path):
    x, y = frame()
    study = fs.Study(fs.Split(x[:150], y[:150], x[150:], y[150:]))
    search = GridSearchCV(pipeline(), {"logisticregression__C": [0.1, 1.0]})
    study.add("search", search)
    study.run(out=tmp_path / "study", progress=False)
    again = fs.load(tmp_path / "study")
    by_itself = search.fit(x[:150], y[:150])
    np.testing.assert_array_equal(again.predict(x[150:], "search"), by_itself.predict(x[150:]))
    new = x[150:].assign(land="ES", more=1)[["more", "land", "age"]]
    expected = by_itself.predict_proba(new[["age", "land"]])
    np.testing.assert_allclose(again.predict_proba(new, "search"), expected, atol=1e-3)


def test_catboost_takes_the_texts_that_its_settings_name():
    catboost = pytest.importorskip("catboost")
    x, y = frame()
    study = fs.Study(fs.Split(x[:150], y[:150], x[150:], y[150:]))
    for named in (["land"], [1]):
        study.add(str(named), catboost.CatBoostClassifier(iterations=5, cat_features=named))
    with pytest.raises(UserError, match="'land' holds texts"):
        study.add("none", catboost.CatBoostClassifier(iterations=5))
    found = study.run(progress=False)
    quiet = {"verbose": 0, "allow_writing_files": False}
    plain = catboost.CatBoostClassifier(iterations=5, cat_features=["land"], **quiet)
    assert (
        found.predict(x[150:], "['land']").shape
        == plain.fit(x[:150], y[:150]).predict(x[150:]).shape
    )
    np.testing.assert_array_equal(
        found.predict_proba(x[150:], "['land']"), found.predict_proba(x[150:], "[1]")
    )


def test_what_takes_numbers_only_is_refused_by_the_column():
    x, y = frame()
    study = fs.Study(fs.Split(x[:150], y[:150], x[150:], y[150:]))
    for learner in (fs.MLP(4), LogisticRegression(), HistGradientBoostingClassifier()):
        with pytest.raises(UserError, match="'land' holds texts such as 'DE', and"):
            study.add("one", learner)
    gaps = fs.Study(fs.Split(x[["age"]][:150], y[:150], x[["age"]][150:], y[150:]))
    with pytest.raises(UserError, match=r"train row .*: 'age' is missing"):
        gaps.add("network", fs.MLP(4))
    gaps.add("trees", HistGradientBoostingClassifier())


def test_a_frame_of_numbers_is_as_good_as_an_array():
    x, y = frame()
    numbers = x[["age"]].fillna(0.0)
    split = fs.Split(numbers[:150], y[:150], numbers[150:], y[150:])
    assert split.raw is None
    np.testing.assert_array_equal(split.x_train, numbers[:150].to_numpy(np.float32))


def test_columns_are_found_by_their_names_and_must_be_the_same():
    x, y = frame()
    turned = fs.Split(x[:150], y[:150], x[["land", "age"]][150:], y[150:])
    straight = fs.Split(x[:150], y[:150], x[150:], y[150:])
    np.testing.assert_array_equal(turned.x_validation, straight.x_validation)
    with pytest.raises(UserError, match="differ in columns: land"):
        fs.Split(x[:150], y[:150], x[["age"]][150:], y[150:])
    with pytest.raises(UserError, match="column 'land' holds texts"):
        fs.Split(x[:150], y[:150], x[150:].to_numpy(), y[150:])
