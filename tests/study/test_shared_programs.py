"""What one worker has compiled serves another, changes no bit, and may be broken."""

import subprocess
import sys
from pathlib import Path

from fitscope.study.device import shared_programs, worker_environment

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
