"""Losses that are parts of one, as those of a detector: their sum is what was minimized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning


@dataclass(frozen=True, eq=False)
class Summed:
    """A log with the sums added, and the name of the validation curve's sum."""

    log: Log
    name: str
    note: str


def summed(log: Log, parts: Sequence[str]) -> Summed | None:
    """The sum of validation losses, and of their training twins, if they are parts of one loss.

    They are if each is named `..._loss`, all were logged at the same time, and each has a training
    twin (or no training loss is there at all: then it would be one for all of them).

    Args:
        log: the curves.
        parts: names of the validation losses.
    """
    metrics = [meaning(name).metric for name in parts]
    if not all(metric.endswith("_loss") for metric in metrics) or len(set(metrics)) < len(parts):
        return None
    twins = [_twin(log, metric) for metric in metrics]
    if None in twins and any(
        meaning(n).metric.endswith("loss") and meaning(n).part in ("train", None)
        for n in log.curves
    ):
        return None
    total = _sum([log.curves[name] for name in parts])
    if total is None:
        return None
    name = f"val/{'+'.join(metrics)}"
    curves = {**log.curves, name: total}
    trained = _sum([log.curves[twin] for twin in twins if twin is not None])
    if None not in twins and trained is not None:
        curves[f"train/{'+'.join(metrics)}"] = trained
    names = ", ".join(" ".join(part.split()) for part in parts)
    note = f"the sum of {names} was judged: choose one with --val"
    return Summed(replace(log, curves=curves), name, note)


def _twin(log: Log, metric: str) -> str | None:
    for part in ("train", None):
        for name in log.curves:
            m = meaning(name)
            if (m.part, m.metric, m.by_step) == (part, metric, False):
                return name
    return None


def _sum(curves: Sequence[Logged]) -> Logged | None:
    if not curves:
        return None
    first = curves[0]
    if not all(first.beside(other) for other in curves[1:]):
        return None
    return replace(first, values=np.sum([curve.values for curve in curves], axis=0))
