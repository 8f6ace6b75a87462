"""Sets that are named by numbers, of which the first is the training set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitscope.logs.direction import higher_is_better
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning


def first_set_is_training(log: Log) -> Log:
    """XGBoost calls the sets that it is given `validation_0` and `validation_1`.

    The first is the training set, by custom, where no other curve is one and it ends better.
    """
    found = {name: meaning(name) for name in log.curves}
    numbers = {m.number for m in found.values() if m.part == "validation"}
    if not {0, 1} <= numbers or any(m.part in ("train", "test") for m in found.values()):
        return log
    renamed: dict[str, Logged] = {}
    for name, curve in log.curves.items():
        at = found[name]
        other = next(
            (n for n, m in found.items() if m == replace(at, number=1) and at.number == 0), None
        )
        if other is not None and _ends_better(curve, log.curves[other], at.metric):
            renamed[name.replace("validation_0", "train").replace("valid_0", "train")] = curve
        else:
            renamed[name] = curve
    if renamed.keys() == log.curves.keys():
        return log
    note = "validation_0 is taken as the training set: no other curve is one, and it ends better"
    return replace(log, curves=renamed, notes=(*log.notes, note))


def _ends_better(first: Logged, second: Logged, metric: str) -> bool:
    a, b = (float(np.mean(one.values[-max(1, len(one.values) // 4) :])) for one in (first, second))
    return a > b if higher_is_better(metric) else a < b
