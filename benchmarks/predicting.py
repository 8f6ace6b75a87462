"""What predicting with the Large of the guide costs beside its matrix products alone.

    python benchmarks/predicting.py [ROWS] [ROUNDS]

Both in NumPy, in blocks of as many rows, turn by turn in one process: processor time on one core,
then wall clock on all cores, as `fitscope predict` shares the rows out. Medians, and the range of
the ratio over the rounds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

import fitscope as fs
from fitscope.learners.mlp.numpy_forward import BLOCK, folded, outputs
from fitscope.process import available_cores
from fitscope.serving.served import SLICE

FEATURES = 28
MODEL = fs.MLP(512, 512, 512, 512)  # with ELU, as all of the guide's
PARAMS = MODEL.init(FEATURES)
KERNELS = [folded(MODEL, PARAMS, {}, number)[0] for number in range(len(MODEL.hidden) + 1)]


def predicted(x: np.ndarray) -> None:
    """All that predicting computes of features."""
    outputs(MODEL, PARAMS, {}, x)


def multiplied(x: np.ndarray) -> None:
    """The products that it needs, and nothing else."""
    for start in range(0, len(x), BLOCK):
        values = x[start : start + BLOCK]
        for kernel in KERNELS:
            values = values @ kernel


def shared(work: Callable[[np.ndarray], None], x: np.ndarray) -> None:
    """The same on all cores."""
    parts = [x[start : start + SLICE] for start in range(0, len(x), SLICE)]
    with ThreadPoolExecutor(available_cores()) as cores:
        list(cores.map(work, parts))


def race(clock: Callable[[], float], rounds: int, works: list[Callable[[], None]]) -> np.ndarray:
    """Seconds of each work in each round, after one that warms up."""
    laps = np.empty((rounds + 1, len(works)))
    for lap in laps:
        for number, work in enumerate(works):
            begun = clock()
            work()
            lap[number] = clock() - begun
    return laps[1:]


def main(rows: int = 40_960, rounds: int = 9) -> None:
    """Print a line of processor time, and one of wall clock."""
    x = np.random.default_rng(0).normal(size=(rows, FEATURES)).astype(np.float32)
    alone = [partial(work, x) for work in (multiplied, predicted)]
    together = [partial(shared, work, x) for work in (multiplied, predicted)]
    with threadpool_limits(1, "blas"):
        for what, clock, works in (
            ("processor time, 1 core", time.process_time, alone),
            (f"wall clock, {available_cores()} cores", time.perf_counter, together),
        ):
            laps = race(clock, rounds, works)
            products, all_of_it = np.median(laps, axis=0)
            ratios = np.sort(laps[:, 1] / laps[:, 0])
            print(
                f"{what}: {rows:,} rows in {all_of_it:.3f} s, products alone {products:.3f} s: "
                f"{np.median(ratios):.2f} times ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
