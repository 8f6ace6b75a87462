"""Draw docs/figures/cost-of-rows.svg: what an epoch costs with more and more simulated rows.

python docs/figures/make_cost_of_rows.py [ROWS.parquet] [ROUNDS]

Medium, in batches of 500, on one core, with one validation row to 20 training rows. Each round
goes through all numbers of rows: a machine that changes its speed does so for all. Processor
time is drawn, of the thread that reads rows, too, and the clock's printed beside it. Without a
file 10,500,000 collisions are simulated, which takes two cores a minute; `fitscope data simulate`
keeps them.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np

from fitscope.study.device import worker_environment

HERE = Path(__file__).parent
ROWS = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
SHARE = 20  # training rows to one that validates
LEAST = 2_000_000  # rows that are trained on in a turn, at the least


def main() -> None:
    """Measure, print the table, draw the figure."""
    os.environ.update(worker_environment("cpu", 1))  # as a study starts Medium's worker
    from fitscope.datasets import higgs
    from fitscope.learners.mlp.streamed import is_streamed

    data = sys.argv[1] if len(sys.argv) > 1 else "simulated:7"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    whole = higgs(max(ROWS) // SHARE, max(ROWS), data=data)
    splits = {rows: part(whole, rows) for rows in ROWS}
    for rows in ROWS[:-1]:
        turn(splits[rows])  # compiles
    seconds: dict[int, list[float]] = {rows: [] for rows in ROWS}
    clock: dict[int, list[float]] = {rows: [] for rows in ROWS}
    for number in range(rounds):
        for rows, split in splits.items():
            used, passed = turn(split)
            seconds[rows].append(used)
            clock[rows].append(passed)
        print(f"round {number + 1} of {rounds}", flush=True)
    cost = {rows: float(np.median(found)) for rows, found in seconds.items()}
    exponent = np.polyfit(np.log(ROWS), np.log(list(cost.values())), 1)[0]
    for rows, found in cost.items():
        where = "read while it trains" if is_streamed(splits[rows]) else "in memory"
        each = f"{1e9 * found / rows:.0f} ({1e9 * min(seconds[rows]) / rows:.0f} to "
        each += f"{1e9 * max(seconds[rows]) / rows:.0f})"
        passed = float(np.median(clock[rows]))
        print(f"| {rows:,} | {where} | {found:.3g} s | {each} ns | {1e9 * passed / rows:.0f} ns |")
    print(f"exponent {exponent:.3f}")
    draw(cost, exponent, HERE / "cost-of-rows.svg")


def part(whole, rows: int):
    """A split of the first rows."""
    from fitscope.data.split import Split

    x, y = whole.x_train[:rows], whole.y_train[:rows]
    seen = rows // SHARE
    found = Split(x, y, whole.x_validation[:seen], whole.y_validation[:seen], checked=True)
    found.__dict__["fingerprint"] = str(rows)  # nobody resumes this
    return found


def turn(split) -> tuple[float, float]:
    """Seconds of processor time and by the clock for an epoch."""
    from fitscope.guide.models import MODELS, plan
    from fitscope.learners.base import Watching

    laps: list[tuple[int, float, float]] = []

    def lap(news) -> None:
        done = news.epoch + len(news.metrics)
        laps.append((done, time.process_time(), time.perf_counter()))

    rows = len(split.y_train)
    epochs = max(3, LEAST // rows)
    MODELS["Medium"][0].fit(
        split, plan(max_epochs=epochs), seed=0, repeats=[0], watching=Watching(on_progress=lap)
    )
    (first, *began), (last, *ended) = laps[0], laps[-1]
    used, passed = (
        (after - before) / (last - first) for before, after in zip(began, ended, strict=True)
    )
    return used, passed


def draw(cost: dict[int, float], exponent: float, path: Path) -> None:
    """Seconds against rows, beside a line for what the fewest rows cost each.

    Args:
        cost: rows to seconds of processor time for an epoch.
        exponent: of the power law nearest to it.
        path: the SVG file.
    """
    import matplotlib.pyplot as plt

    from fitscope.report.look import FIGURE, MUTED, PLAIN

    rows = np.array(list(cost))
    seconds = np.array(list(cost.values()))
    even = np.median(seconds / rows) * rows
    with mpl.rc_context(FIGURE):
        figure, axes = plt.subplots(figsize=(7.0, 3.8), layout="constrained")
        axes.plot(rows, even, "--", color=MUTED, lw=1.2, label="the same time for each row")
        axes.plot(rows, seconds, "o-", color=PLAIN, lw=1.6, label=f"measured, rows^{exponent:.3f}")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(rows, [f"{count:,}" for count in rows])
        axes.minorticks_off()
        axes.set_xlabel("training rows (simulated collisions, 28 features)")
        axes.set_ylabel("processor time of an epoch, s")
        axes.set_title("Medium on more and more rows", loc="left")
        axes.legend(fontsize=9)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
