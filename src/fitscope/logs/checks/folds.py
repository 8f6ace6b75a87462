"""A check on means over the folds of a cross-validation: how far the folds lie apart."""

from __future__ import annotations

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.explain import figure
from fitscope.verdicts.verdict import Verdict

MEAN, DEVIATIONS = "mean", ("std", "stdv", "sd")
"""How xgboost.cv, lightgbm.cv and catboost.cv end the names of a mean and of its deviation."""


def between_folds(seen: Seen, verdict: Verdict) -> Check | None:
    """FS223: the curve is a mean over folds, whose deviation was logged, too.

    Args:
        seen: the run.
        verdict: on the mean.
    """
    read = seen.reading
    if read is None or not read.validation.endswith(MEAN):
        return None
    stem = read.validation.removesuffix(MEAN)
    name = next((stem + end for end in DEVIATIONS if stem + end in seen.log.curves), None)
    mean = seen.log.curves.get(read.validation)
    if name is None or mean is None or not seen.log.curves[name].beside(mean):
        return None
    history, step = read.history, read.history.step
    at = int(np.searchsorted(history.epochs, verdict.best_epoch))
    apart = float(seen.log.curves[name].values[at])
    ends = float(history.validation[-1] - history.validation[at])
    if not np.isfinite([apart, ends]).all() or apart <= 0:
        return None
    share = abs(ends) / apart
    return Check(
        "FS223",
        "note",
        "A mean over the folds of a cross-validation",
        f"At {step} {verdict.best_epoch}, the best, folds lie {figure(apart)} apart (standard "
        f"deviation); from there to the end their mean moves by {figure(ends)}, {share:.1f} times "
        "that. What sets folds apart is mostly the same at each "
        f"{step}, and the verdict is on the mean.",
        (read.validation, name),
    )
