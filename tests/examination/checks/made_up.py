"""Tables that were made up, with and without something planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from fitscope.data.prepared import prepare
from fitscope.examination.checks.seen import Seen, look


def ordinary(rows: int = 1_500, seed: int = 0, labels: tuple[str, ...] = ("no", "yes")) -> dict:
    """Columns of an ordinary table: numbers, a long tail, categories, missing ones, a target."""
    random = np.random.default_rng(seed)
    age = random.normal(45, 12, rows).round()
    income = np.exp(random.normal(10, 0.6, rows)).round(2)
    kept = random.random(rows) < 0.9
    job = random.choice(["clerk", "farmer", "nurse", "smith"], rows, p=[0.4, 0.1, 0.2, 0.3])
    drive = (age - 45) / 12 + (job == "nurse") + random.normal(size=rows)
    place = np.searchsorted(np.quantile(drive, np.arange(1, len(labels)) / len(labels)), drive)
    return {
        "age": age,
        "income": [value if there else None for value, there in zip(income, kept, strict=True)],
        "job": job.tolist(),
        "owner": (random.random(rows) < 0.3).tolist(),
        "score": random.normal(size=rows) + 0.3 * drive,
        "target": [labels[number] for number in place],
    }


def numeric(rows: int = 1_500, seed: int = 0) -> dict:
    """The same with a number as the target."""
    columns = ordinary(rows, seed)
    random = np.random.default_rng(seed + 1)
    columns["target"] = 20 + columns["age"] + 5 * columns["score"] + random.normal(0, 9, rows)
    return columns


def seen(columns: dict | pl.DataFrame, **how: Any) -> Seen:
    """What checks look at in it."""
    frame = pl.DataFrame(columns)
    return look(prepare(frame, "target", **{"folds": 1, **how}))
