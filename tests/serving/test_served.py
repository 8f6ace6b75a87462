"""A model in use: averages, temperature, columns in any order, files that must not be touched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.special import expit, softmax
from serving.made_up import NETWORK, TREES, examined, rows, study

import fitscope as fs
from fitscope.errors import UserError
from fitscope.learners.base import Learner
from fitscope.learners.constant import Constant
from fitscope.learners.mlp.network import MLP
from fitscope.report.card import card
from fitscope.serving.device import on_gpu, placed
from fitscope.serving.encodings import load_encodings
from fitscope.serving.served import serve
from fitscope.serving.trained import read_trained
from fitscope.study import checksums
from fitscope.study.folder import Folder, read_study

NEW = rows(70, seed=9) | {"land": ["DE", "ES", None, "MT", "FR", ""] * 11 + ["IT"] * 4}


def logits(path: Path, run: int, model: str = "net") -> np.ndarray:
    """Outputs of a run, by what it is made of."""
    trained = read_trained(path)
    entry = trained.document.entry(model)
    encoding = load_encodings(trained.folder, trained.document)[run % trained.document.data.folds]
    file = trained.folder.weights(entry.slug, run, "best", entry.learner.state_ending)
    state = entry.learner.load(file)
    x = encoding.transform(NEW)
    if isinstance(entry.learner, MLP):
        return np.asarray(entry.learner.apply(state[0], x, state[1]), float)
    return np.asarray(entry.learner.predict(state, x, trained.document.task), float)


@pytest.mark.parametrize("learner", [NETWORK, TREES, Constant()], ids=["mlp", "hgb", "constant"])
def test_probabilities_of_runs_and_folds_are_averaged_and_cooled(learner: Learner, tmp_path: Path):
    path = examined(tmp_path / "a", "binary", learner, folds=2, rounds=2, temperature=1.7)
    mean = np.mean([expit(logits(path, run)) for run in range(4)], axis=0)
    expected = expit((np.log(mean) - np.log(1 - mean)) / 1.7)
    answer = fs.load(path)
    found = answer.predict_proba(NEW)
    np.testing.assert_allclose(found[:, 1], expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_array_equal(answer.predict(NEW), np.where(expected > 0.5, "yes", "no"))
    alone = answer.predict_proba(NEW, member=3)[:, 1]
    np.testing.assert_allclose(alone, expit(logits(path, 3) / 1.7), atol=1e-6)


def test_models_that_are_averaged_count_alike_however_many_runs_they_have(tmp_path: Path):
    path = examined(
        tmp_path / "a", "binary", TREES, folds=2, rounds=2, temperature=1.7, beside=True
    )
    net = np.mean([expit(logits(path, run)) for run in range(4)], axis=0)
    plain = np.mean([expit(logits(path, run, "plain")) for run in range(2)], axis=0)
    mean = (net + plain) / 2
    expected = expit((np.log(mean) - np.log(1 - mean)) / 1.7)
    answer = fs.load(path)
    np.testing.assert_allclose(answer.predict_proba(NEW)[:, 1], expected, atol=1e-6)
    for model, alone in ("net", net), ("plain", plain):  # the temperature is that of the average
        np.testing.assert_allclose(answer.predict_proba(NEW, model)[:, 1], alone, atol=1e-6)
    one = answer.predict_proba(NEW, "plain", member=1)[:, 1]
    np.testing.assert_allclose(one, expit(logits(path, 1, "plain")), atol=1e-6)
    with pytest.raises(UserError, match="runs of net and plain are averaged; name the model"):
        answer.predict(NEW, member=1)
    served = replace(serve(path), forward=on_gpu)  # which trees know nothing of
    np.testing.assert_allclose(served.predict_proba(NEW)[:, 1], expected, atol=1e-6)

    path = examined(tmp_path / "b", "multiclass", folds=2, rounds=2, beside=True)
    net = np.mean([softmax(logits(path, run), axis=1) for run in range(4)], axis=0)
    plain = np.mean([softmax(logits(path, run, "plain"), axis=1) for run in range(2)], axis=0)
    found = fs.load(path).predict_proba(NEW)
    np.testing.assert_allclose(found, (net + plain) / 2, atol=1e-6)


def test_truths_are_predicted_as_truths(tmp_path: Path):
    path = examined(tmp_path / "a", "truths", folds=2)
    served, answer = serve(path), fs.load(path)
    assert served.labels == answer.labels == ("false", "true")
    shares = answer.predict_proba(NEW)
    expected = shares[:, 1] > 0.5
    found = answer.predict(NEW)
    assert found.dtype == bool
    np.testing.assert_array_equal(found, expected)
    frame = served.frame(served.outputs(served.table(NEW)))
    assert frame.columns == ["prediction", "probability_false", "probability_true"]
    assert frame["prediction"].dtype == pl.Boolean
    assert frame["prediction"].to_list() == expected.tolist()
    assert "one of false and true" in card(served, read_study(path))

    # folders of programs that knew no truths
    document = json.loads((path / "study.json").read_text())
    document["data"]["task"] = {"kind": "binary", "labels": []}
    (path / "study.json").write_text(json.dumps(document))
    before = serve(path)
    assert before.predict(NEW).tolist() == expected.astype(int).tolist()
    np.testing.assert_array_equal(before.predict_proba(NEW), shares)
    assert before.frame(before.outputs(before.table(NEW))).columns[1:] == [
        "probability_0",
        "probability_1",
    ]


def test_codes_are_the_same_where_no_row_has_zeros_in_front(tmp_path: Path):
    codes = [["02139", "94110", "10001"][i % 3] for i in range(240)]
    answer = fs.load(examined(tmp_path / "a", given=rows() | {"zip": codes}))
    new = pl.DataFrame(rows(6, seed=9) | {"zip": ["94110", "10001"] * 3})
    new.write_csv(tmp_path / "new.csv")
    texts = answer.predict_proba(new)
    np.testing.assert_array_equal(answer.predict_proba(tmp_path / "new.csv"), texts)
    others = new.with_columns(zip=pl.lit("55555"))
    assert (answer.predict_proba(others) != texts).any(), "the column is looked at"
    np.testing.assert_array_equal(
        answer.predict_proba(others), answer.predict_proba(others.with_columns(zip=pl.lit("1")))
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"beside": {"model": "plain"}},
        {"beside": None},
        {"beside": [{"model": "other", "members": 1}]},
        {"beside": [{"model": "plain"}]},
        {"beside": [{"model": ["plain"], "members": 1}]},
        {"beside": [{"model": "plain", "members": -1}]},
        {"beside": [{"model": "plain", "members": 2}]},
        {"beside": [{"model": "plain", "members": 1, "refit": "plain on all 9 rows"}]},
        {"beside": [{"model": "net", "members": 1}]},
        {"members": 0},
        {"temperature": 0.0},
        {"temperature": "NaN"},
    ],
    ids=str,
)
def test_an_answer_that_was_changed_by_hand_is_one_line(tmp_path: Path, wrong: dict[str, Any]):
    path = examined(tmp_path / "a", beside=True)
    file = path / "results.json"
    stored = json.loads(file.read_text())
    stored["recommended"] |= wrong
    file.write_text(json.dumps(stored))
    (path / "SHA256SUMS").unlink()
    with pytest.raises(UserError, match="damaged; put back"):
        serve(path)


def test_the_card_of_an_average_tells_of_each_model(tmp_path: Path):
    path = examined(tmp_path / "a", learner=TREES, folds=2, rounds=2, beside=True)
    told = card(serve(path), read_study(path))
    assert "# net and plain, to predict bought" in told
    assert "2 models averaged with equal weights, 6 runs in all" in told
    assert "fitscope predict a TABLE.csv --out" in told
    assert "fitscope export a --onnx" in told
    assert 'tags: ["tabular", "tabular-classification", "hgb", "mlp"]' in told
    for name, runs in ("net", "0, 1, 2 and 3"), ("plain", "0 and 1"):
        model = told.split(f"| Model | {name} |")[1]
        assert model.split("runs averaged | ")[1].startswith(f"{runs} |")


def test_several_labels_and_numbers(tmp_path: Path):
    path = examined(tmp_path / "a", "multiclass", rounds=2, temperature=0.8)
    shares = np.mean([softmax(logits(path, run), axis=1) for run in range(2)], axis=0)
    expected = softmax(np.log(shares) / 0.8, axis=1)
    answer = fs.load(path)
    np.testing.assert_allclose(answer.predict_proba(NEW), expected, atol=1e-6)
    labels = np.array(["cat", "dog", "owl"])[expected.argmax(axis=1)]
    np.testing.assert_array_equal(answer.predict(NEW), labels)

    path = examined(tmp_path / "b", "regression", rounds=2)
    expected = np.mean([logits(path, run) for run in range(2)], axis=0)
    np.testing.assert_allclose(fs.load(path).predict(NEW), expected, rtol=1e-5)
    with pytest.raises(UserError, match="a regression has no probabilities"):
        fs.load(path).predict_proba(NEW)


def test_another_model_is_its_runs_as_they_are(tmp_path: Path):
    path = examined(tmp_path / "a", temperature=2.0)
    answer = fs.load(path)
    plain = answer.predict_proba(NEW, "plain")
    assert np.abs(plain - answer.predict_proba(NEW)).max() > 0.01
    np.testing.assert_array_equal(answer.predict_proba(NEW, "net"), answer.predict_proba(NEW))
    np.testing.assert_array_equal(answer.predict_proba(NEW, "Plain"), plain)
    with pytest.raises(UserError, match="no model 'nett'; it has net and plain"):
        answer.predict(NEW, "nett")
    with pytest.raises(UserError, match="no run 1 among those that are averaged; they are 0"):
        answer.predict(NEW, member=1)


def test_columns_in_any_order_and_form(tmp_path: Path):
    served = serve(examined(tmp_path / "a"))
    expected = served.predict_proba(NEW)
    frame = pl.DataFrame(NEW)
    texts = frame.with_columns(pl.col("age", "income").cast(pl.String))
    others: list[Any] = [
        frame.select(sorted(frame.columns)).with_columns(more=pl.lit(1)),
        frame.drop("id", "same"),
        texts,
        frame.to_pandas(),
    ]
    for other in others:
        np.testing.assert_array_equal(served.predict_proba(other), expected)
    with pytest.raises(UserError, match="lacks 2 of the columns learnt from: age and land"):
        served.predict(frame.drop("age", "land"))
    with pytest.raises(UserError, match="column 'age', row 3: 'old' is no number"):
        served.predict(frame.with_columns(age=pl.Series(["1", "2", "old", *["4"] * 67])))


def test_a_study_predicts_rows_of_features(tmp_path: Path):
    path = study(tmp_path / "a", {"one": MLP(3), "two": MLP()})
    result = fs.load(path)
    x = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    frame = pl.DataFrame({"b": x[:, 1], "a": x[:, 0]})
    mean = np.mean(
        [expit(result.outputs("one", x, repeat, which="best")) for repeat in range(2)], axis=0
    )
    np.testing.assert_allclose(result.predict_proba(frame, "one")[:, 1], mean, atol=1e-6)
    np.testing.assert_array_equal(result.predict(x, "one"), (mean > 0.5).astype(int))
    for wrong, said in (
        (lambda: result.predict(frame), "recommends no model; name one .*: one or two"),
        (lambda: result.predict(x[:, :1], "one"), "an array of 1 columns, .* trained on 2"),
        (lambda: result.predict({"a": [None], "b": [1.0]}, "one"), "'a', row 1: no value"),
        (lambda: result.predict("one", x), r"what one run puts out .* is outputs\(name, x\)"),
    ):
        with pytest.raises(UserError, match=said):
            wrong()
    assert fs.load(study(tmp_path / "b", {"one": MLP(3)})).predict(frame).shape == (9,)


def test_a_gpu_gives_what_the_processor_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """JAX computes on the processor here; nothing else in it knows the difference."""
    path = examined(tmp_path / "a", "multiclass", MLP(6, batch_norm=True), folds=2)
    served = serve(path)
    expected = served.predict_proba(NEW)
    found = replace(served, forward=on_gpu).predict_proba(NEW)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    from fitscope.data.batches import batches

    assert placed(served, "auto", batches(NEW)) is served, "so little is not worth it"
    monkeypatch.setattr("fitscope.study.device.choose_device", lambda _: "gpu")
    assert placed(served, "gpu", batches(NEW)).forward is on_gpu
    with pytest.raises(UserError, match="no network, so a GPU does nothing"):
        placed(serve(examined(tmp_path / "b", learner=TREES)), "gpu", batches(NEW))


@pytest.mark.parametrize("learner", [NETWORK, TREES, Constant()], ids=["mlp", "hgb", "constant"])
def test_files_that_were_damaged_or_exchanged_are_refused(learner: Learner, tmp_path: Path):
    path = examined(tmp_path / "a", learner=learner)
    folder, ending = Folder(path), learner.state_ending
    file = folder.weights("net", 0, "best", ending)
    good = file.read_bytes()
    spoilt = bytearray(good)
    spoilt[-3] ^= 1
    other = folder.weights("plain", 0, "best").read_bytes()
    for bad in (bytes(spoilt), other):
        file.write_bytes(bad)
        with pytest.raises(
            UserError, match=rf"0\.best\.{ending}: damaged, it is not what was written"
        ):
            serve(path)
    file.unlink()
    with pytest.raises(UserError, match="no such"):
        serve(path)
    file.write_bytes(good)
    strange = examined(tmp_path / "b", given=rows(seed=3))
    (path / "encodings/0.json").write_bytes((strange / "encodings/0.json").read_bytes())
    with pytest.raises(UserError, match=r"0\.json: damaged, it is not what was written"):
        serve(path)


def test_folders_that_are_newer_unfinished_or_damaged_are_refused(tmp_path: Path):
    path = examined(tmp_path / "a")
    (path / "SHA256SUMS").unlink()  # which would notice all of this before
    file = path / "results.json"
    stored = json.loads(file.read_text())
    for change, said in (
        ({"format": 99}, "written by a newer fitscope"),
        ({"runs": 3}, "damaged"),
        ({"runs": []}, "damaged"),
        ({"recommended": None}, "recommends no model"),
        ({"recommended": {"model": "other"}}, "damaged"),
    ):
        file.write_text(json.dumps(stored | change))
        with pytest.raises(UserError, match=said):
            serve(path)
    file.unlink()
    with pytest.raises(UserError, match="no finished run in this study yet"):
        serve(path)
    file.write_text(json.dumps(stored))
    (path / "encodings/0.json").unlink()
    (path / "encodings").rmdir()
    with pytest.raises(UserError, match="stopped before its models could be used"):
        serve(path)
    document = json.loads((path / "study.json").read_text())
    (path / "study.json").write_text(json.dumps(document | {"format": 99}))
    with pytest.raises(UserError, match="written by a newer fitscope"):
        serve(path)


def test_results_that_are_gone_are_said(tmp_path: Path):
    path = examined(tmp_path / "a")
    results = path / "results.json"
    checksums.store(path, {results: results.read_bytes()})
    results.unlink()
    with pytest.raises(UserError, match=r"results\.json: missing; put a copy back"):
        serve(path)


def described(path: Path, model: str, spec: Mapping[str, Any]) -> None:
    """Give a model of study.json another description."""
    document = json.loads((path / "study.json").read_text())
    (entry,) = [one for one in document["models"] if one["name"] == model]
    entry["spec"] = spec
    (path / "study.json").write_text(json.dumps(document))


@pytest.mark.parametrize("spec", [{"learner": "oracle"}, {"learner": "hgb", "leaves": "many"}])
def test_a_learner_that_is_not_known_is_in_the_way_of_its_own_model_alone(
    tmp_path: Path, spec: Mapping[str, Any]
):
    path = examined(tmp_path / "a")
    before = serve(path).predict_proba(NEW)
    described(path, "plain", spec)
    np.testing.assert_array_equal(serve(path).predict_proba(NEW), before)
    described(path, "net", spec)
    with pytest.raises(UserError, match=r"study\.json: damaged at net: "):
        serve(path)


def test_predictions_of_a_network_import_little(tmp_path: Path):
    """Half a second is all that a prediction may take to begin, whatever else was trained."""
    path = examined(tmp_path / "a")
    described(path, "plain", {"learner": "hgb"})
    program = (
        "import sys; from fitscope.serving.served import serve; "
        f"serve({str(path)!r}).predict_proba({{n: v[:2] for n, v in {NEW_TEXT}.items()}}); "
        "heavy = {'jax', 'jaxtyping', 'sklearn', 'scipy', 'matplotlib', 'pandas', 'optax'}; "
        "heavy |= {'rich', 'onnx', 'fitscope.learners.hgb'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


NEW_TEXT = repr({name: [str(one) for one in values[:2]] for name, values in rows(2).items()})


def test_frames_are_as_the_contract_says(tmp_path: Path):
    served = serve(examined(tmp_path / "a", "multiclass"))
    outputs = served.outputs(served.table(NEW))
    frame = served.frame(outputs)
    shares = [f"probability_{label}" for label in ("cat", "dog", "owl")]
    assert frame.columns == ["prediction", *shares]
    expected = pl.DataFrame(served.predict_proba(NEW).astype(np.float32), schema=shares)
    assert_frame_equal(frame.select(shares), expected)
