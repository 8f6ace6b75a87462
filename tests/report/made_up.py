"""Study folders with made-up (simulated) histories, for tests alone."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from fitscope.learners import to_stored
from fitscope.learners.mlp.description import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.study.document import DataEntry, Histogram, ModelEntry, StudyDocument, TaskEntry
from fitscope.study.folder import StoredStudy, read_study, slugs
from fitscope.task import BINARY

BIG = (512, 512, 512, 512)
GUIDE = {
    "Tiny": (MLP(16), ["sizes", "regularizers"]),
    "Small": (MLP(16, 16), ["sizes"]),
    "Medium": (MLP(64, 64, 64), ["sizes"]),
    "Large": (MLP(*BIG), ["sizes"]),
    "L2": (MLP(*BIG, l2=1e-3), ["regularizers"]),
    "Dropout": (MLP(*BIG, dropout=0.5), ["regularizers"]),
    "Combined": (MLP(*BIG, l2=1e-4, dropout=0.5), ["regularizers"]),
}
RISE = {"Small": 2e-5, "Medium": 6e-4, "Large": 1e-3}  # made-up overfitting an epoch


def made_up_history(
    model: str, repeat: int, epochs: int, diverged: bool = False
) -> dict[str, np.ndarray]:
    """Noisy falling curves; some models' validation loss turns upward."""
    random = np.random.default_rng([len(model), repeat])
    at = np.arange(epochs)
    rise = RISE.get(model, 0.0)
    training = 0.55 + 0.15 * np.exp(-at / 40) - 0.5 * (1 - np.exp(-rise * at))
    validation = 0.57 + 0.13 * np.exp(-at / 40) + rise * at + random.normal(0, 0.003)
    history = {
        "loss": training + random.normal(0, 0.004, epochs) + (0.02 if model == "L2" else 0.0),
        "binary_crossentropy": training + random.normal(0, 0.004, epochs),
        "accuracy": 0.8 - 0.25 * training + random.normal(0, 0.004, epochs),
        "val_loss": validation + random.normal(0, 0.01, epochs),
        "val_binary_crossentropy": validation + random.normal(0, 0.01, epochs),
        "val_accuracy": 0.8 - 0.25 * validation + random.normal(0, 0.01, epochs),
        "learning_rate": 1e-3 / (1 + at / 1000),
    }
    if diverged:
        for name in history:
            if name != "learning_rate":
                history[name][-3:] = np.nan
    return history


def document(
    models: dict[str, tuple[MLP, list[str]]],
    repeats: int = 1,
    simulated: bool = True,
    quick: bool = False,
    kind: str = "guide",
    patience: int | None = 200,
) -> StudyDocument:
    random = np.random.default_rng(0)
    counts, edges = np.histogram(random.gamma(2, 0.5, 28_000), bins=101)
    stopping = None if patience is None else EarlyStopping(patience=patience)
    return StudyDocument(
        kind=kind,  # pyright: ignore[reportArgumentType]
        quick=quick,
        created="2025-01-02T03:04:05+00:00",
        data=DataEntry(
            kind="simulated" if simulated else "file",
            location="made-up rows" if simulated else "rows.csv.gz",
            simulated=simulated,
            fingerprint="0" * 64,
            train_rows=10_000,
            validation_rows=1_000,
            feature_names=[f"feature {i}" for i in range(28)],
            task=TaskEntry(kind="binary", labels=["0", "1"]),
            target={"train": [0.47, 0.53], "validation": [0.48, 0.52]},
            constant=-(0.52 * math.log(0.53) + 0.48 * math.log(0.47)),
        ),
        models=[
            ModelEntry(
                name=name,
                slug=slug,
                groups=groups,
                spec=to_stored(model),
                size=model.size(28, BINARY),
            )
            for slug, (name, (model, groups)) in zip(slugs(models), models.items(), strict=True)
        ],
        plan=Plan(stopping=stopping).as_dict(),
        repeats=repeats,
        seed=7,
        device="cpu",
        versions={"fitscope": "0.1.0", "python": "3.11"},
        machine={"processor": "made up", "cores": 2},
        command="fitscope guide --data simulated",
        histogram=Histogram(counts=counts.tolist(), edges=edges.tolist(), rows=1_000),
    )


def write_study(
    folder: Path, made: StudyDocument, epochs: int = 60, diverged: Sequence[str] = ()
) -> StoredStudy:
    """Write a study folder whose histories are made up; `diverged` models end in NaN."""
    frames, models, runs = [], [], []
    for entry in made.models:
        own = []
        for repeat in range(made.repeats):
            length = epochs + 7 * repeat
            lost = entry.name in diverged and repeat == made.repeats - 1
            history = made_up_history(entry.name, repeat, length, lost)
            best = int(np.nanargmin(history["val_binary_crossentropy"]))
            at = {name: float(x[best]) for name, x in history.items() if name != "learning_rate"}
            last = {name: float(x[-1]) for name, x in history.items() if name != "learning_rate"}
            fit = {f"fit_{name}": at[name] for name in ("loss", "binary_crossentropy", "accuracy")}
            own.append(
                {
                    "model": entry.name,
                    "repeat": repeat,
                    "epochs": length,
                    "best_epoch": best,
                    "best": at | fit,
                    "final": last | fit,
                    "stopped": "diverged" if lost else "early stopping",
                    "seconds": 1.5 + repeat,
                    "verdict": None,
                }
            )
            key = {"model": [entry.name] * length, "repeat": [repeat] * length}
            frames.append(pl.DataFrame({**key, "epoch": np.arange(length), **history}))
        runs += own
        models.append(
            {
                "name": entry.name,
                "groups": entry.groups,
                "parameters": entry.size.count,
                "repeats": made.repeats,
                "best": {name: mean_and_error([run["best"][name] for run in own]) for name in at},
                "best_corrected": None,
                "verdict": None,
            }
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.json").write_text(made.model_dump_json())
    pl.concat(frames).write_parquet(folder / "histories.parquet")
    results = {"models": models, "runs": runs, "comparisons": [], "advice": []}
    (folder / "results.json").write_text(json.dumps(results))
    return read_study(folder)


def mean_and_error(values: list[float]) -> list[float | None]:
    if len(values) == 1:
        return [values[0], None]
    return [float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))]
