"""`fitscope predict` as a user gives it: formats, pipes, refusals that leave nothing behind."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cli.refused import refused
from serving.made_up import examined, rows, study

import fitscope as fs
from fitscope.data import file_parts
from fitscope.learners.mlp.network import MLP

COLUMNS = ["prediction", "probability_no", "probability_yes"]
NAMES = ["out", *([os.fsdecode(b"caf\xe9")] if sys.platform == "linux" else [])]
"""On Linux names of files may be any bytes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return examined(tmp_path_factory.mktemp("predict") / "shop", folds=2)


@pytest.fixture
def table(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(file_parts, "BYTES", 3_000)
    monkeypatch.setattr(file_parts, "ROWS", 41)
    path = tmp_path / "new.csv"
    pl.DataFrame(rows(150, seed=4)).write_csv(path)
    return path


def read(path: Path) -> pl.DataFrame:
    kinds = {
        ".csv": pl.read_csv,
        ".parquet": pl.read_parquet,
        ".arrow": pl.read_ipc,
        ".jsonl": pl.read_ndjson,
        ".gz": pl.read_csv,
    }
    return kinds[path.suffix](path)


def test_csv_on_standard_output(folder, table):
    process = subprocess.run(
        [sys.executable, "-m", "fitscope.cli.main", "predict", folder, table],
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    found = pl.read_csv(io.StringIO(process.stdout))
    assert found.columns == COLUMNS
    answer = fs.load(folder)
    np.testing.assert_allclose(found[:, 1:], answer.predict_proba(table), atol=1e-7)
    assert found["prediction"].to_list() == answer.predict(table).tolist()


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "arrow", "jsonl"])
@pytest.mark.parametrize("name", NAMES)
def test_any_format_with_columns_kept(folder, table, name, ending, tmp_path, call):
    out = tmp_path / "deep" / f"{name}.{ending}"
    status, said, _ = call("predict", folder, table, "--out", out, "--keep", "id, land")
    assert (status, said) == (0, "")
    assert [file.name for file in out.parent.iterdir()] == [out.name], "nothing else is left"
    found = read(out.rename(tmp_path / f"out.{ending}"))
    assert found.columns == ["id", "land", *COLUMNS]
    assert found["id"].to_list() == [f"row {number}" for number in range(150)]
    np.testing.assert_allclose(found[:, 3:], fs.load(folder).predict_proba(table), atol=1e-7)


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_without_an_ending_the_output_is_what_the_table_is(folder, ending, tmp_path, call):
    frame, path, out = pl.DataFrame(rows(20)), tmp_path / f"t.{ending}", tmp_path / "out"
    getattr(frame, f"write_{'ndjson' if ending == 'jsonl' else ending}")(path)
    assert call("predict", folder, path, "--out", out)[0] == 0
    before = out.read_bytes()
    assert call("predict", folder, path, "--out", out, "--replace")[0] == 0
    assert out.read_bytes() == before
    named = out.rename(tmp_path / f"out.{ending}")
    assert read(named).columns == COLUMNS


def test_other_columns_are_passed_over_with_a_note(folder, tmp_path, call):
    path = tmp_path / "t.csv"
    pl.DataFrame(rows(20)).with_columns(note=pl.lit("x"), bought=pl.lit("no")).write_csv(path)
    status, _, said = call("predict", folder, path)
    assert status == 0
    assert said == "fitscope: note is passed over: not in the rows learnt from\n"


def test_members_and_models(folder, table, call):
    answer = fs.load(folder)
    for words, expected in (
        (("--member", 1), answer.predict_proba(table, member=1)),
        (("--model", "plain"), answer.predict_proba(table, "plain")),
    ):
        found = pl.read_csv(io.StringIO(call("predict", folder, table, *words)[1]))
        np.testing.assert_allclose(found[:, 1:], expected, atol=1e-7)


@pytest.mark.parametrize("out", [None, "out.csv", "out.parquet"])
def test_a_bad_cell_in_the_last_part_leaves_nothing(folder, table, out, tmp_path, call):
    lines = table.read_text().splitlines()
    cells = lines[-1].split(",")
    lines[-1] = ",".join([cells[0], "old", *cells[2:]])
    table.write_text("\n".join(lines))
    before = sorted(tmp_path.rglob("*"))
    words = () if out is None else ("--out", tmp_path / out)
    result = call("predict", folder, table, *words)
    assert "column 'age', new.csv line 151: 'old' is no number" in refused(result)
    assert result[1] == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_refusals(folder, table, tmp_path, call):
    (tmp_path / "empty.csv").write_text("age,income\n")
    (tmp_path / "few.csv").write_text("age,income\n1,2\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for words, said in (
        ((tmp_path, table), "no study here"),
        ((folder, tmp_path / "none.csv"), "no such file"),
        ((folder, tmp_path / "few.csv"), "few.csv lacks 3 of the columns learnt from"),
        ((folder, table, "--out", tmp_path / "out.xlsx"), "unknown ending"),
        ((folder, table, "--out", tmp_path / "folder"), "a folder is in the way"),
        ((folder, table, "--out", tmp_path / "file" / "out.csv"), "choose another folder"),
        ((folder, table, "--out", table), "is the table itself"),
        ((folder, table, "--out", tmp_path / "few.csv"), "is there already; --replace writes over"),
        ((folder, table, "--keep", "idd"), "no column is called 'idd'; is it 'id'?"),
        ((folder, table, "--keep", "id,id"), "kept twice"),
        ((folder, table, "--member", 7), "no run 7"),
        ((folder, table, "--model", "x"), "no model 'x'"),
        ((folder, table, "--device", "gpu"), "JAX finds no GPU here"),
    ):
        assert said in refused(call("predict", *words)), words
    served = tmp_path / "empty.csv"
    served.write_text(table.read_text().splitlines()[0] + "\n")
    assert "holds no rows" in refused(call("predict", folder, served))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_refused(folder, table, tmp_path, call):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    said = refused(call("predict", folder, table, "--out", locked / "out.csv"))
    assert "permission denied" in said


def test_rows_as_the_guide_has_them(tmp_path, call):
    """HIGGS is published without names, the label first."""
    path = study(tmp_path / "study", {"net": MLP(3)})
    x = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    expected = fs.load(path).predict_proba(x)[:, 1]
    labelled = pl.DataFrame(np.column_stack([np.ones(30, np.float32), x]))
    for frame, header in (
        (pl.DataFrame(x, schema=["a", "b"]), True),
        (pl.DataFrame(x), False),
        (labelled, False),
    ):
        table = tmp_path / "rows.csv"
        frame.write_csv(table, include_header=header)
        status, said, notes = call("predict", path, table)
        assert status == 0, notes
        assert ("line 1 holds no names" in notes) is not header
        found = pl.read_csv(io.StringIO(said))
        np.testing.assert_allclose(found["probability_1"], expected, atol=1e-6)
