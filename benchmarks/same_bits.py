"""Whether the guide's networks still compute what they computed: a SHA-256 of each history.

    same_bits.py EPOCHS [--data FILE] [--seed 3] [--repeats 2] [--models tiny,l2]
                 [--against histories.parquet]

Trains each of the guide's models for so many epochs, in the environment in which a study trains
it, and prints the hash of its metrics. With `--against`, the histories of a stored study, each is
compared with the beginning of the stored one; the exit status is 1 if a bit differs. One machine
and one version of JAX: elsewhere last bits differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "HIGGS-11k.csv.gz"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("epochs", type=int)
    parser.add_argument("--data", default=str(DATA))
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--models", default=None)
    parser.add_argument("--against", default=None)
    wanted = parser.parse_args()

    from fitscope.guide.models import choose, plan
    from fitscope.process import available_cores
    from fitscope.study.device import worker_environment
    from fitscope.study.jobs import is_wide
    from fitscope.task import BINARY

    stored = _stored(wanted.against) if wanted.against else {}
    differ = 0
    for name, (model, _) in choose(wanted.models).items():
        wide = is_wide(model.work(28, BINARY, plan(), rows=10_000))
        environment = worker_environment("cpu", available_cores() if wide else 1)
        for repeat in range(wanted.repeats):
            job = [name, wanted.data, wanted.seed, repeat, wanted.epochs]
            done = subprocess.run(
                [sys.executable, __file__, "--worker", json.dumps(job)],
                env={**os.environ, **environment},
                stdout=subprocess.PIPE,
                check=True,
            )
            metrics = np.frombuffer(done.stdout, np.float32).reshape(-1, 6)
            line = f"{name:<10} {repeat} {len(metrics):>5} epochs  {_hash(metrics)}"
            if wanted.against:
                before = stored.get((name, repeat), metrics[:0])[: len(metrics)]
                same = _hash(before) == _hash(metrics[: len(before)])
                differ += not same
                line += f"  {'same' if same else 'DIFFERS'} over {len(before)} epochs"
            print(line, flush=True)
    return int(differ > 0)


def _hash(metrics: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(metrics).tobytes()).hexdigest()


def _stored(path: str) -> dict[tuple[str, int], np.ndarray]:
    """Metrics of each run in a study's histories, [epochs, 6]."""
    import polars as pl

    from fitscope.task import BINARY

    frame = pl.read_parquet(path).sort("model", "repeat", "epoch")
    return {
        (str(model), int(str(repeat))): part.select(BINARY.monitors).to_numpy()
        for (model, repeat), part in frame.group_by("model", "repeat")
    }


def _work(name: str, data: str, seed: int, repeat: int, epochs: int) -> None:
    """Train and write the metrics as they lie in memory."""
    from fitscope import datasets
    from fitscope.guide.models import choose, plan
    from fitscope.learners.base import Interrupted, Watching

    seen: list[np.ndarray] = []
    ((model, _),) = choose(name).values()
    watching = Watching(
        on_progress=lambda news: seen.append(news.metrics.copy()),
        interrupted=lambda: sum(map(len, seen)) >= epochs,
    )
    split = datasets.higgs(data=data)
    with suppress(Interrupted):
        model.fit(split, plan(), seed=seed, repeats=[repeat], watching=watching)
    metrics = np.concatenate([np.asarray(part, np.float32) for part in seen])[:epochs]
    sys.stdout.buffer.write(metrics.tobytes())


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        _work(*json.loads(sys.argv[2]))
    else:
        sys.exit(main())
