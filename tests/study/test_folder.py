"""Paths of a study folder, and refusing what is not one."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import polars as pl
import pytest
from study.made_up import made_up_document

from fitscope.errors import UserError
from fitscope.learners import to_stored
from fitscope.learners.base import Size
from fitscope.learners.mlp.network import MLP
from fitscope.study import checksums
from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.estimate import Estimate
from fitscope.study.folder import (
    Folder,
    read_document,
    read_histories,
    read_started,
    read_study,
)
from fitscope.study.results import ModelResult, Results, RunResult
from fitscope.study.training_folder import write_document

STORED_MODEL = ModelResult(
    "Tiny", ("sizes",), Size(481, "parameters"), 1, {"val_loss": Estimate(0.5)}
).as_dict()
LOSSES = {"val_loss": 0.5}
STORED_RUN = RunResult("Tiny", 0, 9, 4, LOSSES, LOSSES, "max epochs", 1.0).as_dict()


@pytest.fixture
def document() -> StudyDocument:
    spec, size = to_stored(MLP(16)), Size(481, "parameters")
    entry = ModelEntry(name="Tiny", slug="tiny", groups=["sizes"], spec=spec, size=size)
    return made_up_document([entry], repeats=1)


@pytest.fixture
def folder(tmp_path: Path, document: StudyDocument) -> Folder:
    """A study folder with a history and results."""
    folder = Folder(tmp_path / "study")
    folder.path.mkdir()
    folder.study.write_text(document.model_dump_json())
    folder.results.write_text(json.dumps({"models": [], "runs": []}))
    pl.DataFrame({"model": ["Tiny"], "repeat": [0], "epoch": [0], "loss": [0.5]}).write_parquet(
        folder.histories
    )
    return folder


def refused(read, path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert str(path) in message
    return message


def test_the_paths_are_the_contracts():
    folder = Folder(Path("runs"))
    assert [
        str(p.relative_to("runs"))
        for p in (
            folder.study, folder.histories, folder.results, folder.checkpoints,
            folder.tensorboard, folder.figures, folder.page, folder.rows("tiny", 2),
            folder.weights("tiny", 2, "best"), folder.weights("tiny", 0, "last"),
        )
    ] == [
        "study.json", "histories.parquet", "results.json", "checkpoints",
        "tensorboard", "figures", "report.html", "rows/tiny/2.npz",
        "weights/tiny/2.best.safetensors", "weights/tiny/0.last.safetensors",
    ]  # fmt: skip


def test_a_study_is_read(folder: Folder, document: StudyDocument):
    study = read_study(folder.path)
    assert study.document == read_document(str(folder.path)) == document
    assert study.results == Results()
    assert study.histories.rows() == [("Tiny", 0, 0, 0.5)]


def test_names_of_files_may_be_any_bytes(tmp_path: Path, document: StudyDocument):
    location = os.fsdecode(b"/data/caf\xe9.csv")
    data = document.data.model_copy(update={"location": location})
    named = document.model_copy(update={"data": data, "command": f"fitscope examine {location}"})
    write_document(Folder(tmp_path), named)
    (tmp_path / "study.json").read_bytes().decode()
    assert read_document(tmp_path) == named


def test_no_study_here(tmp_path: Path):
    assert "no study here" in refused(read_document, tmp_path)
    assert "no study here" in refused(read_document, tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    assert "no study here" in refused(read_document, tmp_path / "file")
    (tmp_path / "odd" / "study.json").mkdir(parents=True)
    refused(read_document, tmp_path / "odd")


@pytest.mark.parametrize(
    "text", ["", "{", '{"format": 1', "[]", "1", "null", "{}", b"\xff\xfe\x00"]
)
def test_a_damaged_document(folder: Folder, text: str | bytes):
    folder.study.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert "damaged" in refused(read_document, folder.path)


@pytest.mark.parametrize("number", [3, 99])
def test_a_newer_format_is_refused_whatever_else_it_holds(folder: Folder, number: int):
    folder.study.write_text(json.dumps({"format": number, "new": True}))
    message = refused(read_document, folder.path)
    assert "newer" in message
    assert str(number) in message
    assert "pip install" in message


@pytest.mark.parametrize("number", ["1", None, [], 0, -1])
def test_a_format_that_is_no_format_is_damage(folder: Folder, number: object):
    raw = json.loads(folder.study.read_text())
    folder.study.write_text(json.dumps({**raw, "format": number}))
    assert "damaged" in refused(read_document, folder.path)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("surprise", {"surprise": 1}),
        ("repeats", {"repeats": 0}),
        ("models.0", {"models": [{"name": "x"}]}),
        ("repeats", {"repeats": 10**9}),
        ("seed", {"seed": None}),
        ("histogram", {"histogram": {"counts": [1], "edges": [0.0], "rows": 1}}),
        ("histogram", {"histogram": {"counts": [1], "edges": [1.0, 0.0], "rows": 1}}),
        ("histogram.counts", {"histogram": {"counts": [1] * 10**5, "edges": [], "rows": 1}}),
        ("data.kind", {"data": {"task": {"kind": "binary"}}}),
    ],
)
def test_damage_is_located(folder: Folder, where: str, change: dict):
    raw = json.loads(folder.study.read_text())
    folder.study.write_text(json.dumps({**raw, **change}))
    assert f"damaged at {where}" in refused(read_document, folder.path)


SLUGS = ["", ".", "..", "../x", "/etc", "a/b", "a\\b", ".hidden", "-rf", "A", "a\nb", "x" * 200]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_slug_that_leaves_the_folder_is_damage(folder: Folder, slug: str):
    raw = json.loads(folder.study.read_text())
    raw["models"][0]["slug"] = slug
    folder.study.write_text(json.dumps(raw))
    assert "damaged at models.0.slug" in refused(read_document, folder.path)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("models.0.groups.0", {"groups": ["../.."]}),
        ("models.0.size", {"size": {"count": 1}}),
        ("", {"spec": {"learner": "no such one"}}),
        ("", {"spec": {"learner": "mlp", "hidden": [-1]}}),
    ],
)
def test_a_model_that_cannot_be_is_damage(folder: Folder, where: str, change: dict):
    raw = json.loads(folder.study.read_text())
    raw["models"][0] |= change
    folder.study.write_text(json.dumps(raw))
    assert f"damaged{where and ' at '}{where}" in refused(read_document, folder.path)


def test_two_models_of_one_slug_are_damage(folder: Folder):
    raw = json.loads(folder.study.read_text())
    folder.study.write_text(json.dumps({**raw, "models": raw["models"] * 2}))
    assert "two models" in refused(read_document, folder.path)


def test_a_study_without_a_finished_run(folder: Folder):
    folder.results.unlink()
    assert "--resume" in refused(read_study, folder.path)
    folder.results.write_text("{}")
    folder.histories.unlink()
    assert "--resume" in refused(read_study, folder.path)


def test_a_folder_whose_name_looks_like_a_pattern(folder: Folder, tmp_path: Path):
    odd = tmp_path / "runs [1]*?"
    folder.path.rename(odd)
    assert read_study(odd).histories.height == read_histories(odd / "histories.parquet").height > 0


@pytest.mark.parametrize(
    "change",
    [
        {"advice": [{"title": 3, "text": "", "models": [], "confidence": None}]},
        {"advice": [{"title": "", "text": "", "models": [], "confidence": 1e400}]},
        {"advice": [{"title": "", "text": "", "models": [], "confidence": math.nan}]},
        {"comparisons": [{}]},
        {"runs": [{"model": "Tiny"}]},
        {"runs": []},
        {"runs": [STORED_RUN, STORED_RUN | {"repeat": 1}]},
        {"models": []},
        {"models": [STORED_MODEL | {"name": "another"}]},
        {"models": [STORED_MODEL | {"repeats": True}]},
        {"models": [STORED_MODEL | {"best": {"val_loss": ["0.5", None]}}]},
    ],
)
def test_results_of_another_shape_are_damage(folder: Folder, change: dict):
    whole = {**Results().as_dict(), "models": [STORED_MODEL], "runs": [STORED_RUN]}
    folder.results.write_text(json.dumps(whole))
    assert read_study(folder.path).results.model("Tiny").repeats == 1
    folder.results.write_text(json.dumps({**whole, **change}).replace("Infinity", "1e400"))
    assert "results.json: damaged" in refused(read_study, folder.path)


def test_damaged_results(folder: Folder):
    folder.results.write_text('{"models": [')
    assert "results.json: damaged" in refused(read_study, folder.path)


@pytest.mark.parametrize("keep", [0, 3, 100, -1])
def test_damaged_histories(folder: Folder, keep: int):
    whole = folder.histories.read_bytes()
    folder.histories.write_bytes(whole[:keep])
    assert "damaged" in refused(read_histories, folder.histories)


def test_histories_that_are_something_else(folder: Folder):
    folder.histories.write_text("model,loss\nTiny,0.5\n")
    assert "damaged" in refused(read_histories, folder.histories)
    assert "no such file" in refused(read_histories, folder.path / "other.parquet")


def test_results_that_are_gone_are_said(folder: Folder):
    checksums.store(folder.path, {folder.results: folder.results.read_bytes()})
    folder.results.unlink()
    for read in (read_started, read_study):
        assert "results.json: missing; put a copy back" in refused(read, folder.path)
