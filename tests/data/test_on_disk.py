"""Many rows go to files; what is read from them is what was written."""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.data import on_disk
from fitscope.data.on_disk import RowFile, gathered, will_need
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


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what is in memory")
def test_only_the_rows_that_are_needed_are_read_from_disk(tmp_path: Path):
    """Of 64 MB that are not in memory, as the system tells, a block of 57 kB and little beside."""
    file = tmp_path / "x.npy"
    np.save(file, np.zeros((600_000, 28), np.float32))
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    x = np.load(file, mmap_mode="r")
    for rows in (x[100_000:100_512], x[1:3], x[:0], x[5:9, :3], np.zeros(3), x[-1:]):
        will_need(rows)
        assert not rows.any()
    assert resident(x) < 2**20


def resident(x: np.ndarray) -> int:
    """Bytes of a memory map whose pages are in memory."""
    pages = -(-x.nbytes // mmap.PAGESIZE)
    start = x.__array_interface__["data"][0] // mmap.PAGESIZE * mmap.PAGESIZE
    found = (ctypes.c_ubyte * pages)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mincore(ctypes.c_void_p(start), ctypes.c_size_t(x.nbytes), found):
        pytest.skip("the system does not tell what is in memory")
    return mmap.PAGESIZE * sum(one & 1 for one in found)
