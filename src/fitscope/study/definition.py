"""What makes a study the study it is: its study.json, made and compared."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int

from fitscope.data.describe import feature_histogram
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import to_stored
from fitscope.learners.base import Learner
from fitscope.learners.mlp.plan import Plan
from fitscope.names import slugs
from fitscope.study.document import (
    DataEntry,
    Histogram,
    ModelEntry,
    Numbers,
    StudyDocument,
    SubsetEntry,
    TaskEntry,
)
from fitscope.study.memory import least_memory, refuse_too_large
from fitscope.study.provenance import machine, versions
from fitscope.task import Task

HISTOGRAM_ROWS, HISTOGRAM_BINS = 1_000, 101


@dataclass(frozen=True)
class Planned:
    """A learner, and how much of it is to be trained.

    Attributes:
        learner: the learner.
        groups: the groups that show it.
        repeats: how many runs; with folds, run r is trained on fold r % folds.
        rows: on how many training rows, drawn anew for each run; None is all of them.
        refits: the model in whose place it is used; it is trained on validation rows, too, which
            `rows` counts.
        epochs: after how many epochs a refit ends, in the place of the plan's stopping rule; None
            of a learner that does not train in the plan's epochs.
    """

    learner: Learner
    groups: Sequence[str] = ("models",)
    repeats: int = 1
    rows: int | None = None
    refits: str | None = None
    epochs: int | None = None


@dataclass(frozen=True)
class Definition:
    """What a study is, before it has a folder.

    Attributes:
        splits: the rows; several, one a fold, have their training rows in common.
        plan: how every model is trained.
        models: name to learner and groups, in order; none of a study whose models are added
            while it is trained.
        repeats: runs a model.
        seed: seed of the study.
        kind: name of the application that makes the study.
        quick: a shortened protocol, whose ranking does not count.
        command: the command line, if there was one.
        application: what the application keeps in study.json for itself, plain values.
        places: for each fold, where in the table its validation rows stand, numbers from 0; not
            needed of a single one.
        groups: for each fold, what names the group of each of its validation rows, numbers; none
            where each row stands for itself.
        cautions: sentences about rows that cannot show what is asked of them.
    """

    splits: tuple[Split, ...]
    plan: Plan
    models: Mapping[str, tuple[Learner, Sequence[str]]] = field(default_factory=dict)
    repeats: int = 1
    seed: int = 0
    kind: str = "study"
    quick: bool = False
    command: str | None = None
    application: Mapping[str, Any] | None = None
    places: tuple[Int[np.ndarray, " rows"], ...] = ()
    groups: tuple[Int[np.ndarray, " rows"], ...] = ()
    cautions: Sequence[str] = ()


def make_document(definition: Definition, device: str, memory: float = math.inf) -> StudyDocument:
    """study.json of a new study.

    Args:
        definition: the study.
        device: "cpu" or "gpu".
        memory: free bytes of the machine that trains it, if that is known.

    Raises:
        UserError: nothing can be learnt from its training rows, or the plan looks at a metric
            that the task lacks.
    """
    for one in definition.splits:
        _check_target(one)
    split = definition.splits[0]
    planned = {
        name: Planned(learner, groups, definition.repeats)
        for name, (learner, groups) in definition.models.items()
    }
    counts, edges = feature_histogram(split.x_validation[:HISTOGRAM_ROWS], HISTOGRAM_BINS)
    constants = [one.constant_loss for one in definition.splits]
    folds = len(constants)
    document = StudyDocument(
        kind=definition.kind,
        quick=definition.quick,
        created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        data=DataEntry(
            kind=split.source.kind,
            location=split.source.location,
            simulated=split.source.simulated,
            fingerprint=_fingerprint(definition.splits),
            train_rows=len(split.y_train),
            validation_rows=len(split.y_validation),
            feature_names=list(split.feature_names),
            task=TaskEntry(**split.task.as_dict()),
            target={
                "train": _target(split.task, split.y_train),
                "validation": _target(split.task, split.y_validation),
            },
            constant=_over_rows(constants, definition.splits),
            folds=folds,
            constants=constants if folds > 1 else [],
        ),
        models=[],
        plan=definition.plan.for_task(split.task).as_dict(),
        repeats=definition.repeats,
        seed=definition.seed,
        device="gpu" if device == "gpu" else "cpu",
        versions=versions(),
        machine=machine(),
        command=definition.command,
        histogram=Histogram(
            counts=[int(n) for n in counts],
            edges=[float(x) for x in edges],
            rows=min(HISTOGRAM_ROWS, len(split.x_validation)),
        ),
        cautions=list(definition.cautions),
        application=None if definition.application is None else dict(definition.application),
    )
    return grown(document, planned, memory)


def grown(
    document: StudyDocument, planned: Mapping[str, Planned], memory: float = math.inf
) -> StudyDocument:
    """The document with these learners, too, and with at least so many runs of each.

    Args:
        document: study.json.
        planned: name to what is to be trained.
        memory: free bytes of the machine that trains it, if that is known.

    Raises:
        UserError: a name that stands for another learner already, or one that is too large.
    """
    task, known = document.task, {entry.name: entry for entry in document.entries}
    taken = {entry.slug for entry in document.entries}
    for name, one in planned.items():
        entry = known.get(name)
        if entry is None:
            features = len(document.data.feature_names)
            size = one.learner.size(features, task)
            rows = document.data.train_rows if one.rows is None else one.rows
            refuse_too_large(name, size, least_memory(one.learner, size, rows, features), memory)
            (slug,) = slugs([name], taken)
            taken.add(slug)
            groups, spec = list(one.groups), to_stored(one.learner)
            entry = ModelEntry(name=name, slug=slug, groups=groups, spec=spec, size=size)
            if one.rows is not None:
                entry = SubsetEntry(
                    **dict(entry), rows=one.rows, refits=one.refits, epochs=one.epochs
                )
            entry = entry.model_copy(update={"repeats": one.repeats})
        elif to_stored(entry.learner) != to_stored(one.learner) or _elsewhere(one, entry):
            raise UserError(f"{name}: the study has another model of that name; choose another")
        more = {"repeats": one.repeats} if one.repeats > len(document.runs_of(entry)) else {}
        known[name] = entry.model_copy(update=more)
    subsets = [entry for entry in known.values() if isinstance(entry, SubsetEntry)]
    models = [entry for entry in known.values() if not isinstance(entry, SubsetEntry)]
    return document.model_copy(update={"models": models, "subsets": subsets})


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
    if not wanted.models:  # they are added while it is trained
        del checks["other models"], checks["another number of repeats"]
    for what, of in checks.items():
        if json.dumps(of(stored)) != json.dumps(of(wanted)):
            raise UserError(
                f"{path}: holds a study with {what}; resume it as it was started, or "
                "choose another folder"
            )
    return stored


def _elsewhere(one: Planned, entry: ModelEntry) -> bool:
    """Whether an entry is trained on other rows than is planned, or ends otherwise."""
    known = (entry.rows, entry.epochs) if isinstance(entry, SubsetEntry) else (None, None)
    return (one.rows, one.epochs) != known


def _fingerprint(splits: Sequence[Split]) -> str:
    """That of the only split, or one over those of all."""
    if len(splits) == 1:
        return splits[0].fingerprint
    return hashlib.sha256("".join(one.fingerprint for one in splits).encode()).hexdigest()


def _over_rows(values: Sequence[float | None], splits: Sequence[Split]) -> float | None:
    """The mean over the validation rows of all splits; None where one of them has no value."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    if len(known) == 1:
        return known[0]
    return float(np.average(known, weights=[len(one.y_validation) for one in splits]))


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
    return task.shares(y).tolist()
