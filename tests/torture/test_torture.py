"""A small fixed part of `make torture`, for every change."""

import sys

import pytest

from torture import hostile, logs, servers, study

SLOW_FILES = {"many-runs.csv", "many-rows.csv", "floats.json", "equal.parquet", "bomb.csv.gz"}
SLOW_FILES |= {"bomb.log.bz2", "bomb.json.xz", "pipe.csv", "zero.csv", "random.json"}
SLOW_FILES |= {"padded.csv.gz", "one-number.log", "one-line.log", "sparse.csv.xz", "names.json"}
SLOW_FILES |= {"sparse.csv.gz", "many-columns.csv", "bars.log", "sparse.log"}
SLOW_SERVERS = {"silence", "headers byte by byte", "a body byte by byte", "a body that stops"}
SLOW_SERVERS |= {"a body of zeros", "headers without end", "a status line without end"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux' devices and limits")


@pytest.fixture(autouse=True)
def _words_and_cache(monkeypatch, tmp_path):
    """The command line and the cache are this test's own."""
    monkeypatch.setattr(sys, "argv", ["fitscope"])
    monkeypatch.setenv("FITSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("number", [*range(60), 19_208])  # the last one ended Polars' process
def test_mutated_logs(number, tmp_path):
    assert logs.attempt({"number": number}, tmp_path) == ""


@pytest.mark.parametrize("name", sorted(set(hostile.FILES) - SLOW_FILES))
def test_hostile_files(name, tmp_path):
    assert hostile.attempt({"name": name, "folder": False}, tmp_path) == ""


def test_hostile_files_do_not_keep_good_ones_from_being_judged(tmp_path):
    assert hostile.attempt({"name": "deep.json", "folder": True}, tmp_path) == ""


@pytest.mark.parametrize("name", sorted(set(servers.SERVERS) - SLOW_SERVERS))
def test_hostile_servers(name, tmp_path, monkeypatch):
    for proxy in ("http_proxy", "https_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    monkeypatch.setattr("fitscope.higgs.remote._FIRST_WAIT_SECONDS", 0.001)
    assert servers.attempt({"name": name, "number": 0}, tmp_path) == ""


@pytest.mark.parametrize("number", range(30))
def test_damaged_studies(number, tmp_path):
    assert study.attempt({"number": number}, tmp_path) == ""
