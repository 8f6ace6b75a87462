"""Simulated collisions on the command line: as a file, and as the guide's rows."""

import gzip
import json
import re
import signal
import subprocess
import sys

import polars as pl
import pytest
from cli.refused import refused

SMALL = ("--models", "tiny", "--validation", 50, "--rows", 100, "--max-epochs", 2)


def test_a_parquet_file(call, tmp_path):
    out = tmp_path / "new" / "rows.parquet"
    status, printed, error = call("data", "simulate", "--rows", 30_000, "--seed", 7, "--out", out)
    assert status == 0
    assert printed == f"{out}: 30,000 simulated collisions, seed 7\n"
    assert "\x1b" not in error, "progress in a pipe stays plain"
    assert re.fullmatch(r"simulated 30,000 of 30,000 events, \d+ s", error.splitlines()[-1])
    assert pl.read_parquet(out).height == 30_000
    status, printed, _ = call("data", "describe", "--data", out)
    assert status == 0
    assert printed.startswith(f"1,000 rows from {out} (simulated)\n")


def test_a_gzip_csv(call, tmp_path):
    out = tmp_path / "rows.csv.gz"
    assert call("data", "simulate", "--rows", 100, "--out", out)[0] == 0
    lines = gzip.decompress(out.read_bytes()).splitlines()
    assert len(lines) == 100
    assert all(len(line.split(b",")) == 29 for line in lines)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--rows", 0], "0 simulated rows asked for"),
        (["--rows", -5], "-5 simulated rows"),
        (["--rows", 10**18], "1,000,000,000,000,000,000 simulated rows"),
        (["--rows", "many"], "--rows"),
        (["--rows", 10, "--seed", -1], "seed -1"),
        (["--rows", 10, "--seed", 2**40], "seed 1099511627776"),
        (["--rows", 10, "--out", "rows.txt"], "rows.txt: unknown ending"),
        (["--rows", 10, "--out", "/proc/no/rows.parquet"], "/proc/no/rows.parquet: cannot be"),
    ],
)
def test_what_cannot_be(call, tmp_path, words, says):
    file = tmp_path / "rows.parquet"
    assert says in refused(call("data", "simulate", "--out", file, *words))
    assert not list(tmp_path.iterdir())


def test_no_file_is_overwritten(call, tmp_path):
    (tmp_path / "HIGGS.csv.gz").write_text("real rows")
    error = refused(call("data", "simulate", "--rows", 10, "--out", tmp_path / "HIGGS.csv.gz"))
    assert "is there already" in error
    assert (tmp_path / "HIGGS.csv.gz").read_text() == "real rows"


@pytest.mark.parametrize("ending", ["parquet", "csv.gz"])
def test_no_space_left(tmp_path, ending):
    """A limit on file size stands for a full disk."""
    out = tmp_path / f"rows.{ending}"
    words = ["data", "simulate", "--rows", "20000", "--out", str(out)]
    limited = 'ulimit -f 100; exec "$0" -m fitscope.cli.main "$@"'
    done = subprocess.run(
        ["bash", "-c", limited, sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    error = done.stderr.splitlines()[-1]
    assert error.startswith(f"fitscope: {out}: larger than files may be here")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing(tmp_path, sent):
    words = ["data", "simulate", "--rows", "100000000", "--out", str(tmp_path / "rows.parquet")]
    process = subprocess.Popen(
        [sys.executable, "-m", "fitscope.cli.main", *words], stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not list(tmp_path.glob(".*.part")):
        pass
    process.send_signal(sent)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error == "fitscope: stopped; nothing was written\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("drawn_figures")
def test_without_a_network_the_guide_simulates_says_so_everywhere_and_goes_on(call, tmp_path):
    out = tmp_path / "out"
    status, printed, error = call("guide", *SMALL, "--out", out)
    assert status == 0
    assert error.count("\n") == 1, "one line"
    assert "these rows are simulated" in error
    assert "--data FILE.csv.gz" in error
    assert "fitscope data fetch" in error
    assert "from simulated:0 (simulated)" in printed
    assert "Simulated: these rows were generated, not measured." in printed
    stored = json.loads((out / "study.json").read_text())
    assert stored["command"].endswith("--data simulated:0"), "on a network auto is real rows"
    data = stored["data"]
    assert data["simulated"] is True
    assert (data["kind"], data["location"]) == ("simulated", "simulated:0")
    figures = list((out / "figures").glob("*.svg"))
    assert figures
    for figure in figures:
        assert "Simulated: these rows were generated" in figure.read_text()
    page = (out / "report.html").read_text()
    assert "Simulated: these rows were generated" in page
    assert "simulated:0 (simulated)" in page
    before = (out / "histories.parquet").read_bytes()
    assert call("guide", "--resume", "--out", out)[::2] == (0, "")
    assert (out / "histories.parquet").read_bytes() == before
    error = refused(call("guide", "--resume", "--data", "simulated:5", "--out", out))
    assert "other rows" in error


def test_an_address_in_the_environment_has_to_work(call, monkeypatch, tmp_path):
    monkeypatch.setenv("FITSCOPE_HIGGS_URL", "http://127.0.0.1:9/HIGGS.csv.gz")
    for words in (("guide", *SMALL, "--out", tmp_path / "out"), ("data", "describe")):
        error = refused(call(*words))
        assert error.startswith("fitscope: http://127.0.0.1:9/HIGGS.csv.gz: cannot connect")
        assert "FITSCOPE_HIGGS_URL" in error
    assert not list(tmp_path.iterdir())


def test_describe_says_simulated(call):
    for words, seed in (((), 0), (("--data", "simulated:5"), 5)):
        status, printed, error = call("data", "describe", "--rows", 200, *words)
        assert status == 0
        assert printed.startswith(f"200 rows from simulated:{seed} (simulated)\n")
        assert ("these rows are simulated" in error) == (not words)


def test_help_names_simulated(call):
    for words in (("guide",), ("data", "describe")):
        assert "simulated" in call(*words, "--help")[1]
    assert "simulate" in call("data", "--help")[1]
