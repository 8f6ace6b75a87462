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
from fitscope.learners.mlp.description import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.process import available_cores
from fitscope.study.document import DataEntry, Histogram, ModelEntry, StudyDocument
from fitscope.study.folder import slugs

HISTOGRAM_ROWS, HISTOGRAM_BINS = 1_000, 101  # as in the guide


@dataclass(frozen=True)
class Definition:
    """What a study is, before it has a folder.

    Attributes:
        split: the rows.
        plan: how every model is trained.
        models: name to model and groups, in order.
        repeats: runs a model.
        seed: seed of the study.
        kind: "guide" or "study".
        quick: the guide's shortened protocol.
        command: the command line, if there was one.
    """

    split: Split
    plan: Plan
    models: Mapping[str, tuple[MLP, Sequence[str]]]
    repeats: int = 1
    seed: int = 0
    kind: str = "study"
    quick: bool = False
    command: str | None = None


def make_document(definition: Definition, device: str) -> StudyDocument:
    """study.json of a new study.

    Raises:
        UserError: the study has no models.
    """
    split = definition.split
    names = list(definition.models)
    if not names:
        raise UserError("the study has no models; add one")
    if (label := split.y_train.min()) == split.y_train.max():
        raise UserError(
            f"{split.source}: all {len(split.y_train):,} training rows have label {label:g}; "
            "nothing can be learnt from one class, give rows of both"
        )
    counts, edges = feature_histogram(split.x_validation[:HISTOGRAM_ROWS], HISTOGRAM_BINS)
    entries = [
        ModelEntry(
            name=name,
            slug=slug,
            groups=list(groups),
            spec={**model.as_dict(), "hidden": list(model.hidden)},
            parameters=model.parameters(split.features),
        )
        for slug, (name, (model, groups)) in zip(
            slugs(names), definition.models.items(), strict=True
        )
    ]
    return StudyDocument(
        kind="guide" if definition.kind == "guide" else "study",
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
            label_mean={
                "train": float(np.mean(split.y_train, dtype=np.float64)),
                "validation": float(np.mean(split.y_validation, dtype=np.float64)),
            },
        ),
        models=entries,
        plan=definition.plan.as_dict(),
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
    """The stored document, if it is the study that is wanted."""
    checks = {
        "rows": lambda d: d.data.fingerprint,
        "models": lambda d: [(e.name, e.groups, e.spec) for e in d.models],
        "plan": lambda d: d.plan,
        "repeats": lambda d: d.repeats,
        "seed": lambda d: d.seed,
        "device": lambda d: d.device,
        "protocol": lambda d: (d.kind, d.quick),
    }
    for what, of in checks.items():
        if json.dumps(of(stored)) != json.dumps(of(wanted)):
            raise UserError(
                f"{path}: holds a study with another {what}; resume it as it was started, or "
                "choose another folder"
            )
    return stored


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("fitscope", "jax", "jaxlib", "optax", "numpy", "polars"):
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
