"""A file as a split: every row once, encoded as an examination would, wherever it stands."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

import fitscope as fs
from fitscope.data import file_parts
from fitscope.data.batches import Batches
from fitscope.data.on_disk import RowFile
from fitscope.data.split_file import split_file
from fitscope.data.table import read_table
from fitscope.errors import Notice, UserError
from fitscope.learners.mlp.network import MLP
from fitscope.serving.served import serve

ROWS = 2_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read in dozens of parts."""
    monkeypatch.setattr(file_parts, "BYTES", 3_000)
    monkeypatch.setattr(file_parts, "ROWS", 90)


@pytest.fixture
def frame() -> pl.DataFrame:
    """Numbers, texts, dates, gaps, and a target that is missing now and then."""
    random = np.random.default_rng(0)
    size = random.normal(size=ROWS)
    return pl.DataFrame(
        {
            "id": np.arange(ROWS),
            "size": [None if at % 7 == 0 else float(one) for at, one in enumerate(size)],
            "land": random.choice(["DE", "FR", "IT"], ROWS),
            "day": [f"2026-01-{1 + at % 28:02}" for at in range(ROWS)],
            "bought": [None if at % 11 == 5 else "yes" if one > 0 else "no"
                       for at, one in enumerate(size)],
            "price": 100 + 10 * size,
        }
    )  # fmt: skip


def write(frame: pl.DataFrame, folder: Path, kind: str) -> Path:
    file = folder / f"rows.{kind}"
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[kind](
        file
    )
    return file


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("target", ["bought", "price"])
def test_every_row_stands_in_one_part_as_its_encoding_has_it(
    frame: pl.DataFrame, tmp_path: Path, kind: str, target: str
):
    file = write(frame, tmp_path, kind)
    drop = ["price"] if target == "bought" else ["bought"]
    split = split_file(file, target, tmp_path / "rows", validation=300, drop=drop, seed=3)
    whole = read_table(file)
    there = np.flatnonzero(~whole.frame[target].is_null().to_numpy())
    assert split.encoding is not None
    assert {"size", "size missing", "land=DE", "day"} <= set(split.feature_names)
    assert split.encoding.names == split.feature_names
    x = split.encoding.transform(whole.take(there))
    at = split.feature_names.index("id")
    assert len(set(x[:, at].tolist())) == len(there)
    place = {value: row for row, value in enumerate(x[:, at].tolist())}
    y = whole.frame[target].to_numpy()[there]
    rows = []
    for part, labels in ((split.x_train, split.y_train), (split.x_validation, split.y_validation)):
        mine = [place[value] for value in part[:, at].tolist()]
        np.testing.assert_array_equal(part, x[mine])
        told = np.array(split.task.labels)[labels.astype(int)] if split.task.labels else labels
        np.testing.assert_array_equal(told, y[mine])
        assert mine == sorted(mine)
        rows += mine
    assert sorted(rows) == list(range(len(there)))
    missing = ROWS - len(there)
    assert 300 - missing <= len(split.y_validation) <= 300
    assert split.task.kind == ("binary" if target == "bought" else "regression")
    other = split_file(file, target, tmp_path / "other", validation=300, drop=drop, seed=4)
    assert set(other.x_validation[:, at]) != set(split.x_validation[:, at])


@pytest.mark.parametrize("truths", [False, True])
def test_the_same_call_finds_what_is_there(
    frame: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, truths: bool
):
    if truths:
        frame = frame.with_columns(pl.col("bought") == "yes")
    file = write(frame, tmp_path, "parquet")
    made = split_file(file, "bought", tmp_path / "rows", validation=100)
    fingerprint = made.fingerprint
    monkeypatch.setattr(Batches, "read", lambda *_, **__: pytest.fail("it was read again"))
    again = split_file(file, "bought", tmp_path / "rows", validation=100)
    assert again.__dict__["fingerprint"] == fingerprint
    np.testing.assert_array_equal(again.x_train, made.x_train)
    assert again.task == made.task
    assert again.task.truths == truths
    assert again.encoding is not None
    assert made.encoding is not None
    assert again.encoding.packed(of="") == made.encoding.packed(of="")
    with pytest.raises(UserError, match=r"holds rows of another validation \(100\); name another"):
        split_file(file, "bought", tmp_path / "rows", validation=101)
    (tmp_path / "rows" / "x_train.npy").write_bytes(b"")
    with pytest.raises(UserError, match=r"rows: damaged .* remove it, and it is made anew"):
        split_file(file, "bought", tmp_path / "rows", validation=100)
    about = tmp_path / "rows" / "rows.json"
    for damaged in (b"", b"[]", about.read_bytes().replace(b'"task"', b'"mask"')):
        about.write_bytes(damaged)
        with pytest.raises(UserError, match=r"rows\.json: damaged encoding"):
            split_file(file, "bought", tmp_path / "rows", validation=100)


def test_a_file_that_changed_is_not_taken_for_the_one_before(frame: pl.DataFrame, tmp_path: Path):
    file = write(frame, tmp_path, "csv")
    split_file(file, "bought", tmp_path / "rows", validation=100)
    write(frame.with_columns(pl.col("size") + 1), tmp_path, "csv")
    with pytest.raises(UserError, match=r"holds rows of rows\.csv before it changed; name another"):
        split_file(file, "bought", tmp_path / "rows", validation=100)


def test_what_somebody_else_has_in_the_folder_stays(frame: pl.DataFrame, tmp_path: Path):
    file, mine = write(frame, tmp_path, "parquet"), tmp_path / "rows" / "x_train.npy"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    with pytest.raises(UserError, match=r"rows: is not empty and holds no rows of a table; choose"):
        split_file(file, "bought", mine.parent, validation=100)
    assert [one.name for one in mine.parent.iterdir()] == ["x_train.npy"]
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize("ending", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_nothing_is_left_of_rows_that_were_not_finished(
    frame: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: BaseException
):
    file, folder = write(frame, tmp_path, "csv"), tmp_path / "rows"
    whole, there = RowFile.add, []

    def add(rows: RowFile, block: np.ndarray) -> None:
        whole(rows, block)
        there.append([one.name for one in rows.path.parent.glob("*.npy")])
        if len(there) == 20:
            raise ending

    with monkeypatch.context() as patch:
        patch.setattr(RowFile, "add", add)
        with pytest.raises((KeyboardInterrupt, UserError)) as told:
            split_file(file, "bought", folder, validation=100)
    assert told.type is KeyboardInterrupt or str(told.value).startswith(f"{folder}: no space left")
    assert len(there[-1]) == 4
    assert not folder.exists()
    (folder / ".rows-of-one-that-was-killed").mkdir(parents=True)
    assert len(split_file(file, "bought", folder, validation=100).x_train)
    assert not list(folder.glob(".rows-*"))


def test_what_is_wrong_is_named_with_its_line(frame: pl.DataFrame, tmp_path: Path):
    late = frame.with_columns(pl.col("size").cast(pl.String)).to_dict(as_series=False)
    late["size"][1_234] = "large"
    pl.DataFrame(late).write_csv(tmp_path / "late.csv")
    arguments: dict[str, Any] = {"validation": 100}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fitscope.data.split_file.SAMPLE", 50)  # of which that row is none
        with pytest.raises(
            UserError, match=r"column 'size', late.csv line 1,236: 'large' is no num"
        ):
            split_file(tmp_path / "late.csv", "bought", tmp_path / "late", **arguments)
    assert not (tmp_path / "late" / "rows.json").exists()
    file = write(frame, tmp_path, "csv")
    with pytest.raises(UserError, match=r"no column is called 'Bought'; is it 'bought'\?"):
        split_file(file, "Bought", tmp_path / "rows")
    with pytest.raises(UserError, match="has 2,000 rows, and 50,000 are to validate; ask for few"):
        split_file(file, "bought", tmp_path / "rows")
    for wrong, words in {
        "target": "the name of a column",
        "validation": "a whole number from 1",
        "drop": "a list of names of columns",
        "seed": "a whole number from 0 to 4294967295",
    }.items():
        given = {"target": 3, "validation": 0, "drop": "land", "seed": -1}[wrong]
        with pytest.raises(UserError, match=f"^{wrong} must be {words}, got {given!r}$"):
            split_file(file, **{"target": "bought", "folder": tmp_path / "rows", wrong: given})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1, free=1e3))
        with pytest.raises(UserError, match=r"0 MB free, .* needed; free some space, or choose an"):
            split_file(file, "bought", tmp_path / "rows", **arguments)
    with pytest.raises(UserError, match="no such file"):
        split_file(tmp_path / "none.csv", "bought", tmp_path / "rows")


def test_a_class_that_was_not_looked_at_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fitscope.data.split_file.SAMPLE", 50)
    classes = ["a", "b"] * 300
    classes[400] = "c"
    pl.DataFrame({"x": range(600), "y": classes}).write_csv(tmp_path / "a.csv")
    with pytest.raises(UserError, match=r"the y c, which no row of the \d\d that were looked at"):
        split_file(tmp_path / "a.csv", "y", tmp_path / "rows", validation=100)


def test_what_a_target_is_taken_for_is_said(tmp_path: Path):
    pl.DataFrame({"x": range(600), "stars": [1, 2, 3] * 200}).write_parquet(tmp_path / "a.parquet")
    with pytest.warns(Notice, match="taken for 3 classes") as told:
        split = split_file(tmp_path / "a.parquet", "stars", tmp_path / "rows", validation=100)
    assert told[0].filename == __file__
    assert split.task.labels == ("1", "2", "3")


def test_models_of_a_study_on_it_predict_tables(frame: pl.DataFrame, tmp_path: Path):
    file = write(frame, tmp_path, "csv")
    split = split_file(file, "bought", tmp_path / "rows", validation=300, drop=["price"])
    study = fs.Study(split, fs.Plan(max_epochs=3, batch_size=100, stopping=None))
    study.add("linear", MLP())
    study.run(out=tmp_path / "study", progress=False)
    served = serve(tmp_path / "study", "linear")
    new = frame.drop("bought", "price")[:500]
    assert split.encoding is not None
    (member,) = served.members
    outputs = MLP().predict(member.state, split.encoding.transform(new), split.task)
    np.testing.assert_allclose(served.outputs(read_table(new)), outputs, rtol=1e-5, atol=1e-6)
