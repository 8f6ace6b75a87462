"""One program at a time in a folder, whatever the others do meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fitscope.errors import UserError
from fitscope.files import LOCK, is_locked, locked
from fitscope.study.folder import read_study
from fitscope.study.judge import store_judged
from fitscope.study.snapshot import read_running, stamp
from fitscope.study.training_folder import check_folder

STORED = Path(__file__).with_name("format1")
HOLD = """
import sys
from fitscope.files import locked
with locked(sys.argv[1]):
    print(1, flush=True)
    input()
"""
LOOK = """
import sys
from fitscope.files import is_locked
for _ in range(300):
    print(is_locked(sys.argv[1]))
"""


def holder(folder: Path) -> subprocess.Popen:
    """Another program that holds the folder until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    return process


def refused(folder: Path) -> None:
    said = "another fitscope is training in this folder"
    with pytest.raises(UserError, match=said), locked(folder):
        pytest.fail("two hold one folder")


def test_whatever_others_do_there_is_one_holder(tmp_path: Path):
    folder = Path(shutil.copytree(STORED, tmp_path / "study"))
    process = holder(folder)
    try:
        for _ in range(3):
            assert is_locked(folder)
            refused(folder)
            store_judged(read_study(folder))
            assert read_running(folder).training
            shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    finally:
        process.kill()
        process.wait()
    assert not is_locked(folder)  # the system frees what a killed program held
    with locked(folder):
        refused(folder)


def test_looking_makes_no_files(tmp_path: Path):
    folder = Path(shutil.copytree(STORED, tmp_path / "study"))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert not is_locked(folder)
    assert not is_locked(tmp_path / "nowhere")
    read_running(folder)
    stamp(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_many_who_look_do_not_see_each_other(tmp_path: Path):
    with locked(tmp_path):
        pass
    command = [sys.executable, "-c", LOOK, str(tmp_path)]
    lookers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert all(set(each.communicate()[0].split()) == {"False"} for each in lookers)


def test_an_empty_folder_with_a_lock_is_empty(tmp_path: Path):
    with locked(tmp_path):
        check_folder(tmp_path, resume=False)
    assert (tmp_path / LOCK).exists()
    check_folder(tmp_path, resume=False)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        check_folder(tmp_path, resume=False)


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="file") as caught, locked(tmp_path / "file" / "study"):
        pytest.fail("no folder there")
    assert "\n" not in str(caught.value)
    if os.geteuid():
        tmp_path.chmod(0o500)
        with pytest.raises(UserError, match="permission denied"), locked(tmp_path):
            pytest.fail("no file can be made there")
