import csv
import gzip
import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from fitscope.errors import UserError
from fitscope.higgs.layout import COLUMNS
from fitscope.higgs.rows import higgs
from fitscope.higgs.simulated_file import write_simulated
from fitscope.higgs.simulated_rows import simulated_higgs

ROWS = 2 * 64 + 5
ENDINGS = ("parquet", "csv.gz")


@pytest.fixture(autouse=True)
def _small(small_blocks):
    assert ROWS // small_blocks == 2


@pytest.fixture
def table():
    x, y = simulated_higgs(ROWS, seed=2)
    return np.column_stack([y, x])


@pytest.fixture
def files(tmp_path):
    for ending in ENDINGS:
        write_simulated(ROWS, 2, tmp_path / f"rows.{ending}")
    return tmp_path


def test_parquet_as_polars_reads_it(files, table):
    frame = pl.read_parquet(files / "rows.parquet")
    assert frame.columns == list(COLUMNS)
    assert set(frame.dtypes) == {pl.Float32}
    np.testing.assert_array_equal(frame.to_numpy(), table)


def test_csv_as_pythons_own_modules_read_it(files, table):
    with gzip.open(files / "rows.csv.gz", "rt") as text:
        rows = list(csv.reader(text))
    np.testing.assert_array_equal(np.array(rows, float).astype(np.float32), table)
    assert rows[0] == [f"{value:.18e}" for value in table[0].tolist()]


def test_csv_as_gzip_reads_it(files):
    text = subprocess.run(["gzip", "-dc", files / "rows.csv.gz"], capture_output=True, check=True)
    assert text.stdout.count(b"\n") == ROWS


@pytest.mark.parametrize("ending", ENDINGS)
def test_our_own_reader_knows_that_it_is_simulated(files, table, ending):
    split = higgs(100, None, files / f"rows.{ending}")
    np.testing.assert_array_equal(split.x_train, table[100:, 1:])
    assert split.source.simulated
    assert str(split.source) == f"{files / f'rows.{ending}'} (simulated)"


def test_an_address_of_such_a_file_too(files, serve):
    assert higgs(5, 5, serve((files / "rows.csv.gz").read_bytes()).url).source.simulated


@pytest.mark.parametrize("ending", ENDINGS)
def test_made_again_it_is_the_same_file(files, tmp_path, ending):
    again = tmp_path / f"again.{ending}"
    write_simulated(ROWS, 2, again)
    assert again.read_bytes() == (files / f"rows.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_progress_is_told(tmp_path, ending):
    told = []
    write_simulated(ROWS, 0, tmp_path / f"rows.{ending}", lambda *numbers: told.append(numbers))
    assert told == [(64, ROWS), (128, ROWS), (ROWS, ROWS)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_stopped_in_the_middle_it_leaves_nothing(tmp_path, ending):
    def stop(done, _):
        if done == 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_simulated(700, 0, tmp_path / f"rows.{ending}", stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["rows.csv", "rows.gz", "rows", "rows.parquet.gz", "rows.npy"])
def test_other_endings(tmp_path, name):
    with pytest.raises(UserError, match=r"unknown ending; name it .parquet or .csv.gz"):
        write_simulated(10, 0, tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
def test_places_that_cannot_be_written_to(tmp_path, ending):
    here = tmp_path / f"rows.{ending}"
    here.write_text("mine")
    with pytest.raises(UserError, match="is there already; remove it or choose another name"):
        write_simulated(10, 0, here)
    assert here.read_text() == "mine"
    with pytest.raises(UserError, match=r"a part of the path is a file|a file is in the way"):
        write_simulated(10, 0, here / f"rows.{ending}")
    with pytest.raises(UserError, match="cannot be written"):
        write_simulated(10, 0, f"/proc/nowhere/rows.{ending}")
    assert [path.name for path in tmp_path.iterdir()] == [here.name]


def test_a_disk_that_is_too_small_is_seen_beforehand(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1, free=1e8))
    with pytest.raises(UserError, match=r"free, up to 3,740 MB needed"):
        write_simulated(11_000_000, 0, tmp_path / "rows.csv.gz")
    with pytest.raises(UserError, match=r"free, up to 1,232 MB needed"):
        write_simulated(11_000_000, 0, tmp_path / "new" / "rows.parquet")
    assert not list(tmp_path.iterdir())
