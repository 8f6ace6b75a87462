"""The parts of `gpu.py` that need JAX, in a process with a worker's environment.

gpu_worker.py same|epochs PRECISION DATA ROWS REPEATS MAX_EPOCHS    prints one line of JSON
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

EPOCHS = 5
SECONDS = 2.0  # for which epochs of a model are timed
ALONE = ("Tiny", "Large")


def same(precision: str, data: str, rows: int, repeats: int, most: int) -> dict[str, Any]:
    """A population against its runs by themselves: differences in the first epochs' losses."""
    from fitscope.guide.models import MODELS

    most = min(most, EPOCHS)
    found = {}
    for name in ("Tiny", "Combined"):
        model, _ = MODELS[name]
        together = trained(model, precision, data, rows, list(range(repeats)), most)
        alone = [
            trained(model, precision, data, rows, [each], most)[0] for each in (0, repeats - 1)
        ]
        pairs = zip(alone, (together[0], together[-1]), strict=True)
        differences = [np.abs(a.metrics - b.metrics).max() for a, b in pairs]
        again = trained(model, precision, data, rows, list(range(repeats)), most)
        bits = all(
            np.array_equal(a.metrics, b.metrics) for a, b in zip(together, again, strict=True)
        )
        found[name] = {"largest difference": float(max(differences)), "same bits again": bits}
    return {"models": found}


def epochs(precision: str, data: str, rows: int, repeats: int, most: int) -> dict[str, Any]:
    """Seconds an epoch of each model as a population, of some alone; the rest; memory.

    The programs are the guide's, so that those it has compiled are there.
    """
    import jax

    from fitscope.guide.models import MODELS
    from fitscope.learners.mlp.network import MLP

    found: dict[str, Any] = {}
    models = {name: model for name, (model, _) in MODELS.items()}
    models["256x3, 128"] = MLP(256, 256, 256, batch_size=128)  # a rung of an examination
    for name, model in models.items():
        found[name] = {}
        for runs in sorted({1, repeats} if name in ALONE else {repeats}):
            timed = Timed(SECONDS)
            began = time.perf_counter()
            trained(model, precision, data, rows, list(range(runs)), most, timed)
            wall = time.perf_counter() - began
            peak = (jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use")
            found[name][str(runs)] = {
                "epoch": timed.epoch,
                "rest": wall - timed.seconds,
                "peak so far": peak,
            }
    return {"precision": precision, "models": found}


class Timed:
    """Counts epochs of the first run, and ends training after some seconds."""

    def __init__(self, most: float) -> None:
        self.most = most
        self.epochs: list[int] = []
        self.times: list[float] = []

    def progress(self, news: Any) -> None:
        if news.repeat == 0:
            self.epochs.append(news.epoch + len(news.metrics))
            self.times.append(news.seconds)

    def enough(self) -> bool:
        return len(self.times) > 1 and self.times[-1] >= self.most

    @property
    def seconds(self) -> float:
        return self.times[-1]

    @property
    def epoch(self) -> float:
        """Seconds an epoch, after the first call."""
        if len(self.times) < 2:
            return self.times[0] / self.epochs[0]
        return (self.times[-1] - self.times[0]) / (self.epochs[-1] - self.epochs[0])


def trained(
    model: Any,
    precision: str,
    data: str,
    rows: int,
    repeats: list[int],
    most: int,
    timed: Timed | None = None,
) -> list[Any]:
    from fitscope.guide.models import plan
    from fitscope.learners.base import Interrupted
    from fitscope.learners.mlp.train import train

    chosen = plan(max_epochs=most, precision=precision)
    watching = {"on_progress": timed.progress, "interrupted": timed.enough} if timed else {}
    try:
        return train(model, chosen, split_of(data, rows), seed=0, repeats=repeats, **watching)
    except Interrupted:
        return []


_splits: dict[Any, Any] = {}


def split_of(data: str, rows: int) -> Any:
    from fitscope import datasets

    if (data, rows) not in _splits:
        _splits[data, rows] = datasets.higgs(1_000, rows, data=data)
    return _splits[data, rows]


if __name__ == "__main__":
    what, precision, data, rows, repeats, most = sys.argv[1:]
    part = {"same": same, "epochs": epochs}[what]
    print(json.dumps(part(precision, data, int(rows), int(repeats), int(most))))
