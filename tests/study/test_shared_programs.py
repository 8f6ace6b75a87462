"""What one worker has compiled serves another, changes no bit, and may be broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fitscope.study import device
from fitscope.study.device import (
    environment_of,
    kept_programs,
    worker_environment,
)

TRAINING = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from jax import monitoring
from study.made_up import made_up_split
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train

found = []
monitoring.register_event_listener(lambda name, **_: found.append(name.endswith("cache_hits")))
(run,) = train(MLP(4, dropout=0.2), Plan(batch_size=50, max_epochs=12), made_up_split())
bits = [run.metrics, run.row_losses, *run.fit.values(), run.best[0]["dense"]["kernel"]]
print(hashlib.sha256(b"".join(each.tobytes() for each in bits)).hexdigest(), any(found))
"""


def trained(environment: dict[str, str]) -> subprocess.Popen[str]:
    code = TRAINING.format(tests=str(Path(__file__).parents[1]))
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "XLA_FLAGS": os.environ.get("XLA_FLAGS", ""),
            **environment,
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return out.split()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of caches, and no choice of the user's for JAX."""
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.mark.usefixtures("cache")
def test_programs_that_are_found_compute_the_same_bits_and_broken_ones_go(tmp_path):
    alone = worker_environment("cpu", 1)
    kept = environment_of(False, 1, "cpu", tmp_path / "study")
    folder = Path(kept["JAX_COMPILATION_CACHE_DIR"])
    first, second, third = map(trained, (alone, kept, kept))
    bits, found = said(first)
    assert found == "False"
    assert said(second)[0] == said(third)[0] == bits, "two write the same files at once"
    programs = {file.name: file.stat().st_mtime_ns for file in folder.glob("*-cache")}
    assert programs
    assert said(trained(kept)) == [bits, "True"]
    assert {file.name: file.stat().st_mtime_ns for file in folder.glob("*-cache")} == programs

    for file in folder.glob("*-cache"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert said(trained(kept)) == [bits, "False"], "what is cut off is compiled"
    for file in folder.glob("*-atime"):  # which JAX writes after the program, unless it is killed
        file.unlink()
    (folder / "whole-cache").touch()
    (folder / "whole-atime").touch()
    assert environment_of(False, 1, "cpu", tmp_path / "study") == kept
    assert [file.name for file in folder.glob("*-cache")] == ["whole-cache"]


def test_a_gpu_finds_what_earlier_studies_compiled(cache: Path):
    environment = worker_environment("gpu", 1)
    assert environment["JAX_COMPILATION_CACHE_DIR"] == str(cache / "programs")
    assert (cache / "programs").stat().st_mode & 0o077 == 0, "what is executed is the user's own"
    assert environment["JAX_DEFAULT_MATMUL_PRECISION"] == "float32"


def test_a_processor_finds_its_own_programs_by_kind_and_threads(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def folder(threads: int, **keep: bool) -> Path:
        found = environment_of(threads > 1, threads, "cpu", tmp_path / "study", **keep)
        return Path(found["JAX_COMPILATION_CACHE_DIR"])

    mine = folder(1)
    assert mine.parent == cache / "programs"
    assert mine == folder(1) != folder(2)
    assert (cache / "programs").stat().st_mode & 0o077 == 0
    assert folder(1, keep=False) == tmp_path / "study" / "1"
    monkeypatch.setattr(device, "processor", lambda: "another")
    assert folder(1) != mine


def test_programs_of_a_user_who_has_chosen_or_may_not_write_lie_elsewhere(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cache.touch()
    assert kept_programs("gpu", 1) == {}, "a file is where the folder should be"
    narrow = environment_of(False, 1, "cpu", tmp_path / "study")
    assert narrow["JAX_COMPILATION_CACHE_DIR"] == str(tmp_path / "study" / "1")
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "mine"))
    assert kept_programs("gpu", 1) == {}
    narrow = environment_of(False, 1, "cpu", tmp_path / "study")
    assert narrow["JAX_COMPILATION_CACHE_DIR"] == str(tmp_path / "mine")
