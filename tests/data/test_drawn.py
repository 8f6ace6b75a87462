"""Rows drawn from a file are rows of it, all with the same chance, typed as its columns are."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fitscope.data import drawn as module
from fitscope.data import file_parts
from fitscope.data.batches import batches
from fitscope.data.drawn import drawn
from fitscope.data.table import Table, read_table
from fitscope.errors import UserError
from fitscope.examination import rows as examined_rows
from fitscope.examination.options import options
from fitscope.examination.rows import prepare_table

ROWS = 3_000
KINDS = ("csv", "csv.gz", "parquet", "jsonl")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read in dozens of parts."""
    monkeypatch.setattr(file_parts, "BYTES", 4_000)
    monkeypatch.setattr(file_parts, "ROWS", 100)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same table in files of all kinds: numbers, texts, dates, gaps."""
    random = np.random.default_rng(0)
    size = [None if at % 7 == 0 else float(at) for at in range(ROWS)]
    frame = pl.DataFrame(
        {
            "number": np.arange(ROWS),
            "size": size,
            "land": random.choice(["DE", "FR", "IT"], ROWS),
            "day": [f"2026-01-{1 + at % 28:02}" for at in range(ROWS)],
            "bought": np.where(random.random(ROWS) < 0.3, "yes", "no"),
        }
    )
    made = tmp_path_factory.mktemp("files")
    frame.write_csv(made / "table.csv")
    (made / "table.csv.gz").write_bytes(gzip.compress((made / "table.csv").read_bytes()))
    frame.write_parquet(made / "table.parquet")
    frame.write_ndjson(made / "table.jsonl")
    return made


def draw(file: Path, most: int, seed: int = 0) -> tuple[Table, int]:
    table, numbers, rows = drawn(batches(file), most, np.random.SeedSequence(seed))
    if "number" in table.frame.columns:
        assert table.frame["number"].to_list() == numbers.tolist()
    return table, rows


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_rows_of_the_file(folder: Path, kind: str):
    file = folder / f"table.{kind}"
    whole = read_table(file)
    table, rows = draw(file, 200)
    assert rows == ROWS
    assert table.frame.schema == whole.frame.schema
    assert table.source == whole.source
    numbers = table.frame["number"].to_numpy()
    assert len(set(numbers.tolist())) == 200
    assert (np.diff(numbers) > 0).all()
    assert table.frame.equals(whole.frame[numbers])
    assert [table.place(row) for row in range(200)] == [whole.place(row) for row in numbers]
    assert table.formats == whole.formats


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_a_file_are_the_file(folder: Path, kind: str):
    whole = read_table(folder / f"table.{kind}")
    for most in (ROWS, 2 * ROWS):
        table, rows = draw(folder / f"table.{kind}", most)
        assert rows == ROWS
        assert table.frame.equals(whole.frame)


def test_all_have_the_same_chance(folder: Path):
    counts = np.zeros(ROWS)
    for seed in range(60):
        numbers = draw(folder / "table.parquet", 300, seed)[0].frame["number"].to_numpy()
        assert len(numbers) == 300
        counts[numbers] += 1
    tenths = counts.reshape(10, -1).sum(axis=1)
    expected = 60 * 300 / 10
    assert np.abs(tenths - expected).max() < 4 * np.sqrt(expected)
    assert counts.max() < 25  # of 60, at a chance of a tenth


def test_blank_lines_keep_the_places_right(tmp_path: Path):
    lines = ["x,y", *(f"{at},{at % 2}\n" * (at % 3 > 0) for at in range(2_000))]
    (tmp_path / "gaps.csv").write_text("\n".join(line.rstrip("\n") for line in lines) + "\n")
    whole = read_table(tmp_path / "gaps.csv")
    table, _ = draw(tmp_path / "gaps.csv", 50)
    places = {int(x): whole.place(row) for row, x in enumerate(whole.frame["x"])}
    assert [table.place(row) for row in range(50)] == [places[x] for x in table.frame["x"]]


def test_an_examination_draws_from_a_large_file_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(examined_rows, "QUICK", 600)
    asked = options(target="bought", table=str(folder / "table.csv"), quick=True)
    usual = prepare_table(asked)
    monkeypatch.setattr(examined_rows, "LARGE", 1_000)
    monkeypatch.setattr(
        "fitscope.data.table.read_file", lambda *_: pytest.fail("the file was read as a whole")
    )
    found = prepare_table(asked)
    assert found.notes == usual.notes
    assert "600 of 3,000 rows were drawn" in found.notes[0]
    assert found.encodings[0].names == usual.encodings[0].names
    assert len(found.y) == len(usual.y) == 600


def test_more_rows_than_memory_holds_are_refused_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "free_memory", lambda: 50_000.0)
    draw(folder / "table.parquet", 100)
    with pytest.raises(UserError, match=r"draw fewer rows by a shorter --budget \(budget=...\)$"):
        draw(folder / "table.parquet", ROWS)
