"""Networks and boosted trees side by side in one study, for each of the three tasks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from jsonschema import Draft202012Validator
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error

from fitscope.api.result import Result
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.study.definition import Definition, make_document
from fitscope.study.execute import execute
from fitscope.study.folder import StoredStudy, read_document, read_results
from fitscope.study.schema import json_schema

KINDS = ("binary", "multiclass", "regression")
MODELS = {
    "net": (MLP(4), ("m",)),
    "trees": (HGB(max_iter=6, max_leaf_nodes=4), ("m",)),
}


def rows(kind: str) -> Split:
    random = np.random.default_rng(3)
    x = random.normal(size=(180, 3)).astype(np.float32)
    signal = x[:, 0] * x[:, 1] + 0.3 * random.normal(size=180)
    y = {
        "binary": np.where(signal > 0, "yes", "no"),
        "multiclass": np.array(["low", "middle", "high"])[np.digitize(signal, [-0.5, 0.5])],
        "regression": 1e4 + 100 * signal,
    }[kind]
    return Split(x[:120], y[:120], x[120:], y[120:], task=kind)


def definition(split: Split, models=MODELS) -> Definition:
    plan = Plan(batch_size=40, max_epochs=5, stopping=EarlyStopping(monitor="val_loss"))
    return Definition((split,), plan, models, seed=4)


@pytest.fixture(scope="module", params=KINDS)
def study(request, tmp_path_factory) -> tuple[Split, StoredStudy]:
    split = rows(request.param)
    return split, execute(definition(split), tmp_path_factory.mktemp(request.param) / "out")


def scores(split: Split, outputs: np.ndarray) -> dict[str, float]:
    """Validation loss and score of predictions, by scikit-learn."""
    y, task = split.y_validation, split.task
    if task.kind == "regression":
        found = mean_squared_error(y, outputs), mean_absolute_error(y, outputs)
    else:
        odds = np.stack([np.zeros_like(outputs), outputs], 1) if outputs.ndim == 1 else outputs
        chances = np.exp(odds - odds.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        labels = range(chances.shape[1])
        found = log_loss(y, chances, labels=labels), accuracy_score(y, chances.argmax(axis=1))
    return dict(zip((task.loss.validation, task.score.validation), found, strict=True))


def test_histories_follow_the_task(study):
    split, stored = study
    task = split.task
    assert stored.histories.columns == [
        "model", "repeat", "epoch", *task.monitors, "learning_rate"
    ]  # fmt: skip
    lengths = dict(stored.histories.group_by("model").len().rows())
    assert lengths == {"net": 5, "trees": 6}
    rates = stored.histories.group_by("model").agg(pl.col("learning_rate").first())
    assert dict(rates.rows()) == pytest.approx({"net": 1e-3, "trees": 0.1}, rel=0.01)
    assert stored.document.task == task


def test_stored_states_give_the_stored_scores(study):
    split, stored = study
    for run in stored.results.runs:
        entry = stored.document.entry(run.model)
        for which, told in (("best", run.best), ("last", run.final)):
            file = stored.folder.weights(entry.slug, 0, which, entry.learner.state_ending)
            outputs = entry.learner.predict(
                entry.learner.load(file), split.x_validation, split.task
            )
            for name, value in scores(split, np.asarray(outputs, np.float64)).items():
                assert told[name] == pytest.approx(value, rel=2e-5), (run.model, which, name)


def test_rows_tell_the_epochs_means(study):
    split, stored = study
    for entry in stored.document.models:
        history = stored.histories.filter(pl.col("model") == entry.name)
        with np.load(stored.folder.rows(entry.slug, 0)) as kept:
            names = {"losses": split.task.loss, "scores": split.task.score}
            assert ("scores" in kept) == (split.task.kind == "multiclass")
            for name in set(names) & set(kept):
                logged = history[names[name].validation].to_numpy()[kept["epoch"]]
                np.testing.assert_allclose(kept[name].mean(axis=1), logged, rtol=2e-5)


def test_the_document_describes_the_target(study):
    split, stored = study
    data = read_document(stored.folder.path).data
    regression = split.task.kind == "regression"
    dummy = DummyRegressor() if regression else DummyClassifier(strategy="prior")
    dummy.fit(split.x_train, split.y_train)
    if regression:
        constant = mean_squared_error(split.y_validation, dummy.predict(split.x_validation))
        found = data.target["validation"].model_dump()
        y = split.y_validation
        assert found == {"mean": y.mean(), "sd": y.std(), "min": y.min(), "max": y.max()}
    else:
        constant = log_loss(split.y_validation, dummy.predict_proba(split.x_validation))
        assert data.target["train"] == pytest.approx(dummy.class_prior_)
        assert data.task.labels == list(split.task.labels)
    assert data.constant == pytest.approx(constant)


def test_a_lost_run_comes_back_the_same(study, tmp_path):
    split, stored = study
    path = shutil.copytree(stored.folder.path, tmp_path / "copy")
    (path / "weights/trees/0.last.skops").unlink()
    again = execute(definition(split), path, resume=True)
    assert again.histories.equals(stored.histories)
    for one, two in zip(again.results.runs, stored.results.runs, strict=True):
        assert replace(one, seconds=0).as_dict() == replace(two, seconds=0).as_dict()
    assert (path / "weights/trees/0.last.skops").exists()


def test_trees_are_grown_without_jax(tmp_path, monkeypatch):
    (tmp_path / "jax.py").write_text("raise ImportError('no JAX here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    trees = {"trees": (HGB(max_iter=2), ("m",))}
    stored = execute(definition(rows("binary"), trees), tmp_path / "trees")
    assert stored.results.runs[0].epochs == 2
    both = execute(definition(rows("binary")), tmp_path / "both")
    assert "trees" in {run.model for run in both.results.runs}, "what needs no JAX is trained"
    assert both.results.failed
    assert all("no JAX here" in one.reason for one in both.results.failed)


def test_a_network_larger_than_any_machine_is_refused_before_it_is_made():
    with pytest.raises(UserError, match=r"huge: .* more than any machine can train"):
        make_document(definition(rows("binary"), {"huge": (MLP(10**9), ("m",))}), "cpu")


def test_what_cannot_be_learnt_is_refused():
    for y, said in (
        (np.zeros(9), "all 9 training rows have label 0; nothing can be learnt from one class"),
        (np.full(9, 2.5), "all 9 training rows have the target 2.5; nothing can be learnt"),
    ):
        x = np.arange(9, dtype=np.float32)[:, None]
        task = "binary" if y[0] == 0 else "regression"
        with pytest.raises(UserError, match=said):
            make_document(definition(Split(x, y, x, y, task=task)), "cpu")


def test_a_result_gives_back_what_was_fitted(study):
    split, stored = study
    result = Result(stored)
    for name in MODELS:
        run = result.results.runs_of(name)[0]
        for which, told in (("best", run.best), ("last", run.final)):
            outputs = np.asarray(result.outputs(name, split.x_validation, which=which), np.float64)
            for metric, value in scores(split, outputs).items():
                assert told[metric] == pytest.approx(value, rel=2e-5)
        last = stored.document.entry(name).learner.predict(
            result.fitted(name), split.x_validation, split.task
        )
        np.testing.assert_array_equal(last, result.outputs(name, split.x_validation))
        assert result.model(name) == MODELS[name][0]
    with pytest.raises(UserError, match="trees: no network"):
        result.weights("trees")
    with pytest.raises(UserError, match="x must have 3 columns"):
        result.outputs("net", split.x_validation[:, :2])


def test_it_is_judged_compared_and_advised_in_the_task_s_own_words(study):
    split, stored = study
    results, task = stored.results, split.task
    assert (results.judged, results.task.kind) == (True, task.kind)
    (pair,) = results.comparisons
    assert list(pair.metrics) == [task.loss.validation, task.score.validation]
    assert f"validation {task.loss.words}" in str(pair)
    assert results.model("trees").verdict.evidence.step == "round"
    for model in results.models:
        assert set(model.best_corrected) == set(pair.metrics)
        assert model.verdict.evidence.metric == task.loss.name
        assert model.verdict.cost is None or model.verdict.cost.richness is None
    told = " ".join(entry.title + entry.text for entry in results.advice)
    assert "cross-entropy" not in told or task.kind != "regression"
    Draft202012Validator(json_schema()).validate(json.loads(stored.folder.results.read_text()))
    assert read_results(stored.folder.results) == results


def test_what_trees_are_stored_by_imports_no_torch():
    """Which takes longer than all the rest of a small study."""
    script = "import sys; from fitscope.data.fitted import skops_io; skops_io().dumps({}); "
    script += "print([name for name in sys.modules if name.rpartition('.')[2] == 'torch'])"
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
