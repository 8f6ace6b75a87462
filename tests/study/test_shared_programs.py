"""What one worker has compiled serves another, changes no bit, and may be broken."""

import subprocess
import sys
from pathlib import Path

import pytest

from fitscope.study.device import kept_programs, shared_programs, worker_environment

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
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return out.split()


def test_programs_that_are_found_compute_the_same_bits_and_broken_ones_are_compiled(tmp_path):
    environment = worker_environment("cpu", 1)
    shared = environment | shared_programs(tmp_path / "programs")
    alone, together, beside = map(trained, (environment, shared, shared))
    bits, found = said(alone)
    assert found == "False"
    assert said(together)[0] == said(beside)[0] == bits, "two write the same files at once"
    files = sorted((tmp_path / "programs").iterdir())
    assert said(trained(shared)) == [bits, "True"]
    assert sorted((tmp_path / "programs").iterdir()) == files
    for file in files:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert said(trained(shared)) == [bits, "False"]


def test_a_gpu_finds_what_earlier_studies_compiled_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    folder = tmp_path / "cache" / "programs"
    environment = worker_environment("gpu", 1)
    assert environment["JAX_COMPILATION_CACHE_DIR"] == str(folder)
    assert folder.stat().st_mode & 0o077 == 0, "what is executed is the user's own"
    assert environment["JAX_DEFAULT_MATMUL_PRECISION"] == "float32"
    assert "JAX_COMPILATION_CACHE_DIR" not in worker_environment("cpu", 1)

    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "mine"))
    assert kept_programs() == {}, "the user's choice"
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    (tmp_path / "file").touch()
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "file")
    assert kept_programs() == {}, "nothing can be kept"
