"""Ctrl-C ends the command in one line, whenever it comes: while libraries are imported, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
{raising}
sys.meta_path.insert(0, Interrupting())
sys.argv = ["fitscope", *{arguments!r}]
from fitscope.cli.entry import main
main()
"""
# a library that is interrupted while it is imported may raise an error of its own
OWN_ERROR = """            import time
            try:
                time.sleep(5)
            except KeyboardInterrupt:
                raise ImportError("numpy: half of it is there") from None
"""


def run(module: str, arguments: list[str], folder: Path, raising: str = "") -> tuple[int, str, str]:
    """The command, hit by Ctrl-C at the moment at which it imports a module."""
    code = INTERRUPTED.format(module=module, arguments=arguments, raising=raising)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "JAX_PLATFORMS": "cpu"},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("click", ["--help"]),
        ("fitscope.cli.main", ["--version"]),
        ("fitscope.logs.places", ["diagnose", "log.csv"]),
        ("numpy", ["diagnose", "log.csv"]),
        ("rich.console", ["guide", "--data", "simulated"]),
        ("fitscope.higgs.rows", ["guide", "--data", "simulated"]),
    ],
)
@pytest.mark.parametrize("raising", ["", OWN_ERROR], ids=["", "own error"])
def test_one_line_and_no_traceback(module: str, arguments: list[str], raising: str, tmp_path: Path):
    (tmp_path / "log.csv").write_text("epoch,loss,val_loss\n0,2,2\n1,1,1\n2,1,1\n")
    status, said, error = run(module, arguments, tmp_path, raising)
    assert (status, said) == (130, "")
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) == 1
    assert "topped" in error


def test_errors_of_ours_are_not_hidden(tmp_path: Path):
    raising = (
        "            pass\n        if name == 'click':\n            raise ImportError('broken')"
    )
    status, _, error = run("no module of that name", ["--version"], tmp_path, raising)
    assert status == 1
    assert error.strip().endswith("ImportError: broken")


def test_the_package_can_be_run_as_the_command(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "fitscope", "diagnose", "nowhere.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("fitscope: ")
    assert "nowhere.csv" in done.stderr
