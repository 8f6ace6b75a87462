"""Draw docs/figures/cost-of-models.svg: what larger networks and more runs cost.

python docs/figures/make_cost_of_models.py [ROUNDS]

Left: an epoch of four layers of 16 to 2,048 units on the guide's 10,000 rows, with one thread and
with as many as there are cores. Right: a whole study of more and more runs of Small, 1,000 epochs
each, one at a time and as many side by side as there are cores: start, compiling and storing
included. By the clock, so nothing else should run. Rows are simulated.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np

HERE = Path(__file__).parent
WIDTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)
RUNS = (1, 2, 4, 8, 16, 32)
SECONDS = 0.5  # that an epoch is timed for, at the least


def main() -> None:
    """Measure, print the tables, draw the figure."""
    from fitscope.process import available_cores

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    cores = (1, available_cores())
    epochs = [{threads: epochs_of(threads) for threads in cores} for _ in range(rounds)]
    studies = [
        {jobs: [study(runs, jobs) for runs in RUNS] for jobs in cores} for _ in range(rounds)
    ]
    epoch = {n: np.median([turn[n][1] for turn in epochs], axis=0) for n in cores}
    whole = {n: np.median([turn[n] for turn in studies], axis=0) for n in cores}
    parameters = epochs[0][1][0]
    for name, x, lines in (("parameters", parameters, epoch), ("runs", RUNS, whole)):
        print(f"| {name} | " + " | ".join(f"cores: {n}" for n in lines) + " |")
        for row, count in enumerate(x):
            print(f"| {count:,} | " + " | ".join(f"{y[row]:.3g} s" for y in lines.values()) + " |")
    draw(parameters, epoch, whole, HERE / "cost-of-models.svg")


def epochs_of(threads: int) -> tuple[list[int], list[float]]:
    """Parameters of each width, and seconds of an epoch, in a process with so many threads."""
    from fitscope.study.device import worker_environment

    environment = {**os.environ, **worker_environment("cpu", threads)}
    command = [sys.executable, __file__, "--worker"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def work() -> None:
    """Time all widths in this process."""
    import fitscope as fs
    from fitscope.datasets import higgs
    from fitscope.guide.models import plan
    from fitscope.learners.base import Interrupted, Watching

    split = higgs(1_000, 10_000, data="simulated:7")
    parameters, seconds = [], []
    for width in WIDTHS:
        laps: list[tuple[int, float]] = []
        model = fs.MLP(width, width, width, width)
        watching = Watching(
            on_progress=lambda news, laps=laps: laps.append(
                (news.epoch + len(news.metrics), time.perf_counter())
            ),
            interrupted=lambda laps=laps: len(laps) > 1 and laps[-1][1] - laps[0][1] > SECONDS,
        )
        with contextlib.suppress(Interrupted):
            model.fit(split, plan(max_epochs=10**6), seed=0, repeats=[0], watching=watching)
        (first, began), (last, ended) = laps[0], laps[-1]
        seconds.append((ended - began) / (last - first))
        parameters.append(model.parameters(split.x_train.shape[1]))
    print(json.dumps([parameters, seconds]))


def study(runs: int, jobs: int) -> float:
    """Seconds of a study of so many runs of Small, so many of them at a time."""
    from fitscope.api.study import Study
    from fitscope.datasets import higgs
    from fitscope.guide.models import MODELS, plan

    small = Study(higgs(1_000, 10_000, data="simulated:7"), plan(max_epochs=1_000, patience=1_000))
    model, groups = MODELS["Small"]
    small.add("Small", model, groups)
    with tempfile.TemporaryDirectory() as scratch:
        began = time.perf_counter()
        small.run(runs, out=Path(scratch) / "study", device="cpu", jobs=jobs, progress=False)
        return time.perf_counter() - began


def draw(parameters, epoch, whole, path: Path) -> None:
    """Seconds against parameters, and against runs.

    Args:
        parameters: one count for each width.
        epoch: cores to seconds of an epoch, for each width.
        whole: cores to seconds of a study, for each of `RUNS`.
        path: the SVG file.
    """
    import matplotlib.pyplot as plt

    from fitscope.report.look import FIGURE, MUTED, PLAIN

    looks = {n: {"color": c, "lw": 1.6} for n, c in zip(epoch, (MUTED, PLAIN), strict=True)}
    with mpl.rc_context(FIGURE):
        figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
        for axes, x, lines in ((left, parameters, epoch), (right, RUNS, whole)):
            for cores, seconds in lines.items():
                label = f"{cores} core" + "s" * (cores > 1)
                axes.plot(x, seconds, "o-", label=label, **looks[cores])
            axes.legend(fontsize=9)
        left.set_xscale("log")
        left.set_yscale("log")
        left.set_xlabel("parameters (four layers of equal width)")
        left.set_ylabel("seconds of an epoch, 10,000 rows")
        left.set_title("Larger networks", loc="left")
        right.set_xticks(RUNS, [str(count) for count in RUNS])
        right.set_ylim(bottom=0)
        right.set_xlabel("runs of Small, 1,000 epochs each")
        right.set_ylabel("seconds of the whole study")
        right.set_title("More runs", loc="left")
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    if sys.argv[1:] == ["--worker"]:
        work()
    else:
        main()
