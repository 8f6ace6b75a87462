"""Many short runs on this machine's cores, then on a Ray cluster of this machine.

    python benchmarks/executors.py [RUNS] [EPOCHS]

Prints for each executor the seconds of the whole study by the clock (start of the machines, of the
workers, compiling and storing included), and those of the training alone: the runs' own times, over
the cores that they share. Needs fitscope[ray]. Rows are noise: good for times alone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import fitscope as fs
from fitscope.process import available_cores

ROWS, VALIDATION, FEATURES = 2_000, 500, 20


def study(executor: str, runs: int, epochs: int, folder: Path) -> tuple[float, float]:
    """Seconds of a study of so many runs of a network of three layers of 64, whole and training."""
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS + VALIDATION, FEATURES)).astype(np.float32)
    y = (x[:, 0] + random.normal(size=len(x)) > 0).astype(np.float32)
    split = fs.Split(x[VALIDATION:], y[VALIDATION:], x[:VALIDATION], y[:VALIDATION])
    many = fs.Study(split, fs.Plan(batch_size=100, max_epochs=epochs, stopping=None))
    many.add("64x3", fs.MLP(64, 64, 64))
    began = time.perf_counter()
    result = many.run(runs, out=folder, device="cpu", progress=False, executor=executor)
    passed = time.perf_counter() - began
    trained = sum(run.seconds for run in result.results.runs)
    return passed, trained / available_cores()


if __name__ == "__main__":
    runs, epochs = (int(word) for word in [*sys.argv[1:], "200", "850"][:2])
    with tempfile.TemporaryDirectory() as scratch:
        for executor in ("local", "ray"):
            whole, training = study(executor, runs, epochs, Path(scratch) / executor)
            print(
                f"{executor}: {whole:.1f} s, training alone {training:.1f} s a core, "
                f"{training * available_cores() / runs:.2f} s a run",
                flush=True,
            )
