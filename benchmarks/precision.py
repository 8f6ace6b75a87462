"""An epoch of the guide's networks in bfloat16 against float32, in turns, on this machine.

    precision.py [--models large,l2,dropout,combined] [--rounds 9] [--epochs 2] [--threads N]

Both programs are compiled in one process, in the environment in which a study trains a wide
network, and take turns. Beside wall-clock time stands processor time, which tells more where other
programs run, too. Rows are noise: good for times alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from statistics import median

from guide import FEATURES, TRAIN, VALIDATION

PRECISIONS = ("float32", "bfloat16")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default="large,l2,dropout,combined")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=None)
    wanted = parser.parse_args()

    from fitscope.process import available_cores
    from fitscope.study.device import worker_environment

    environment = worker_environment("cpu", wanted.threads or available_cores())
    job = [wanted.models, wanted.rounds, wanted.epochs]
    subprocess.run(
        [sys.executable, __file__, "--worker", json.dumps(job)],
        env={**os.environ, **environment},
        check=True,
    )


def work(models: str, rounds: int, epochs: int) -> None:
    import numpy as np

    from fitscope.guide.models import choose

    random = np.random.default_rng(0)
    rows = TRAIN + VALIDATION
    x = random.normal(size=(rows, FEATURES)).astype(np.float32)
    y = (x[:, 0] + random.normal(size=rows) > 0).astype(np.float32)
    print(f"an epoch in ms, medians of {rounds} rounds: wall clock | processor time")
    for name, (model, _) in choose(models).items():
        turns = {precision: turn(model, precision, x, y, epochs) for precision in PRECISIONS}
        times = {precision: [] for precision in PRECISIONS}
        for number in range(rounds):
            order = PRECISIONS if number % 2 else PRECISIONS[::-1]
            for precision in order:
                times[precision].append(turns[precision]())
        wall, cpu = (
            {precision: 1e3 * median(t[i] for t in times[precision]) for precision in PRECISIONS}
            for i in (0, 1)
        )
        ratios = [a[1] / b[1] for a, b in zip(*times.values(), strict=True)]
        print(
            f"{name:<10}",
            *(f"{p} {wall[p]:6.1f} | {cpu[p]:6.1f}  " for p in PRECISIONS),
            f"ratio {wall['float32'] / wall['bfloat16']:.2f} | {median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f})",
            flush=True,
        )


def turn(model, precision, x, y, epochs):
    """A function that trains some epochs and gives seconds an epoch, wall and processor."""
    from dataclasses import replace

    import jax
    import numpy as np

    from fitscope.guide.models import plan
    from fitscope.learners.mlp.compiling import compiled
    from fitscope.learners.mlp.engine import Engine
    from fitscope.learners.mlp.evaluation import Rows
    from fitscope.learners.mlp.objective import Objective
    from fitscope.learners.streams import epoch_order, run_key
    from fitscope.task import BINARY

    chosen = replace(plan(max_epochs=10**6, patience=10**6), precision=precision)
    objective = Objective(BINARY)
    engine = Engine(model, chosen, objective, TRAIN, epochs, False)
    start, call = compiled(engine)
    parts = (
        Rows(jax.device_put(x[VALIDATION:]), jax.device_put(y[VALIDATION:])),
        Rows(jax.device_put(x[:VALIDATION]), jax.device_put(y[:VALIDATION])),
    )
    orders = np.stack([epoch_order(TRAIN, 0, 0, epoch) for epoch in range(epochs)]).astype(np.int32)
    fixed = run_key(0, 0), np.int32(epochs), *parts, objective.units
    state = [start(model.init(FEATURES, 0))]

    def once() -> tuple[float, float]:
        began, used = time.perf_counter(), time.process_time()
        state[0], _ = jax.block_until_ready(call(state[0], orders, *fixed))
        return (time.perf_counter() - began) / epochs, (time.process_time() - used) / epochs

    once()
    return once


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(*json.loads(sys.argv[2]))
    else:
        main()
