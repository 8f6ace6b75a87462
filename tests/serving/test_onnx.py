"""An ONNX file predicts what its model predicts, from raw columns, by onnxruntime."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from serving.made_up import NETWORK, TREES, examined, rows, study
from serving.onnx_session import session_of

from fitscope.data.encoding import Encoding
from fitscope.errors import UserError
from fitscope.learners.base import Learner
from fitscope.learners.constant import Constant
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.activations import ACTIVATIONS
from fitscope.learners.mlp.network import MLP
from fitscope.serving.agreement import agreement
from fitscope.serving.onnx.export import export_onnx
from fitscope.serving.onnx.graph import Graph
from fitscope.serving.probe import probes
from fitscope.serving.served import serve

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

NEW = rows(70, seed=9) | {"land": ["DE", "ES", None, "MT", "FR", ""] * 11 + ["IT"] * 4}
NEW["income"][:4] = [0.0, -1e7, 1e30, 1e-9]


def raw(given: dict[str, Any]) -> dict[str, np.ndarray]:
    """Rows as somebody gives them who knows nothing but the file's own descriptions."""

    def numbers(values: list[Any]) -> np.ndarray:
        return np.array([np.nan if one is None else one for one in values], float)[:, None]

    def seconds(when: dt.datetime | None) -> float | None:
        return None if when is None else when.replace(tzinfo=dt.UTC).timestamp()

    return {
        "age": numbers(given["age"]),
        "income": numbers(given["income"]),
        "member": numbers(given["member"]),
        "since": numbers([seconds(one) for one in given["since"]]),
        "land": np.array([one or "" for one in given["land"]], object)[:, None],
    }


def session(path: Path) -> Any:
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize(
    ("learner", "folds", "rounds", "temperature", "beside"),
    [
        (NETWORK, 1, 1, 1.0, False),
        (MLP(5, batch_norm=True, dropout=0.5, noise=0.1), 2, 2, 1.6, False),
        (MLP(), 1, 2, 0.7, False),
        (TREES, 2, 1, 1.3, False),
        (HGB(max_iter=40, min_samples_leaf=1), 1, 1, 1.0, False),
        (Constant(), 2, 1, 1.0, False),
        (TREES, 2, 2, 1.3, True),
    ],
    ids=[
        *("network", "remedies", "linear", "trees", "many trees", "constant"),
        "trees and a line",
    ],
)
def test_predictions_are_the_models(
    learner: Learner,
    folds: int,
    rounds: int,
    temperature: float,
    beside: bool,
    task: str,
    tmp_path: Path,
):
    heat = 1.0 if task == "regression" else temperature
    how = {"folds": folds, "rounds": rounds, "temperature": heat, "beside": beside}
    folder = examined(tmp_path / "a", task, learner, **how)
    served, path = serve(folder), tmp_path / "net.onnx"
    agreed = export_onnx(served, path, {"fingerprint": "f"})
    assert agreed.rows >= 1_000
    assert agreed.difference < 1e-6
    ready = session(path)
    wanted = {one.name for one in ready.get_inputs()}
    found = ready.run(None, {name: one for name, one in raw(NEW).items() if name in wanted})
    if task == "regression":
        np.testing.assert_allclose(found[0], served.predict(NEW), rtol=1e-5)
        return
    shares = served.predict_proba(NEW)
    np.testing.assert_allclose(found[1], shares, atol=1e-6)
    np.testing.assert_array_equal(found[0], served.predict(NEW))


def test_truths_are_predicted_as_truths(tmp_path: Path):
    served, path = serve(examined(tmp_path / "a", "truths", TREES)), tmp_path / "net.onnx"
    export_onnx(served, path, {})
    ready = session(path)
    wanted = {one.name for one in ready.get_inputs()}
    found, _ = ready.run(None, {name: one for name, one in raw(NEW).items() if name in wanted})
    assert found.dtype == bool
    np.testing.assert_array_equal(found, served.predict(NEW))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation(name: str, tmp_path: Path):
    served = serve(study(tmp_path / "a", {"net": MLP(6, activation=name)}))
    export_onnx(served, tmp_path / "net.onnx", {})
    x = np.random.default_rng(0).normal(0, 3, (50, 2)).astype(np.float32)
    labels, shares = session(tmp_path / "net.onnx").run(None, {"features": x})
    np.testing.assert_allclose(shares, served.predict_proba(x), atol=1e-6)
    np.testing.assert_array_equal(labels, served.predict(x))


def encoded(encoding: Encoding, given: dict[str, np.ndarray]) -> np.ndarray:
    from fitscope.serving.onnx.encoding import add_encoding

    graph = Graph()
    last = add_encoding(graph, encoding)
    ready = session_of(graph, last, "FLOAT")
    return ready.run(None, {name: given[name] for name in graph.inputs})[0]


def test_features_are_the_same_to_the_last_bit(tmp_path: Path):
    """A tree tells a feature just above its threshold from one just below it."""
    served = serve(examined(tmp_path / "a"))
    many = {
        name: [values[place % len(values)] for place in range(2_000)]
        for name, values in NEW.items()
    }
    random = np.random.default_rng(0)
    many["income"] = (10 ** random.normal(4, 2, 2_000)).tolist()
    first, span = dt.datetime(1600, 2, 28), 900 * 365 * 86_400
    many["since"] = [
        first + dt.timedelta(seconds=int(one)) for one in random.integers(0, span, 2_000)
    ]
    theirs = encoded(served.encodings[0], raw(many))
    ours = served.encodings[0].transform(many)
    assert {"since month", "since weekday", "since hour"} <= set(served.encodings[0].names)
    np.testing.assert_array_equal(theirs, ours)


def test_the_file_says_what_it_is(tmp_path: Path):
    folder, path = examined(tmp_path / "a"), tmp_path / "net.onnx"
    export_onnx(serve(folder), path, {"classes": '["no", "yes"]', "verdict": "good"})
    model = onnx.load(path)
    facts = {one.key: one.value for one in model.metadata_props}
    assert facts["classes"] == '["no", "yes"]'
    assert model.producer_name == "fitscope"
    said = json.loads(facts["inputs"])
    assert said["since"].startswith("seconds since 1970")
    assert set(said) == {"age", "income", "member", "since", "land"}
    shapes = {one.name: one.shape for one in session(path).get_inputs()}
    assert set(map(tuple, shapes.values())) == {("rows", 1)}


def test_columns_of_any_name(tmp_path: Path):
    random = np.random.default_rng(0)
    given = {"prediction": random.normal(size=240).tolist(), "ü / ß": list(range(240))}
    folder, path = examined(tmp_path / "a", given=given), tmp_path / "net.onnx"
    served = serve(folder)
    export_onnx(served, path, {})
    ready = session(path)
    assert [one.name for one in ready.get_outputs()] == ["prediction_", "probabilities"]
    feed = {name: np.array(values, float)[:, None] for name, values in given.items()}
    np.testing.assert_allclose(ready.run(None, feed)[1], served.predict_proba(given), atol=1e-6)


def test_a_model_that_predicts_otherwise_is_not_written(tmp_path: Path):
    served = serve(examined(tmp_path / "a"))
    other = serve(examined(tmp_path / "b", temperature=1.01))

    def theirs(table: Any) -> Any:
        outputs = other.outputs(table)
        return other.labelled(outputs), other.probabilities(outputs)

    with pytest.raises(UserError, match="would predict otherwise"):
        agreement(served, probes(served), theirs)


def test_rows_of_the_table_are_looked_at_where_they_are_there(tmp_path: Path):
    path = tmp_path / "rows.csv"
    frame = pl.DataFrame(rows())
    frame.write_csv(path)
    served = serve(examined(tmp_path / "a"))
    data = served.trained.document.data.model_copy(update={"kind": "file", "location": str(path)})
    document = served.trained.document.model_copy(update={"data": data})
    from dataclasses import replace

    there = replace(served, trained=replace(served.trained, document=document))
    assert [one.frame.height for one in probes(there)] == [1_000, 240]
    frame.drop("age").write_csv(path)
    assert [one.frame.height for one in probes(there)] == [1_000]
