import os
import subprocess
import sys

import polars as pl
import pytest

from fitscope.errors import UserError
from fitscope.higgs.layout import COLUMNS
from fitscope.higgs.parquet import parquet_note, read_parquet, write_parquet
from fitscope.higgs.rows import higgs

LINUX = sys.platform == "linux"  # where names of files may be any bytes


@pytest.fixture
def table(random_table):
    return random_table(300)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rows.parquet"


def frame(table):
    return pl.from_numpy(table, schema=list(COLUMNS), orient="row")


@pytest.mark.parametrize("name", ["rows", *([os.fsdecode(b"caf\xe9")] * LINUX)])
def test_what_is_written_is_there_for_polars_and_for_us(table, name, path):
    named = path.with_stem(name)
    write_parquet([table[:100], table[100:]], named, COLUMNS, "a note")
    x, y = read_parquet(named, COLUMNS)
    assert (x == table[:, 1:]).all()
    assert (y == table[:, 0]).all()
    assert parquet_note(named) == "a note"
    assert frame(table).equals(pl.read_parquet(named.rename(path)))


def test_ctrl_c_that_reaches_polars_ends_the_writing(table, path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_parquet([table], path, COLUMNS, "")
    assert not list(path.parent.iterdir())


def test_rows_of_many_groups(random_table, path):
    table = random_table(4_096)
    write_parquet([table] * 70, path, COLUMNS, "")
    x, y = read_parquet(path, COLUMNS, 200_000)
    assert x.shape == (200_000, 28)
    assert (x[-3_392:] == table[:3_392, 1:]).all()  # 200,000 are 48 times 4,096 and 3,392
    assert (y[131_072:135_168] == table[:, 0]).all()


def test_columns_are_found_by_name(table, path):
    other = frame(table).with_columns(pl.col("signal").cast(pl.Boolean), extra=pl.lit("word"))
    other.select(sorted(other.columns)).write_parquet(path)
    split = higgs(100, 200, path)
    assert (split.x_validation == table[:100, 1:]).all()
    assert (split.y_train == table[100:, 0]).all()
    assert not split.source.simulated
    with pytest.raises(UserError, match="holds 300 rows, but 100 validation rows and 201"):
        higgs(100, 201, path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.drop("m_bb"), "has no column m_bb; name the columns signal, lepton_pT, ..."),
        (lambda f: f.with_columns(m_bb=pl.lit("1")), "column m_bb holds String, not numbers"),
        (lambda f: f.with_columns(m_bb=pl.lit(None, pl.Float32)), "row 1: column m_bb: no finite"),
        (
            lambda f: f.with_columns(signal=pl.col("signal") + 1),
            r"row \d+: column signal: 2 is neither 0 nor 1; mend or remove that row",
        ),
    ],
)
def test_defects(table, path, change, says):
    change(frame(table)).write_parquet(path)
    with pytest.raises(UserError, match=says) as caught:
        higgs(100, 200, path)
    assert str(caught.value).startswith(str(path))


def test_defects_behind_the_rows_asked_for_do_not_matter(table, path):
    table[250, 3] = float("inf")
    frame(table).write_parquet(path)
    assert len(higgs(100, 150, path).y_train) == 150
    with pytest.raises(UserError, match="row 251: column lepton_phi: no finite number"):
        higgs(100, 151, path)


def test_what_is_no_parquet_file(path):
    with pytest.raises(UserError, match="no such file"):
        higgs(data=path)
    path.write_bytes(b"1,2,3\n")
    with pytest.raises(UserError, match="is not a Parquet file"):
        higgs(data=path)
    path.write_bytes(b"PAR1, or so it says")
    with pytest.raises(UserError, match="no readable Parquet file") as caught:
        higgs(data=path)
    assert "\n" not in str(caught.value)


def test_memory_does_not_grow_with_the_rows(path):
    script = (
        "import resource, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from fitscope.higgs.parquet import write_parquet\n"
        "blocks = (np.full((4_096, 29), i, np.float32) for i in range(int(sys.argv[2])))\n"
        "write_parquet(blocks, Path(sys.argv[1]), [str(i) for i in range(29)], '')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def megabytes(blocks):
        done = subprocess.run(
            [sys.executable, "-c", script, str(path), str(blocks)],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout) / (1 << 20 if sys.platform == "darwin" else 1 << 10)

    assert megabytes(700) < megabytes(100) + 100, "of 285 further megabytes of rows"
