"""How well 1,000 cores would be used: a simulation, with costs that were measured on one machine.

    python benchmarks/many_machines.py

The model: one owner, who does one thing after another, and workers that ask for nothing while they
train. When a run ends, its worker waits until the owner has heard of it and has handed out the next
run. The owner takes in all that has come, hands out, then stores what is done in one go, and
hears nothing meanwhile. Before its first run a worker starts and compiles. Runs last
`seconds`, give or take a quarter (evenly); the last ones leave workers idle, which counts.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Costs:
    """Seconds of the owner's time, and of a worker's.

    Attributes:
        hand_out: to send a job.
        result: to fetch the files of a run that has ended.
        told: to take in new epochs of a run.
        telling: how often all runs together tell of new epochs in a second.
        store_run: to store a run, its files on the disk.
        store: to write histories and results anew, for each run that they hold.
        start: of a worker: its process, its libraries, its program.
    """

    hand_out: float
    result: float
    told: float
    telling: float
    store_run: float
    store: float
    start: float


def efficiency(costs: Costs, runs: int, cores: int, seconds: float, seed: int = 0) -> float:
    """The share of all cores that trains, from the first start to the last result."""
    random = np.random.default_rng(seed)
    lengths = random.uniform(0.75 * seconds, 1.25 * seconds, runs)
    busy = 1 + costs.told * costs.telling  # epochs are told of all the time
    ready = [(costs.start, -1) for _ in range(cores)]  # when a worker asks, and what it has done
    heapq.heapify(ready)
    now, given, stored = 0.0, 0, 0
    while stored < runs:
        now = max(now, ready[0][0])
        done = 0
        while ready and ready[0][0] <= now:
            _, run = heapq.heappop(ready)
            if run >= 0:
                now += costs.result * busy
                done += 1
            if given < runs:
                now += costs.hand_out * busy
                heapq.heappush(ready, (now + lengths[given], given))
                given += 1
        if done:
            stored += done
            now += busy * (costs.store_run * done + costs.store * stored)
    return float(lengths.sum() / (cores * now))


MEASURED = Costs(
    hand_out=0.3e-3,
    result=3.6e-3,
    told=0.2e-3,
    telling=200,
    store_run=8e-3,
    store=0.06e-3,
    start=2.5,
)
"""On two cores of a machine that others were using, too: times of computing are processor times,
those of calls to Ray and of the disk by the clock. Runs of 100 epochs, 1,000 validation rows."""

if __name__ == "__main__":
    print("run      10,000 runs on 1,000 cores (simulated)")
    for seconds in (2, 10, 30, 60, 120, 300):
        print(f"{seconds:3} s    {efficiency(MEASURED, 10_000, 1_000, seconds):.3f}")
