"""A table that is read some rows at a time is the table that is read at once."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fitscope.data import file_parts
from fitscope.data.batches import Batches, batches
from fitscope.data.table import read_table
from fitscope.errors import UserError

FRAME = pl.DataFrame(
    {
        "code": ["07", "7", "NA", 'a "quoted"\nline, with a comma', None] * 40,
        "x": [1.5, None, -3.0, 1e9, 0.0] * 40,
        "many": ["1,200", "7", "3", "2,000,000", None] * 40,
        "flag": [True, False, None, True, True] * 40,
        "when": ["2024-03-01", "2024-12-31", None, "2023-01-01", "2022-02-02"] * 40,
    }
)
NAMES = ["when", "x", "code", "flag", "many"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are cut into many parts."""
    monkeypatch.setattr(file_parts, "ROWS", 37)
    monkeypatch.setattr(file_parts, "BYTES", 300)
    monkeypatch.setattr("fitscope.data.batches.ROWS", 37)


def written(frame: pl.DataFrame, path: Path) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(frame.write_csv().encode()))
    else:
        write: Any = {
            ".csv": frame.write_csv,
            ".parquet": frame.write_parquet,
            ".arrow": frame.write_ipc,
            ".jsonl": frame.write_ndjson,
        }[path.suffix]
        write(path)
    return path


def together(given: Batches, texts: tuple[str, ...] = ("code",)) -> tuple[pl.DataFrame, int]:
    found = list(given.read(NAMES, texts))
    return pl.concat([one.table.frame for one in found], how="vertical_relaxed"), len(found)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet", "a.arrow", "a.jsonl"])
def test_parts_of_a_file_are_the_file(name: str, tmp_path: Path):
    path = written(FRAME, tmp_path / name)
    whole = read_table(path, texts=["code"]).frame.select(NAMES)
    given = batches(path)
    assert set(given.columns) == set(FRAME.columns)
    found, parts = together(given)
    assert parts > 4
    assert_frame_equal(found, whole, check_dtypes=False)


def test_memory_is_gone_through_alike():
    found, parts = together(batches(FRAME))
    assert parts > 4
    assert_frame_equal(found, read_table(FRAME).frame.select(NAMES))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet", "a.jsonl"])
def test_what_is_kept_is_as_it_stands(name: str, tmp_path: Path):
    """NA is the code of Namibia, and 07 is not 7."""
    frame = FRAME.with_columns(number=pl.Series([f"{i:03}" for i in range(200)]))
    given = batches(written(frame, tmp_path / name))
    kept = pl.concat([one.kept for one in given.read(["x"], kept=["number", "code"])])
    assert_frame_equal(kept, frame.select("number", "code"))


def test_rows_are_placed_where_they_stand_in_the_file(tmp_path: Path):
    lines = ["a,b", *(f'{i},"x\ny"' if i % 3 else f"{i},z" for i in range(150)), ""]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    text = path.read_text().splitlines()
    parts = [batch.table for batch in batches(path).read(["a"])]
    assert len(parts) > 3
    for part in parts:
        for row in (0, part.frame.height - 1):
            line = int(part.place(row).split()[-1])
            assert text[line - 1].startswith(f"{part.frame['a'][row]},")


def test_damage_behind_the_first_part_is_named_with_its_line(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 200 + "1,2,3\n" + "1,2\n" * 50)
    with pytest.raises(UserError, match=r"a\.csv line 202: 3 fields, but the names are 2"):
        list(batches(path).read(["a"]))
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n' * 200 + '{"a": \n' + '{"a": 1}\n')
    with pytest.raises(UserError, match=r"a\.jsonl line 201: no record of JSON"):
        list(batches(path).read(["a"]))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 9000)[:-9])
    with pytest.raises(UserError, match="breaks off"):
        list(batches(path).read(["a"]))


def test_a_key_that_some_records_lack_is_missing_there(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1, "b": 2}\n' + '{"a": 1}\n' * 200)
    found = pl.concat([batch.table.frame for batch in batches(path).read(["b"])])
    assert found["b"].to_list() == [2, *[None] * 200]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "a,b\n", "no rows"),
        ("a.csv", "", "is empty"),
        ("a.parquet", None, "no rows"),
        ("a.zip", "PK\x03\x04abcdefg", "zip archive"),
        ("a", "PAR1 broken", "no readable Parquet file"),
    ],
)
def test_files_without_rows_are_refused(name: str, content: str | None, said: str, tmp_path: Path):
    path = tmp_path / name
    if content is None:
        pl.DataFrame({"a": [], "b": []}).write_parquet(path)
    else:
        path.write_text(content)
    with pytest.raises(UserError, match=said):
        list(batches(path).read(["a"]))


def test_a_table_of_a_single_column_can_be_read(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n2\n")
    assert [batch.table.frame["a"].to_list() for batch in batches(path).read(["a"])] == [[1, 2]]
