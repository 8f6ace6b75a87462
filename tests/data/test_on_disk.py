"""Many rows go to files; what is read from them is what was written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.data import on_disk
from fitscope.data.on_disk import RowFile, gathered
from fitscope.datasets import higgs, simulated_higgs
from fitscope.errors import UserError
from fitscope.higgs.simulated_file import write_simulated
from fitscope.study.handover import hand_over, take_over


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """More than 300 rows of HIGGS are many; the cache folder is a new one."""
    monkeypatch.setenv("FITSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(on_disk, "LARGE", 4 * 28 * 300)
    on_disk._folder.cache_clear()
    yield tmp_path / "cache"
    on_disk._folder.cache_clear()


@given(
    sizes=st.lists(st.integers(0, 400), max_size=6),
    known=st.booleans(),
    large=st.integers(0, 4 * 2 * 900),
)
def test_blocks_come_back_as_they_went(
    sizes: list[int], known: bool, large: int, tmp_path_factory: pytest.TempPathFactory
):
    blocks = [
        np.random.default_rng(at).normal(size=(size, 3)).astype(np.float32)
        for at, size in enumerate(sizes)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(on_disk, "LARGE", large)
        patch.setattr(on_disk, "_folder", lambda: tmp_path_factory.mktemp("rows"))
        x, y = gathered(blocks, 3, sum(sizes) if known else None)
    wanted = np.concatenate([np.empty((0, 3), np.float32), *blocks])
    np.testing.assert_array_equal(x, wanted[:, 1:])
    np.testing.assert_array_equal(y, wanted[:, 0])
    assert isinstance(x, np.memmap) == (4 * 2 * sum(sizes) > large)


def test_many_rows_of_any_source_are_mapped_and_handed_over_where_they_are(few: Path):
    x, y = simulated_higgs(1_000, seed=7, processes=0)
    assert isinstance(x, np.memmap)
    assert isinstance(y, np.memmap)
    folder = few.parent
    for name in ("rows.parquet", "rows.csv.gz"):
        write_simulated(1_000, 7, folder / name, processes=0)
        split = higgs(100, 900, data=folder / name)
        np.testing.assert_array_equal(split.x_train, x[100:])
        np.testing.assert_array_equal(split.y_validation, y[:100])
        hand_over(split, folder / name.partition(".")[2] / "rows.json")
        assert [file.name for file in (folder / name.partition(".")[2]).iterdir()] == ["rows.json"]
        again = take_over(folder / name.partition(".")[2] / "rows.json")
        np.testing.assert_array_equal(again.x_train, split.x_train)
    assert not isinstance(higgs(50, 200, data=folder / "rows.parquet").x_train.base, np.memmap)


def test_the_files_are_gone_with_the_program(few: Path):
    script = """
from fitscope.data import on_disk
on_disk.LARGE = 100
from fitscope.datasets import simulated_higgs
x, _ = simulated_higgs(200, processes=0)
print(x.filename)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    file = Path(done.stdout.strip())
    assert file.is_relative_to(few)
    assert not file.parent.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.usefixtures("few")
def test_a_disk_without_room_says_so():
    with pytest.raises(UserError, match=r"up to 116,000 MB needed; free some space, or ask"):
        simulated_higgs(10**9, processes=0)
    file = RowFile(Path("/dev/full"), (2,))
    with pytest.raises(UserError, match="no space left"):
        file.add(np.zeros((10_000, 2), np.float32))
