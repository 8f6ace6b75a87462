"""Study folders with made-up (simulated) histories, for tests alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from fitscope.learners import to_stored
from fitscope.learners.base import Learner
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.names import slugs
from fitscope.stopping.early import EarlyStopping
from fitscope.study.document import (
    DataEntry,
    Histogram,
    ModelEntry,
    Numbers,
    StudyDocument,
    TaskEntry,
)
from fitscope.study.folder import Folder, StoredStudy, read_study, write_results
from fitscope.study.results import RunResult
from fitscope.study.summarize import summarize
from fitscope.task import BINARY, REGRESSION, Task
from fitscope.verdicts.cost import Cost
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.verdict import Verdict

Models = Mapping[str, tuple[Learner, list[str]]]

BIG = (512, 512, 512, 512)
GUIDE: Models = {
    "Tiny": (MLP(16), ["sizes", "regularizers"]),
    "Small": (MLP(16, 16), ["sizes"]),
    "Medium": (MLP(64, 64, 64), ["sizes"]),
    "Large": (MLP(*BIG), ["sizes"]),
    "L2": (MLP(*BIG, l2=1e-3), ["regularizers"]),
    "Dropout": (MLP(*BIG, dropout=0.5), ["regularizers"]),
    "Combined": (MLP(*BIG, l2=1e-4, dropout=0.5), ["regularizers"]),
}
RISE = {"Small": 2e-5, "Medium": 6e-4, "Large": 1e-3}  # made-up overfitting an epoch
SQUARE = 5_000.0  # a regression's losses are so many times as large


def made_up_history(
    model: str, repeat: int, epochs: int, diverged: bool = False, task: Task = BINARY
) -> dict[str, np.ndarray]:
    """Noisy falling curves; some models' validation loss turns upward."""
    random = np.random.default_rng([len(model), repeat])
    at = np.arange(epochs)
    rise = RISE.get(model, 0.0)
    training = 0.55 + 0.15 * np.exp(-at / 40) - 0.5 * (1 - np.exp(-rise * at))
    validation = 0.57 + 0.13 * np.exp(-at / 40) + rise * at + random.normal(0, 0.003)
    loss, score = task.loss.name, task.score.name
    history = {
        "loss": training + random.normal(0, 0.004, epochs) + (0.02 if model == "L2" else 0.0),
        loss: training + random.normal(0, 0.004, epochs),
        score: 0.8 - 0.25 * training + random.normal(0, 0.004, epochs),
        "val_loss": validation + random.normal(0, 0.01, epochs),
        f"val_{loss}": validation + random.normal(0, 0.01, epochs),
        f"val_{score}": 0.8 - 0.25 * validation + random.normal(0, 0.01, epochs),
        "learning_rate": 1e-3 / (1 + at / 1000),
    }
    for name, values in history.items():
        if task.kind == "regression" and name != "learning_rate":
            history[name] = SQUARE * values if score not in name else SQUARE**0.5 * (1 - values)
        if diverged and name != "learning_rate":
            history[name][-3:] = np.nan
    return history


def document(
    models: Models,
    repeats: int = 1,
    simulated: bool = True,
    quick: bool = False,
    kind: str = "guide",
    patience: int | None = 200,
    task: Task = BINARY,
) -> StudyDocument:
    """study.json of a study of the task; several labels have equal shares."""
    random = np.random.default_rng(0)
    counts, edges = np.histogram(random.gamma(2, 0.5, 28_000), bins=101)
    monitor = task.loss.validation
    stopping = None if patience is None else EarlyStopping(monitor, patience=patience)
    labels = list(task.labels) or ([] if task == REGRESSION else ["0", "1"])
    numbers = Numbers(mean=152.1, sd=77.3, min=25.0, max=346.0)
    shares = {"train": [0.47, 0.53], "validation": [0.48, 0.52]}
    if len(labels) > 2:
        shares = dict.fromkeys(shares, [1 / len(labels)] * len(labels))
    constant = -(0.52 * math.log(0.53) + 0.48 * math.log(0.47))
    constants = {"binary": constant, "multiclass": 0.69, "regression": 0.69 * SQUARE}
    return StudyDocument(
        kind=kind,
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
            task=TaskEntry(kind=task.kind, labels=labels),
            target=dict.fromkeys(shares, numbers) if task.kind == "regression" else shares,
            constant=constants[task.kind],
        ),
        models=[
            ModelEntry(
                name=name,
                slug=slug,
                groups=groups,
                spec=to_stored(learner),
                size=learner.size(28, task),
            )
            for slug, (name, (learner, groups)) in zip(slugs(models), models.items(), strict=True)
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


def verdict(
    source: str = "Large",
    label: str = "overfit",
    confidence: float = 0.97,
    best_epoch: int = 12,
    onset_epoch: int | None = 15,
    cost: Cost | None = None,
) -> Verdict:
    """A verdict that nobody has drawn."""
    return Verdict(
        source=source,
        label=label,  # pyright: ignore[reportArgumentType]
        confidence=confidence,
        best_epoch=best_epoch,
        onset_epoch=onset_epoch,
        epochs=40,
        evidence=Evidence(
            best=0.58, best_corrected=0.59, onset_interval=(13, 18), rise=0.1, needed=0.02
        ),
        explanation="The loss rose & rose.",
        advice=("Stop sooner.",),
        cost=cost,
    )


def write_study(
    folder: Path, made: StudyDocument, epochs: int = 60, diverged: Sequence[str] = ()
) -> StoredStudy:
    """Write a study folder whose histories are made up; `diverged` models end in NaN."""
    frames, runs, task = [], [], made.task
    for entry in made.models:
        for repeat in range(made.repeats):
            length = epochs + 7 * repeat
            lost = entry.name in diverged and repeat == made.repeats - 1
            history = made_up_history(entry.name, repeat, length, lost, task)
            best = int(np.nanargmin(history[task.loss.validation]))
            at = {name: float(x[best]) for name, x in history.items() if name != "learning_rate"}
            last = {
                name: float(x[-1]) if np.isfinite(x[-1]) else None
                for name, x in history.items()
                if name != "learning_rate"
            }
            fit = {f"fit_{name}": at[name] for name in task.metrics}
            runs.append(
                RunResult(
                    entry.name,
                    repeat,
                    length,
                    best,
                    at | fit,
                    last | fit,
                    "diverged" if lost else "early stopping",
                    1.5 + repeat,
                )
            )
            key = {"model": [entry.name] * length, "repeat": [repeat] * length}
            frames.append(pl.DataFrame({**key, "epoch": np.arange(length), **history}))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.json").write_text(made.model_dump_json())
    pl.concat(frames).write_parquet(folder / "histories.parquet")
    write_results(Folder(folder), summarize(made, runs))
    return read_study(folder)
