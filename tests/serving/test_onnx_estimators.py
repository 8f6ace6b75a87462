"""Boosting libraries, forests and pipelines as ONNX files that predict what they predict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from serving.made_up import drawn, examined, rows, targets
from serving.onnx_session import session_of
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from fitscope.data.prepared import prepare
from fitscope.data.raw import Raw
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import as_learner
from fitscope.learners.base import Watching
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.plan import Plan
from fitscope.serving.onnx.export import export_onnx
from fitscope.serving.served import serve

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("skl2onnx")


def boosted(library: str, task: str, **more: Any) -> Any:
    module = pytest.importorskip(library)
    name = {"xgboost": "XGB", "lightgbm": "LGBM", "catboost": "CatBoost"}[library]
    quiet = {"lightgbm": {"verbose": -1, "min_child_samples": 3}}.get(library, {})
    settings = {"n_estimators": 6, "max_depth": 3, "learning_rate": 0.5, **quiet, **more}
    kind = "Regressor" if task == "regression" else "Classifier"
    return getattr(module, f"{name}{kind}")(**settings)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("library", ["xgboost", "lightgbm", "catboost"])
def test_boosting_libraries(library: str, task: str, tmp_path: Path):
    learner = as_learner(boosted(library, task))
    served = serve(examined(tmp_path / "a", task, learner, folds=2))
    assert export_onnx(served, tmp_path / "net.onnx", {}).difference < 1e-6


@pytest.mark.parametrize(
    ("task", "estimator"),
    [
        ("binary", RandomForestClassifier(8, min_samples_leaf=1, random_state=0)),
        ("multiclass", RandomForestClassifier(8, random_state=0)),
        ("regression", RandomForestRegressor(8, random_state=0)),
        ("regression", GradientBoostingRegressor(n_estimators=9)),
        ("binary", AdaBoostClassifier(n_estimators=5)),
        ("multiclass", HistGradientBoostingClassifier(max_iter=6)),
        ("multiclass", make_pipeline(StandardScaler(), LogisticRegression())),
        ("binary", LinearSVC()),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_scikit_learn(task: str, estimator: Any, tmp_path: Path):
    served = serve(examined(tmp_path / "a", task, as_learner(estimator)))
    assert export_onnx(served, tmp_path / "net.onnx", {}).difference < 1e-6


@pytest.mark.parametrize("library", ["xgboost", "lightgbm", "catboost", "hgb", "forest"])
def test_rows_at_thresholds_go_the_same_way(library: str):
    """At each threshold, and at the float32 numbers next to it."""
    from fitscope.serving.onnx.graph import Graph
    from fitscope.serving.onnx.learners import add_member
    from fitscope.serving.served import Member

    random = np.random.default_rng(0)
    x = np.round(random.normal(size=(300, 2)), 1).astype(np.float32)
    y = (x[:, 0] * x[:, 1] + random.normal(size=300) / 3 > 0).astype(np.float32)
    split = Split(x, y, x[:50], y[:50])
    learner = {
        "hgb": lambda: HGB(max_iter=6),
        "forest": lambda: as_learner(RandomForestClassifier(6, random_state=0)),
    }.get(library, lambda: as_learner(boosted(library, "binary")))()
    (run,) = learner.fit(split, Plan(), seed=0, repeats=[0], watching=Watching())
    graph = Graph()
    features = graph.input("features", "float", 2)
    last = add_member(graph, Member(0, 0, learner, run.last), features, split.task)
    session = session_of(graph, last, "DOUBLE")
    thresholds = np.concatenate([np.ravel(_thresholds(node)) for node in graph.nodes])
    near = thresholds.astype(np.float32)
    near = np.unique([np.nextafter(near, -9, dtype="f"), near, np.nextafter(near, 9, dtype="f")])
    assert len(near) > 30
    probe = np.stack(np.meshgrid(near, near), axis=-1).reshape(-1, 2)
    (found,) = session.run(None, {"features": probe})
    ours = learner.predict(run.last, probe, split.task)
    np.testing.assert_allclose(found[:, 0], ours, atol=1e-5)


def _thresholds(node: Any) -> np.ndarray:
    for one in node.attribute:
        if one.name == "nodes_values_as_tensor":
            return onnx.numpy_helper.to_array(one.t)
        if one.name == "nodes_values":
            return np.array(one.floats)
    return np.empty(0)


def columns(count: int = 240, seed: int = 0) -> dict[str, Any]:
    given = rows(count, seed)
    return {name: given[name] for name in ("age", "income", "member", "land")}


def as_it_is(path: Path, task: str, learner: Any, library: str = "pandas") -> Path:
    """The folder of an examination whose learner takes the columns as they are."""
    table = {**columns(), "bought": targets(task)}
    if library == "numpy":
        table = {name: table[name] for name in ("age", "income", "bought")}
    ready = prepare(table, "bought", folds=1)
    raw = Raw.fit(ready.table, ready.columns, library)
    return drawn(path, replace(ready, raw=raw), learner)


def pipeline(final: Any) -> Any:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_pipeline(
        make_column_transformer(
            (numbers, ["age", "income"]),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["land"]),
        ),
        final,
    )


def feed(session: Any, given: dict[str, Any]) -> dict[str, np.ndarray]:
    found = {}
    for one in session.get_inputs():
        text = one.type == "tensor(string)"
        values = [("" if text else np.nan) if value is None else value for value in given[one.name]]
        found[one.name] = np.array(values, object if text else float)[:, None]
    return found


@pytest.mark.parametrize("final", ["xgboost", "logistic", "forest"])
def test_pipelines_that_encode_columns_themselves(final: str, tmp_path: Path):
    made = {
        "logistic": LogisticRegression(),
        "forest": RandomForestClassifier(6, max_depth=4, random_state=0),
    }
    last = made[final] if final in made else boosted(final, "binary")
    served = serve(as_it_is(tmp_path / "a", "binary", as_learner(pipeline(last))))
    path = tmp_path / "net.onnx"
    assert export_onnx(served, path, {}).difference < 1e-5
    session = onnxruntime.InferenceSession(path)
    new = columns(60, seed=5) | {"land": ["DE", "ES", None, "FR", "IT"] * 12}
    labels, shares = session.run(None, feed(session, new))
    np.testing.assert_allclose(shares, served.predict_proba(pd.DataFrame(new)), atol=1e-5)
    np.testing.assert_array_equal(labels, served.predict(pd.DataFrame(new)))


@pytest.mark.parametrize("library", ["xgboost", "lightgbm", "catboost", "hgb"])
def test_columns_with_gaps(library: str, tmp_path: Path):
    made = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=3)
    last = made if library == "hgb" else boosted(library, "binary")
    served = serve(as_it_is(tmp_path / "a", "binary", as_learner(last), "numpy"))
    path = tmp_path / "net.onnx"
    assert export_onnx(served, path, {}).difference < 1e-5
    session = onnxruntime.InferenceSession(path)
    new = {name: columns(100, seed=5)[name] for name in ("age", "income")}
    assert None in new["age"]
    _, shares = session.run(None, feed(session, new))
    np.testing.assert_allclose(shares, served.predict_proba(new), atol=1e-5)


def test_what_cannot_be_written(tmp_path: Path):
    lossguide = boosted("catboost", "binary", grow_policy="Lossguide")
    dart = boosted("xgboost", "binary", booster="dart")
    for learner, message in (
        (lossguide, "CatBoostClassifier cannot be written as ONNX: its trees are not symmetric"),
        (dart, "XGBClassifier cannot be written as ONNX: its trees are not summed up one by one"),
    ):
        served = serve(examined(tmp_path / learner.__class__.__name__, learner=as_learner(learner)))
        with pytest.raises(UserError, match=message):
            export_onnx(served, tmp_path / "net.onnx", {})
        assert not (tmp_path / "net.onnx").exists()
