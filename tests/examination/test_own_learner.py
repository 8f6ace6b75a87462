"""`fs.examine(..., learner=...)`: a learner of the caller's from its columns to predictions."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from forks import Program
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

import fitscope as fs
from fitscope.errors import UserError
from fitscope.study.folder import read_document


def shop(rows=260):
    random = np.random.default_rng(0)
    x, z = random.normal(size=(2, rows))
    colour = random.choice(["red", "green", "blue"], rows)
    y = 3 * x + 2 * (colour == "red") + random.normal(size=rows) > 0.7
    return pl.DataFrame({"x": x, "z": z, "colour": colour, "bought": np.where(y, "yes", "no")})


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    encoder = OneHotEncoder(handle_unknown="ignore")
    columns = make_column_transformer((encoder, ["colour"]), remainder="passthrough")
    learner = make_pipeline(columns, RandomForestClassifier(12))
    out = tmp_path_factory.mktemp("own") / "shop"
    options = {"target": "bought", "folds": 1, "budget": "1h", "progress": False, "quick": True}
    return fs.examine(shop(), learner=learner, out=out, **options)


def test_it_stands_on_a_ladder_of_versions_of_itself(examined):
    rungs = [rung.model for rung in examined.answer.rungs]
    assert rungs[:4] == [
        "constant", "forest min_samples_leaf=10", "forest min_samples_leaf=2", "forest",
    ]  # fmt: skip
    verdict = examined.study.verdict("forest")
    assert verdict.label in ("good", "overfit", "too few")
    assert verdict.cost is not None
    assert verdict.cost.richness is not None
    tried = {one.remedy for one in examined.remedies() if one.over == "forest"}
    assert any(one.startswith("max_depth=") for one in tried)
    assert any(one.startswith("max_features=") for one in tried)
    assert examined.more_data() is not None
    for word in ("dropout", "epoch"):
        assert word not in str(examined.verdicts())


def test_it_was_given_the_columns_as_they_are(examined):
    document = read_document(examined.folder)
    assert document.data.feature_names == ["x", "z", "colour"]
    state = examined.study.fitted("forest")
    assert state.estimator[0].named_transformers_["onehotencoder"].categories_[0].tolist() == [
        "blue", "green", "red",
    ]  # fmt: skip


def command(*words):
    """The command line in a process that knows nothing of this one."""
    return Program("-m", "fitscope.cli.main", *words).end()


def test_it_predicts_rows_of_a_frame_also_in_another_process(examined, tmp_path):
    rows = shop(5).with_columns(pl.Series("colour", ["red", "green", "blue", "mauve", "red"]))
    found = examined.predict_proba(rows)
    assert found.shape == (5, 2)
    path, out = tmp_path / "rows.csv", tmp_path / "predicted.csv"
    rows.write_csv(path)
    status, _, said = command("predict", examined.folder, path, "--out", out)
    assert status == 0, said
    told = pl.read_csv(out)
    np.testing.assert_allclose(told["probability_yes"].to_numpy(), found[:, 1], atol=1e-6)


def test_what_an_examination_refuses():
    options = {"target": "bought", "progress": False}
    for learner, told in (
        (3, "int is no learner"),
        (fs.examine, "examine|function"),
    ):
        with pytest.raises(UserError) as caught:
            fs.examine(shop(), learner=learner, **options)
        assert any(one in str(caught.value) for one in told.split("|"))
        assert "\n" not in str(caught.value)
    numbers = shop().with_columns(bought=pl.col("x") * 3)
    with pytest.raises(UserError, match="LogisticRegression is a classifier"):
        fs.examine(numbers, learner=LogisticRegression(), **options)
    with pytest.raises(UserError, match="knobs: LogisticRegression has no setting 'alpha'"):
        fs.examine(shop(), learner=LogisticRegression(), knobs={"alpha": "less"}, **options)


def test_a_learner_with_a_function_is_examined_and_its_page_needs_none_of_it(tmp_path):
    numbers = shop().drop("colour")
    learner = make_pipeline(FunctionTransformer(lambda frame: frame), LogisticRegression())
    out = tmp_path / "own"
    answer = fs.examine(
        numbers, learner=learner, target="bought", folds=1, quick=True, budget="1h", out=out,
        progress=False,
    )  # fmt: skip
    assert answer.predict(numbers).shape == (260,)
    status, _, said = command("report", out)
    assert status == 0, said
    numbers.write_csv(tmp_path / "rows.csv")
    status, _, said = command("predict", out, tmp_path / "rows.csv")
    assert status == 2
    assert "give it again in Python" in said
    assert len(said.strip().splitlines()) == 1
