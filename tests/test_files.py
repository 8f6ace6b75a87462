"""What killed programs leave behind, and folders that two programs choose at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from forks import SYNC

from fitscope import files
from fitscope.errors import UserError
from fitscope.files import LOCK, claim, clear_leftovers, is_locked, locked, replacing, writing_error

KILLED = """
import os, signal, sys
from fitscope.files import replacing
with replacing(sys.argv[1]) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
CHOOSES = """
import sys
from pathlib import Path
from fitscope.cli.study_folder import default_folder
print(default_folder(Path("runs/guide"), resume=False), flush=True)
input()
"""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can be asked about a process")
def test_what_a_killed_program_left_goes_and_what_others_write_stays(tmp_path: Path):
    target = tmp_path / "rows[1].parquet"
    process = subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    assert process.returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    other = tmp_path / f".{target.name}.{os.getppid()}.part"  # of a program that is at work
    others = [other, tmp_path / ".rows1.parquet.1.part", tmp_path / f".{target.name}.x.part"]
    for file in others:
        file.write_text("somebody's")
    clear_leftovers(target)
    assert sorted(tmp_path.iterdir()) == sorted(others)


@pytest.mark.skipif(os.name != "posix", reason="Windows opens no folders")
def test_what_shall_last_is_waited_for_and_so_is_its_name(tmp_path: Path, monkeypatch):
    waited: list[int] = []
    monkeypatch.setattr(files, "sync", SYNC)
    monkeypatch.setattr(os, "fsync", lambda opened: waited.append(os.fstat(opened).st_ino))
    with replacing(tmp_path / "some") as part:
        part.touch()
    assert waited == []
    with replacing(tmp_path / "lasting", lasting=True) as part:
        part.write_text("whole")
    assert waited == [(tmp_path / "lasting").stat().st_ino, tmp_path.stat().st_ino]


def test_a_block_that_fails_leaves_nothing(tmp_path: Path):
    def stopped() -> None:
        with replacing(tmp_path / "a") as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not list(tmp_path.iterdir())


def test_two_starts_at_once_take_two_folders_and_leave_none(tmp_path: Path):
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", CHOOSES],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    chosen = []
    for process in starts:
        assert process.stdout is not None
        chosen.append(process.stdout.readline().strip())
    assert sorted(chosen) == ["runs/guide", "runs/guide-2", "runs/guide-3"]
    for process in starts:
        process.communicate("\n", timeout=20)  # it goes on, and ends
    assert not list((tmp_path / "runs").iterdir())


def test_the_study_takes_a_claim_over(tmp_path: Path):
    folder = tmp_path / "study"
    assert claim(folder)
    assert is_locked(folder)
    assert not claim(folder)
    with locked(folder):
        assert is_locked(folder)
        (folder / "study.json").touch()
    assert not is_locked(folder)
    assert sorted(one.name for one in folder.iterdir()) == [LOCK, "study.json"]


def test_a_folder_into_which_nothing_was_written_goes_unless_it_was_there_before(tmp_path: Path):
    with pytest.raises(UserError), locked(tmp_path / "new"):
        raise UserError("too short a budget")
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    with locked(tmp_path / "old"):
        pass
    assert (tmp_path / "old").exists()
    with locked(tmp_path / "held"):
        with pytest.raises(UserError, match="another fitscope"), locked(tmp_path / "held"):
            pass
        assert is_locked(tmp_path / "held")


def test_an_error_of_polars_is_told_by_its_number():
    error = OSError("Read-only file system (os error 30): a/.b.part")
    told = str(writing_error(error, "a/b"))
    assert told == "a/b: the file system is read-only; choose another folder"
    assert "is there space left?" in str(writing_error(OSError("9 requested, 3 written"), "a/b"))
