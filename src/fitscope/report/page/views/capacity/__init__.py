"""The capacity curve: loss against number of parameters, on training and on validation rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fitscope.report.page.view import View
from fitscope.study.results import mean_and_error

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

CROSSENTROPY = "binary_crossentropy"


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """Nothing to see where all models have the same size, or none has been trained."""
    sizes = {entry.parameters for entry in stored.document.models if plain_model(entry.spec)}
    if len(sizes) < 2 or not stored.results["runs"]:
        return None
    return {"smallest": min(sizes), "largest": max(sizes)}


def data(stored: StoredStudy) -> dict[str, Any]:
    """For each model its losses with dropout off, at its best and at its last epoch."""
    results = {model["name"]: model for model in stored.results["models"]}
    points = []
    for number, entry in enumerate(stored.document.models):
        runs = [run for run in stored.results["runs"] if run["model"] == entry.name]
        if not runs:
            continue
        corrected = (results.get(entry.name, {}).get("best_corrected") or {}).get(
            f"val_{CROSSENTROPY}"
        )
        points.append(
            {
                "model": number,
                "parameters": entry.parameters,
                "plain": plain_model(entry.spec),
                "best": {
                    "train": _over([run["best"] for run in runs], f"fit_{CROSSENTROPY}"),
                    "validation": corrected
                    or _over([run["best"] for run in runs], f"val_{CROSSENTROPY}"),
                },
                "last": {
                    "train": _over([run["final"] for run in runs], f"fit_{CROSSENTROPY}"),
                    "validation": _over([run["final"] for run in runs], f"val_{CROSSENTROPY}"),
                },
            }
        )
    return {"points": points}


def plain_model(spec: Mapping[str, Any]) -> bool:
    """Whether nothing but its size limits the model."""
    remedies = ("l1", "l2", "weight_decay", "dropout", "batch_norm")
    return not any(spec.get(name) for name in remedies)


def _over(metrics: Sequence[Mapping[str, Any]], name: str) -> list[float | None]:
    return mean_and_error([metric.get(name) for metric in metrics])


VIEW = View(__name__, title="Capacity", order=60, content=content, data=data)
