"""A check on gradients, where their norm was logged."""

from __future__ import annotations

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.logs.names import meaning
from fitscope.numbers import place
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure

FEWEST = 5
START = 0.1  # share of a run in which fresh weights may have large gradients
TIMES = 100.0
"""So many times their median, gradients explode. Clipping at the median's ten- or twentyfold is
usual, and single steps reach that without harm."""


def exploding(seen: Seen) -> Check | None:
    """FS212: the norm of the gradients is no number, or a hundred times its median."""
    for name, curve in seen.log.curves.items():
        words = meaning(name).metric.replace("gradient", "grad").split("_")
        if not ("grad" in words and {"norm", "norms"} & set(words)) and "gradnorm" not in words:
            continue
        values = np.abs(curve.values)
        if len(values) < FEWEST:
            continue
        usual = float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else 0.0
        late = np.arange(len(values)) >= START * len(values)
        wild = ~np.isfinite(values) | (late & (values > TIMES * usual))
        if not wild.any() or (usual == 0 and np.isfinite(values).all()):
            continue
        first = int(np.argmax(wild))
        value = float(values[first])
        told = figure(value) if np.isfinite(value) else "no number"
        axis = "epoch" if curve.epochs is not None else "step"
        return Check(
            "FS212",
            "warning",
            "Gradients explode",
            f"{name} is {told} at {axis} {place(curve.places[first])}, against {figure(usual)} in "
            f"the median, and so at {int(wild.sum())} of {len(values)} values. Clip gradients, or "
            "lower the learning rate; mixed precision skips steps that are no numbers by itself.",
            (name,),
        )
    return None
