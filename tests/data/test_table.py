"""Tables are read whole from every kind of file and frame, or refused in one line."""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.data import members, unpacked
from fitscope.data.batches import batches
from fitscope.data.table import Table, read_table
from fitscope.errors import UserError
from fitscope.higgs.rows import higgs

ROWS = "age,land,y\n30,DE,no\n41.5,,yes\n?,FR,no\n"
VALUES = [(30.0, "DE", "no"), (41.5, None, "yes"), (None, "FR", "no")]


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zstd(text: str) -> bytes:
    return pa.compress(text.encode(), codec="zstd", asbytes=True)


def as_arrow(frame: pl.DataFrame, stream: bool) -> bytes:
    buffer = io.BytesIO()
    (frame.write_ipc_stream if stream else frame.write_ipc)(buffer)
    return buffer.getvalue()


def as_parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


FRAME = pl.DataFrame(VALUES, ["age", "land", "y"], orient="row")
JSON = (
    '{"age": 30.0, "land": "DE", "y": "no"}\n{"age": 41.5, "y": "yes"}\n{"land": "FR", "y": "no"}\n'
)
FILES = {
    "rows.csv": ROWS.encode(),
    "rows.csv.gz": gzip.compress(ROWS.encode(), mtime=0),
    "rows.csv.zst": zstd(ROWS),
    "rows.parquet": as_parquet(FRAME),
    "rows.arrow": as_arrow(FRAME, stream=False),
    "rows.feather": as_arrow(FRAME, stream=False),
    "stream.arrow": as_arrow(FRAME, stream=True),
    "rows.jsonl": JSON.encode(),
    "rows.jsonl.gz": gzip.compress(JSON.encode(), mtime=0),
    "rows.json": f"[{','.join(JSON.splitlines())}]".encode(),
    "windows.csv": ROWS.replace("\n", "\r\n").encode(),
    "tabs.tsv": ROWS.replace(",", "\t").encode(),
    "excel.csv": ROWS.replace(",", ";").replace("41.5", "41,5").encode(),
    "padded.csv": ROWS.replace(",", ", ").encode(),
    "marked.csv": b"\xef\xbb\xbf" + ROWS.encode(),
    "open_end.csv": ROWS.rstrip().encode(),
    "spaced.csv": ROWS.replace("\n", "\n\n").encode(),
    "late.csv": b"\n\n" + ROWS.encode(),
    "indexed.csv": pd.read_csv(io.StringIO(ROWS), na_values="?").to_csv().encode(),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("plain_name", [False, True])
def test_every_kind_of_file_holds_the_same_table(tmp_path: Path, name: str, plain_name: bool):
    table = read_table(written(tmp_path / ("no_ending" if plain_name else name), FILES[name]))
    assert table.frame.columns == ["age", "land", "y"]
    assert table.frame.rows() == VALUES


@pytest.mark.skipif(sys.platform != "linux", reason="names are texts there")
@pytest.mark.parametrize("name", FILES)
def test_names_may_be_any_bytes(tmp_path: Path, name: str):
    path = written(tmp_path / os.fsdecode(b"caf\xe9-" + name.encode()), FILES[name])
    assert read_table(path).frame.rows() == VALUES
    parts = batches(path).read(("age", "land", "y"))
    assert [row for part in parts for row in part.table.frame.rows()] == VALUES


FRAMES: dict[str, Any] = {
    "polars": FRAME,
    "lazy": FRAME.lazy(),
    "categories": FRAME.with_columns(pl.col("land").cast(pl.Categorical)),
    "pandas": pd.DataFrame(VALUES, columns=["age", "land", "y"]),
    "pandas categories": pd.DataFrame(VALUES, columns=["age", "land", "y"]).astype(
        {"land": "category"}
    ),
    "pandas texts": pd.DataFrame(
        {"age": ["30", "41.5", None], "land": ["DE", "", "FR"], "y": ["no", "yes", "no"]}
    ),
    "mapping": {
        "age": [30, 41.5, None],
        "land": ["DE", None, "FR"],
        "y": np.array(["no", "yes", "no"]),
    },
    "pair": (
        pd.DataFrame({"age": [30, 41.5, float("nan")], "land": ["DE", None, "FR"]}),
        ["no", "yes", "no"],
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_kind_of_frame_holds_the_same_table(name: str):
    table = read_table(FRAMES[name], target="y")
    assert table.frame.columns == ["age", "land", "y"]
    assert table.frame.rows() == VALUES


def test_pandas_types_with_missing_values_of_their_own():
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3], "Int64"),
            "truth": pd.array([True, None, False], "boolean"),
            "when": pd.to_datetime(["2024-02-29 12:00", None, "2024-03-01 00:00"]),
            "zone": pd.to_datetime(["2024-02-29T12:00+02:00", None, "2024-03-01T00:00+02:00"]),
            "object": [1, "x", None],
        }
    )
    found = read_table(frame).frame
    assert found["whole"].to_list() == [1, None, 3]
    assert found["truth"].to_list() == [True, None, False]
    assert found["object"].to_list() == ["1", "x", None]
    assert found["when"].dt.to_string("%F %H").to_list() == ["2024-02-29 12", None, "2024-03-01 00"]
    assert found["zone"].dt.to_string("%F %H").to_list() == ["2024-02-29 10", None, "2024-02-29 22"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        ("a,b\n", "a line of names and no rows"),
        ("a\n1\n2\n", "one column only"),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 are both called 'a'"),
        ("a,b\n1,2\n3\n4,5\n", "line 3: 1 field, but the names are 2"),
        ("a,b\n1,2\n\n3,4,5\n4,5\n", "line 4: 3 fields, but the names are 2"),
        ('a,b\n"x\ny",2\n3\n', "line 4: 1 field, but the names are 2"),
        ('a,b\n5" disk,2\nz,4\n', "line 2: a quote that is never closed, or stands within"),
        ('a,b\nx,1\n"open,2\nz,4\n', "line 3: 1 field"),
        ("a,b\nx,1\né,2\n".encode("latin1"), "line 3: not UTF-8 (byte 0xe9)"),
        (("a,b\n" + "x,1\n" * 1_100_000 + "é,2\n").encode("latin1"), "line 1,100,002: not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "text in UTF-16"),
        ("a,b\r1,2\r", "lines end in carriage returns alone"),
        (gzip.compress(ROWS.encode(), mtime=0)[:-12], "the gzip file breaks off"),
        (gzip.compress(ROWS.encode(), mtime=0)[:20] + bytes(40), "the gzip file is damaged"),
        (gzip.compress(b"", mtime=0), "nothing is packed in it"),
        (zstd(ROWS)[:-9], "the zstd file breaks off or is damaged"),
        (zstd(ROWS * 100)[:40] + bytes(40), "the zstd file breaks off or is damaged"),
        (as_parquet(FRAME)[:-40], "no readable Parquet file"),
        (as_arrow(FRAME, stream=False)[:-40], "no readable Arrow file"),
        (as_arrow(FRAME, stream=True)[:80], "no readable Arrow file"),
        (b"PK\x03\x04 and more", "a zip archive or a workbook"),
        (b"FEA1 and more", "Feather of version 1"),
        ('{"a": 1}\n{"a": 2,\n', "line 2: no record of JSON"),
        ('{"a": 1}\n[2]\n', "line 2: no record of JSON"),
    ],
)
def test_damage_is_named_in_one_line(tmp_path: Path, content: bytes | str, said: str):
    path = written(tmp_path / "rows", content)
    with pytest.raises(UserError) as refusal:
        read_table(path)
    assert str(refusal.value).startswith(str(path))
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_members_follow_each_other_and_some_zeros_but_no_gigabytes_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "PADDING", 1 << 20)
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    os.truncate(path, 1 << 20)
    assert read_table(path).frame.rows() == [(1, 2), (3, 4)]
    assert [batch.table.frame.height for batch in batches(path).read(("a",))] == [2]
    os.truncate(path, 1 << 22)
    with pytest.raises(UserError, match="zeros without end behind the packed data"):
        read_table(path)
    with pytest.raises(UserError, match="zeros without end behind the packed data"):
        list(batches(path).read(("a",)))


def test_packed_zeros_without_end_are_not_unpacked(tmp_path):
    path = tmp_path / "rows.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(b"a,b\n" + b"1,2\n" * 1_100_000)
        for _ in range(3):
            packed.write(bytes(16_000_000))
    with pytest.raises(UserError, match="zeros without end are packed in it"):
        read_table(path)
    with pytest.raises(UserError, match="a record that does not end within 32,000,000 bytes"):
        list(batches(path).read(("a",)))


def test_more_than_memory_holds_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked, "free_memory", lambda: 5e6)
    path = written(tmp_path / "rows.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 2_000_000, 1))
    with pytest.raises(UserError, match="more is packed in it than the free memory holds"):
        read_table(path)


@pytest.mark.parametrize(
    ("content", "names", "said"),
    [
        ("1.5,2\n3,4\n", ["column_1", "column_2"], "line 1 holds numbers, no names"),
        ("0,1\n3,4\n", ["0", "1"], None),  # as data frames without names are written
        (",a\n0,5\n1,5\n", ["a"], "the column without a name numbers or names the rows"),
        ("rownames,a\nx,5\ny,5\n", ["a"], "column 'rownames' numbers or names the rows"),
        (",a\n5,5\n5,6\n", ["column_1", "a"], "no name stands above column_1"),
        ("a,,b\n5,5,1\n5,6,1\n", ["a", "column_2", "b"], "no name stands above column_2"),
        ("a;b\n1,5;x\n2;y\n", ["a", "b"], "numbers are read with a decimal comma"),
    ],
)
def test_what_is_assumed_is_said(tmp_path: Path, content: str, names: list[str], said: str | None):
    table = read_table(written(tmp_path / "rows.csv", content))
    assert table.frame.columns == names
    assert (said is None and not table.notes) or said in " ".join(table.notes)


def test_rows_keep_their_lines(tmp_path: Path):
    content = 'a,b\n"two\nlines",1\n\nx,2\ny,3\n'
    table = read_table(written(tmp_path / "rows.csv", content))
    assert [table.place(row) for row in range(3)] == [f"rows.csv line {n}" for n in (2, 5, 6)]
    assert table.take(np.array([2, 1])).take(np.array([1])).place(0) == "rows.csv line 5"
    assert read_table({"a": [1, 2]}).place(1) == "row 2"


def test_a_value_after_ten_thousand_rows_changes_a_columns_type(tmp_path: Path):
    content = "a,b\n" + "1,2\n" * 20_000 + "1.5,x\n"
    frame = read_table(written(tmp_path / "rows.csv", content)).frame
    assert frame.row(-1) == (1.5, "x")
    assert frame.row(0) == (1.0, "2")


def test_no_such_file_and_a_folder(tmp_path: Path):
    for path, said in ((tmp_path / "no.csv", "no such file"), (tmp_path, "a folder, no table")):
        with pytest.raises(UserError, match=said):
            read_table(path)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"a": [1, 2], "b": [1]}, "column 'b' has 1 rows, 'a' 2"),
        ({"a": [object(), object()]}, "column 'a' holds object"),
        ((np.eye(3), [0, 1]), "X has 3 rows but y has shape"),
        ((np.zeros((2, 2, 2)), [0, 1]), "X must be a 2-d array"),
        ((pd.Series([1, 2]), [0, 1]), "X must be a 2-d array"),
        ((pd.DataFrame({"target": [1]}), [0]), "X has a column 'target'"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns are called 'a'"),
        ([1, 2], "a list is no table"),
    ],
)
def test_what_is_no_table_in_memory(table: Any, said: str):
    with pytest.raises(UserError, match=said):
        read_table(table)


def test_a_table_is_given_back():
    table = read_table({"a": [1]})
    assert read_table(table) is table
    assert isinstance(table, Table)


DIGITS = st.integers(0, 99).map(str) | st.integers(0, 99).map("{:02}".format) | st.just("")


@given(
    st.lists(st.tuples(DIGITS, DIGITS, DIGITS), min_size=1, max_size=20),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from([",", ";"]),
)
@settings(max_examples=200, deadline=None)
def test_codes_of_a_csv_are_those_of_its_texts(
    tmp_path_factory: Any, rows: list[tuple[str, str, str]], quoting: Any, separator: str
):
    """Polars would read numbers; texts in memory go another way to the same table."""
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    frame = pl.DataFrame([(*row, "a;b,c\n07") for row in rows], list("wxyz"), orient="row")
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream, delimiter=separator, quoting=quoting)
        writer.writerows([frame.columns, *frame.rows()])
    found, wanted = read_table(path), read_table(frame)
    assert found.frame.rows() == wanted.frame.rows()
    assert found.notes == wanted.notes


@pytest.mark.parametrize("zero", ["02139", '"02139"'])
@pytest.mark.parametrize("row", ["1,2,{}", "{},2,3"])
def test_one_zero_in_front_makes_codes_wherever_it_stands(tmp_path: Path, row: str, zero: str):
    lines = [row.format("94110")] * 20_000
    for place in (0, 9_000, 19_999):
        content = "\n".join(["a,b,c", *lines[:place], row.format(zero), *lines[place:]])
        frame = read_table(written(tmp_path / "rows.csv", content)).frame
        assert frame.row(place)[row.split(",").index("{}")] == "02139"
        assert sorted(map(str, frame.dtypes)) == ["Int64", "Int64", "String"]


FIELDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cs"]), max_size=8
)


@given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_texts_come_back_as_pandas_wrote_them(tmp_path_factory: Any, rows: list[tuple[str, str]]):
    """Quotes, separators and ends of lines within fields shift nothing and lose no row."""
    marked = [(f"x{a}x", f"x{b}x") for a, b in rows]  # no spelling of a missing value
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    pd.DataFrame(marked, columns=["a", "b"]).to_csv(path, index=False)
    assert read_table(path).frame.rows() == marked


@pytest.mark.parametrize("listed", [True, False])
def test_records_that_share_no_names_are_refused_before_they_fill_the_memory(tmp_path, listed):
    records = [f'{{"k{number}":1}}' for number in range(8_000)]
    text = f"[{','.join(records)}]" if listed else "\n".join(records)
    with pytest.raises(UserError, match="8,000 names in 8,000 records, which hardly share any"):
        read_table(written(tmp_path / "scattered.json", text))


def test_records_with_many_holes_are_read(tmp_path):
    records = [f'{{"y":1,"k{number % 300}":{{"a":"}}"}}}}' for number in range(3_000)]
    table = read_table(written(tmp_path / "holes.jsonl", "\n".join(records)))
    assert table.frame.shape == (3_000, 301)


@pytest.mark.parametrize("before", ["", '{"a":1}\n'])
def test_a_line_of_json_that_is_nested_too_deep_is_named(tmp_path, before):
    file = written(tmp_path / "deep.jsonl", before + '{"a":' * 100_000)
    with pytest.raises(UserError, match=rf"line {1 + bool(before)}: no record of JSON"):
        read_table(file)


@pytest.mark.parametrize("read", [read_table, batches, lambda path: higgs(9, 1, data=str(path))])
def test_what_may_have_no_end_is_refused_at_once(tmp_path, read):
    pipe, link = tmp_path / "pipe.csv", tmp_path / "link.csv"
    os.mkfifo(pipe)
    link.symlink_to(link)
    with pytest.raises(UserError, match=r"pipe\.csv: is no file but a pipe or a device"):
        read(pipe)
    with pytest.raises(UserError, match=r"link\.csv: (no such file|cannot be read)"):
        read(link)
    with pytest.raises(UserError, match="empty"):
        read(Path("/proc/kmsg"))


def test_json_that_the_memory_would_not_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("fitscope.data.table_file.free_memory", lambda: 30.0)
    with pytest.raises(UserError, match="13 bytes of JSON, more than the free memory holds"):
        read_table(written(tmp_path / "rows.jsonl", '{"a":1,"b":2}'))
