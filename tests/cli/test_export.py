"""`fitscope export`: files for other programs, never over what is there."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from cli.refused import refused
from serving.made_up import TREES, examined, study

import fitscope as fs
from fitscope.learners.mlp.network import MLP

onnx = pytest.importorskip("onnx")
yaml = pytest.importorskip("yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return examined(tmp_path_factory.mktemp("export") / "shop", folds=2, temperature=1.25)


def test_onnx_and_keras_say_how_they_were_checked(folder, tmp_path, call):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("keras")
    words = ("--onnx", tmp_path / "net.onnx", "--keras", tmp_path / "net.keras")
    status, said, _ = call("export", folder, *words)
    assert status == 0
    lines = said.splitlines()
    assert lines[0].startswith(f"{tmp_path / 'net.onnx'}: same predictions on 1,000 rows, to ")
    assert lines[1].startswith(f"{tmp_path / 'net.keras'}: same predictions on 1,000 rows, to ")
    facts = {one.key: one.value for one in onnx.load(tmp_path / "net.onnx").metadata_props}
    data = fs.load(folder).study.stored.document.data
    assert facts["fingerprint"] == data.fingerprint
    assert json.loads(facts["classes"]) == ["no", "yes"]
    assert (facts["target"], facts["temperature"], facts["members"]) == ("bought", "1.25", "2")
    assert facts["answer"] == "It fits. Take net."
    assert json.loads(facts["test"]) == {"binary_crossentropy": [0.5, 0.4, 0.6]}
    assert json.loads((tmp_path / "net.json").read_text())["about"] == {
        name: value for name, value in facts.items() if name != "inputs"
    }
    assert sorted(file.name for file in tmp_path.iterdir()) == ["net.json", "net.keras", "net.onnx"]


def test_a_member_alone_has_no_test_score_of_its_own(folder, tmp_path, call):
    pytest.importorskip("onnxruntime")
    assert call("export", folder, "--onnx", tmp_path / "one.onnx", "--member", "1")[0] == 0
    facts = {one.key: one.value for one in onnx.load(tmp_path / "one.onnx").metadata_props}
    assert facts["members"] == "1"
    assert "test" not in facts


def test_the_card_is_what_hubs_read(folder, tmp_path, call):
    path = tmp_path / "README.md"
    assert call("export", folder, "--card", path)[0] == 0
    _, head, text = path.read_text().split("---\n", 2)
    facts = yaml.safe_load(head)
    assert facts["pipeline_tag"] == "tabular-classification"
    (model,) = facts["model-index"]
    (result,) = model["results"]
    assert result["metrics"] == [
        {"type": "binary_crossentropy", "name": "cross-entropy", "value": 0.5}
    ]
    assert {"type", "name"} <= set(result["dataset"])
    sections = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert sections == [
        *("Use it", "Scores", "What was found in the table", "Limits", "Data", "Columns"),
        *("Training", "How to repeat it"),
    ]
    assert "| test, looked at once | cross-entropy | 0.5000 | 0.4000 to 0.6000 |" in text
    assert "2 runs averaged, logits divided by 1.25" in text
    assert "| since | date | days, month, weekday, hour" in text
    assert "MLP(6, 5)" in text


def test_a_card_of_a_study_has_scores_of_validation_rows(tmp_path, call):
    path = study(tmp_path / "study", {"a|b": MLP(3)})
    assert call("export", path, "--card", tmp_path / "card.md")[0] == 0
    text = (tmp_path / "card.md").read_text()
    assert "model-index" not in text
    assert "| validation, a single run | cross-entropy | 0.5000 |" in text
    assert "# a\\|b\n" in text


def test_histories_are_a_table(folder, tmp_path, call):
    for name, read in (("h.csv", pl.read_csv), ("h.parquet", pl.read_parquet)):
        assert call("export", folder, "--histories", tmp_path / name)[0] == 0
        assert {"model", "repeat", "epoch", "val_loss"} <= set(read(tmp_path / name).columns)


@pytest.mark.parametrize("option", ["onnx", "keras", "card", "histories"])
def test_nothing_is_written_over(folder, option, tmp_path, call):
    endings = {"card": "md", "histories": "csv"}
    path = tmp_path / f"a.{endings.get(option, option)}"
    path.write_text("mine")
    said = refused(call("export", folder, f"--{option}", path))
    assert "is there already; --replace writes over it" in said
    assert path.read_text() == "mine"
    if option == "card":
        assert call("export", folder, "--card", path, "--replace")[0] == 0
        assert path.read_text() != "mine"


def test_refusals(folder, tmp_path, call):
    trees = examined(tmp_path / "trees", learner=TREES)
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "b.json").write_text("mine")
    for words, said in (
        ((folder,), "name what to write"),
        ((folder, "--onnx", tmp_path / "a.pb"), "unknown ending; name it .onnx"),
        ((folder, "--card", tmp_path / "a.txt"), "unknown ending; name it .md"),
        ((folder, "--onnx", tmp_path / "folder.onnx"), "a folder is in the way"),
        ((folder, "--onnx", tmp_path / "file" / "a.onnx"), "choose another folder"),
        ((folder, "--keras", tmp_path / "b.keras"), "b.json: is there already"),
        ((trees, "--keras", tmp_path / "a.keras"), "Keras has no trees"),
        ((folder, "--onnx", tmp_path / "a.onnx", "--model", "x"), "no model 'x'"),
        ((tmp_path, "--onnx", tmp_path / "a.onnx"), "no study here"),
    ):
        assert said in refused(call("export", *words)), words
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *("b.json", "file", "folder.onnx", "trees")
    ]


def test_missing_packages_are_named(folder, tmp_path, call, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    said = refused(call("export", folder, "--onnx", tmp_path / "a.onnx"))
    assert "pip install 'fitscope[onnx]'" in said
