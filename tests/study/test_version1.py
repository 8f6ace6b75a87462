"""A folder that fitscope 0.1 left: still read, judged and gone on with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import log_loss
from study.made_up import made_up_split

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.study.definition import Definition
from fitscope.study.execute import execute
from fitscope.study.folder import StoredStudy, read_document, read_study
from fitscope.study.judge import judge_stored

STORED = Path(__file__).with_name("format1")
MODELS = {
    "Tiny": (MLP(2), ("sizes", "regularizers")),
    "L2 & dropout": (MLP(3, l2=1e-3, dropout=0.2), ("regularizers",)),
}
PLAN = Plan(batch_size=20, max_epochs=8, stopping=EarlyStopping(patience=8))


@pytest.fixture
def split() -> Split:
    return made_up_split(60, 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORED, tmp_path / "study"))


def resumed(folder: Path, split: Split, plan: Plan = PLAN) -> StoredStudy:
    return execute(Definition((split,), plan, MODELS, repeats=2, seed=3), folder, resume=True)


def test_its_document_is_one_of_today(split: Split):
    document = read_document(STORED)
    assert document.format == 2
    assert [entry.learner for entry in document.models] == [MLP(2), MODELS["L2 & dropout"][0]]
    assert [str(entry.size) for entry in document.models] == ["9 parameters", "13 parameters"]
    assert document.task == split.task
    assert document.training_plan == PLAN.for_task(split.task)
    share = split.y_train.mean(dtype=float)
    assert document.data.target["train"] == pytest.approx([1 - share, share])
    constant = log_loss(split.y_validation, np.full(30, share))
    assert document.data.constant == pytest.approx(constant)


def test_it_is_read_and_judged():
    stored = read_study(STORED)
    assert {run.model for run in stored.results.runs} == set(MODELS)
    assert len(stored.histories) == sum(run.epochs for run in stored.results.runs)
    judged = judge_stored(stored)
    assert all(model.verdict for model in judged.results.models)


def test_finished_runs_are_kept_and_missing_ones_trained(folder: Path, split: Split):
    before = {
        file: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.glob("weights/**/*.safetensors")
    }
    lost = folder / "weights/tiny/1.best.safetensors"
    stored = read_study(folder)
    lost.unlink()
    other = folder / "checkpoints/tiny/1.npz"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"a checkpoint that fits no more")
    again = resumed(folder, split)
    kept = (pl.col("model") != "Tiny") | (pl.col("repeat") != 1)
    assert again.histories.filter(kept).equals(stored.histories.filter(kept))
    new, old = (
        study.histories.filter(~kept)["val_binary_crossentropy"] for study in (again, stored)
    )
    assert new.to_list() == pytest.approx(old.to_list(), rel=1e-4)  # elsewhere other last bits
    assert lost.exists()
    del before[lost], before[lost.with_name("1.last.safetensors")]
    assert all((f.read_bytes(), f.stat().st_mtime_ns) == content for f, content in before.items())
    assert json.loads((folder / "study.json").read_bytes())["format"] == 2
    assert read_document(folder) == read_document(STORED)


def test_another_study_is_refused(folder: Path, split: Split):
    before = (folder / "study.json").read_bytes()
    with pytest.raises(UserError, match="holds a study with another plan"):
        resumed(folder, split, Plan())
    with pytest.raises(UserError, match="holds a study with other rows"):
        resumed(folder, made_up_split(59, 31))
    assert (folder / "study.json").read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        {"data": None},
        {"data": {}},
        {"models": [{"name": "x"}]},
        {"models": 3},
        {"surprise": 1},
    ],
)
def test_damage_is_one_line(folder: Path, change: dict):
    raw = json.loads((folder / "study.json").read_bytes())
    (folder / "study.json").write_text(json.dumps({**raw, **change}))
    with pytest.raises(UserError, match=r"study\.json: damaged") as caught:
        read_document(folder)
    assert "\n" not in str(caught.value)
