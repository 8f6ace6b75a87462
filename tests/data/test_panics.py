"""What is left to say where a library ends the whole process."""

import subprocess
import sys

import polars as pl
import pytest

from fitscope.data.panics import quiet_panics

ABORTED = """
import os, threading
from pathlib import Path
import polars as pl
from fitscope.data.table_file import read_file

def give_up(path):
    print("memory allocation of 2305843009213693880 bytes failed", file=__import__("sys").stderr)
    other = threading.Thread(target=os.abort)  # one of the library's own threads
    other.start()
    other.join()

pl.read_parquet = give_up
read_file(Path({path!r}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_damage_that_aborts_is_one_line_and_status_2(tmp_path):
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"a": [1, 2]}).write_parquet(path)
    code = ABORTED.format(path=str(path))
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    line = f"fitscope: {path}: a damaged Parquet file; copy or fetch it again\n"
    assert ended.stderr == line


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_an_abort_later_on_is_none_of_ours():
    code = "import os; from fitscope.data.panics import quiet_panics\n"
    code += "with quiet_panics('words'):\n    pass\nos.abort()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.returncode == -6
    assert b"words" not in ended.stderr


def test_other_errors_pass():
    with pytest.raises(ValueError, match="mine"), quiet_panics("words"):
        raise ValueError("mine")


def test_names_that_are_no_text_or_that_terminals_obey_hinder_nothing():
    for name in ("caf\udce9", "\x1b[31m"):
        with quiet_panics(f"{name}: damaged"):
            pass
    code = "import os; from fitscope.data.panics import quiet_panics\n"
    code += "with quiet_panics('caf\\udce9 \\x1b[31m: damaged'):\n    os.abort()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    if sys.platform != "win32":
        assert (ended.returncode, ended.stderr) == (2, b"fitscope: caf   [31m: damaged\n")
