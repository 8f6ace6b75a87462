"""What makes a study the study it is: its study.json, made and compared."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from fitscope.data.describe import feature_histogram
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import to_stored
from fitscope.learners.base import Learner
from fitscope.learners.mlp.plan import Plan
from fitscope.process import available_cores
from fitscope.study.document import (
    DataEntry,
    Histogram,
    ModelEntry,
    Numbers,
    StudyDocument,
    TaskEntry,
)
from fitscope.study.folder import slugs
from fitscope.task import Task

MOST = 2**31  # parameters or leaves of a model
HISTOGRAM_ROWS, HISTOGRAM_BINS = 1_000, 101


@dataclass(frozen=True)
class Definition:
    """What a study is, before it has a folder.

    Attributes:
        split: the rows.
        plan: how every model is trained.
        models: name to learner and groups, in order.
        repeats: runs a model.
        seed: seed of the study.
        kind: name of the application that makes the study.
        quick: a shortened protocol, whose ranking does not count.
        command: the command line, if there was one.
    """

    split: Split
    plan: Plan
    models: Mapping[str, tuple[Learner, Sequence[str]]]
    repeats: int = 1
    seed: int = 0
    kind: str = "study"
    quick: bool = False
    command: str | None = None


def make_document(definition: Definition, device: str) -> StudyDocument:
    """study.json of a new study.

    Raises:
        UserError: the study has no models, nothing can be learnt from its training rows, or the
            plan looks at a metric that the task lacks.
    """
    split = definition.split
    names = list(definition.models)
    if not names:
        raise UserError("the study has no models; add one")
    _check_target(split)
    sizes = {
        name: learner.size(split.features, split.task)
        for name, (learner, _) in definition.models.items()
    }
    for name, size in sizes.items():
        if size.count > MOST:
            raise UserError(f"{name}: {size} are more than any machine can train; choose fewer")
    counts, edges = feature_histogram(split.x_validation[:HISTOGRAM_ROWS], HISTOGRAM_BINS)
    entries = [
        ModelEntry(
            name=name,
            slug=slug,
            groups=list(groups),
            spec=to_stored(learner),
            size=sizes[name],
        )
        for slug, (name, (learner, groups)) in zip(
            slugs(names), definition.models.items(), strict=True
        )
    ]
    return StudyDocument(
        kind=definition.kind,
        quick=definition.quick,
        created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        data=DataEntry(
            kind=split.source.kind,
            location=split.source.location,
            simulated=split.source.simulated,
            fingerprint=split.fingerprint,
            train_rows=len(split.y_train),
            validation_rows=len(split.y_validation),
            feature_names=list(split.feature_names),
            task=TaskEntry(kind=split.task.kind, labels=list(split.task.labels)),
            target={
                "train": _target(split.task, split.y_train),
                "validation": _target(split.task, split.y_validation),
            },
            constant=split.task.constant_loss(split.y_train, split.y_validation),
        ),
        models=entries,
        plan=definition.plan.for_task(split.task).as_dict(),
        repeats=definition.repeats,
        seed=definition.seed,
        device="gpu" if device == "gpu" else "cpu",
        versions=_versions(),
        machine={
            "processor": _processor(),
            "cores": available_cores(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        command=definition.command,
        histogram=Histogram(
            counts=[int(n) for n in counts],
            edges=[float(x) for x in edges],
            rows=min(HISTOGRAM_ROWS, len(split.x_validation)),
        ),
    )


def same_study(stored: StudyDocument, wanted: StudyDocument, path: Path) -> StudyDocument:
    """The stored document, if it is the study that is wanted.

    Learners and plans are compared as they are read: settings that came after a study was stored
    stand where they do nothing.
    """
    checks = {
        "other rows": lambda d: d.data.fingerprint,
        "other models": lambda d: [(e.name, e.groups, to_stored(e.learner)) for e in d.models],
        "another plan": lambda d: d.training_plan.as_dict(),
        "another number of repeats": lambda d: d.repeats,
        "another seed": lambda d: d.seed,
        "another device": lambda d: d.device,
        "another protocol": lambda d: (d.kind, d.quick),
    }
    for what, of in checks.items():
        if json.dumps(of(stored)) != json.dumps(of(wanted)):
            raise UserError(
                f"{path}: holds a study with {what}; resume it as it was started, or "
                "choose another folder"
            )
    return stored


def _check_target(split: Split) -> None:
    """Refuse training rows that all have the same target."""
    y = split.y_train
    if y.min() != y.max():
        return
    task = split.task
    if task.kind == "regression":
        what, kinds = f"the target {y[0]:g}", "target; give rows with different ones"
    else:
        label = task.labels[int(y[0])] if task.labels else f"{y[0]:g}"
        what, kinds = f"label {label}", "class, give rows of both"
        if len(task.labels) > 2:
            kinds = "class, give rows of several"
    raise UserError(
        f"{split.source}: all {len(y):,} training rows have {what}; nothing can be learnt from "
        f"one {kinds}"
    )


def _target(task: Task, y: np.ndarray) -> list[float] | Numbers:
    """Shares of the labels, or what the numbers are like."""
    if task.kind == "regression":
        y = np.asarray(y, np.float64)
        return Numbers(mean=y.mean(), sd=y.std(), min=y.min(), max=y.max())
    if task.kind == "binary":
        mean = float(np.mean(y, dtype=np.float64))
        return [1 - mean, mean]
    counts = np.bincount(np.asarray(y).astype(int), minlength=len(task.labels))
    return (counts / len(y)).tolist()


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("fitscope", "jax", "jaxlib", "optax", "numpy", "polars", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found


def _processor() -> str:
    if sys.platform == "linux":
        try:
            for line in Path("/proc/cpuinfo").read_text().splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or "unknown"
