"""A check on how many validation rows there are, by the steps in which a score moves."""

from __future__ import annotations

import math

import numpy as np

from fitscope.diagnosis.steps import rows_of
from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check

FEW = 100  # rows below which it is more than a remark


def few_rows(seen: Seen) -> Check | None:
    """FS217: validation moves in steps of 1/n."""
    if seen.history is None:
        return None
    curves = dict(seen.history.scores)
    if seen.history.higher_is_better:
        curves = {seen.history.metric: seen.history.validation, **curves}
    for name, values in curves.items():
        if "acc" not in name.lower():
            continue
        whole = 100.0 if np.nanmax(values, initial=0.0) > 1 else 1.0
        rows = rows_of(values, whole)
        if rows is None:
            continue
        share = float(np.median(values[np.isfinite(values)])) / whole
        error = 100 * math.sqrt(max(share * (1 - share), 0.25 / rows) / rows)
        return Check(
            "FS217",
            "warning" if rows < FEW else "note",
            f"Validation moves in steps of 1/{rows}",
            f"Every value of {name} is a share of {rows} rows: so many there are, or a "
            f"batch. One of them more or less is a step, and a value is known to ±{error:.1f} "
            "points (one standard error) only. Use more validation rows, or cross-validate.",
            (name,),
        )
    return None
