import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import fitscope as fs
from fitscope import process as module
from fitscope.errors import UserError
from fitscope.higgs.simulated_blocks import simulated_blocks
from fitscope.higgs.simulated_rows import simulated_higgs
from fitscope.higgs.simulation import BLOCK
from fitscope.higgs.source import PackedCsv, find_source


def same(some, others):
    for ours, theirs in zip(some, others, strict=True):
        np.testing.assert_array_equal(ours, theirs)


class TestTheSameEvents:
    @pytest.mark.parametrize("count", [1, 63, 64, 65, 256])
    def test_for_any_number_of_rows(self, small_blocks, count):
        rows = simulated_higgs(4 * small_blocks + 17, seed=3)
        assert rows[0].shape == (4 * small_blocks + 17, 28)
        assert rows[0].dtype == rows[1].dtype == np.float32
        same(simulated_higgs(count, seed=3), (rows[0][:count], rows[1][:count]))

    def test_from_any_number_of_processes(self):
        rows = simulated_higgs(BLOCK + 17, seed=3, processes=0)
        same(simulated_higgs(BLOCK + 17, seed=3, processes=1), rows)
        same(simulated_higgs(BLOCK + 17, seed=3, processes=3), rows)
        same(simulated_higgs(1_000, seed=3), (rows[0][:1_000], rows[1][:1_000]))
        x, _ = simulated_higgs(100, seed=4)
        assert not (x[:, None, :4] == rows[0][None, :, :4]).all(axis=2).any(), "another seed"


@pytest.mark.parametrize(
    ("rows", "seed", "says"),
    [
        (0, 0, "0 simulated rows asked for; ask for 1 to 1,000,000,000"),
        (-1, 0, "-1 simulated rows"),
        (10**15, 0, "1,000,000,000,000,000 simulated rows"),
        (1e4, 0, "10000.0 simulated rows"),
        (True, 0, "True simulated rows"),
        (10, -1, "seed -1: give a whole number from 0 to 4,294,967,295"),
        (10, 2**32, "seed 4294967296"),
        (10, 0.5, "seed 0.5"),
    ],
)
def test_impossible_numbers(rows, seed, says):
    with pytest.raises(UserError, match=says):
        simulated_higgs(rows, seed)


def test_more_rows_than_the_disk_holds(monkeypatch):
    free = SimpleNamespace(total=1, free=1e9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(UserError, match=r"1,000 MB free, up to 2,320 MB needed; free some space"):
        simulated_higgs(20_000_000, processes=0)


@pytest.mark.parametrize("data", ["simulated:", "simulated:x", "simulated:-1", "simulated:1e3"])
def test_no_seed(data):
    with pytest.raises(UserError, match=f"{data}: give a seed from 0 to 4,294,967,295"):
        fs.datasets.higgs(data=data)
    for file in ("./" + data, Path(data)):
        assert find_source(file) == PackedCsv(Path(data)), "so a file of such a name can be named"


class TestSplits:
    def test_the_guides(self, small_blocks):
        split = fs.datasets.higgs(data="simulated")
        x, y = simulated_higgs(11_000 + small_blocks)
        same((split.x_validation, split.y_validation), (x[:1_000], y[:1_000]))
        same((split.x_train, split.y_train), (x[1_000:11_000], y[1_000:11_000]))
        assert split.feature_names == fs.datasets.FEATURE_NAMES
        assert split.source.simulated
        assert "simulated:0 (simulated)" in repr(split)
        assert "simulated" in repr(split)

    @pytest.mark.usefixtures("small_blocks")
    def test_of_another_sample(self):
        split = fs.datasets.higgs(100, 200, data="simulated:3")
        x, y = simulated_higgs(300, seed=3)
        same((split.x_validation, split.y_train), (x[:100], y[100:]))
        assert split.source.location == "simulated:3"

    def test_all_that_follow_are_too_many(self):
        with pytest.raises(UserError, match="simulated rows have no end; say how many training"):
            fs.datasets.higgs(100, None, data="simulated")


class TestProcesses:
    def test_end_when_nobody_wants_more(self, monkeypatch):
        started = []
        usual = subprocess.Popen

        def popen(*words, **options):
            started.append(usual(*words, **options))
            return started[-1]

        monkeypatch.setattr(module.subprocess, "Popen", popen)
        blocks = simulated_blocks(100 * BLOCK, 0, 2)
        assert next(blocks).shape == (BLOCK, 29)
        blocks.close()
        assert len(started) == 2
        assert all(process.returncode is not None for process in started)

    def test_that_cannot_work_are_told_in_one_line(self, monkeypatch):
        monkeypatch.setattr(module.sys, "executable", "/bin/false")
        with pytest.raises(UserError, match="ended too soon: it ended with status 1; run again"):
            simulated_higgs(2 * BLOCK, processes=2)
