"""A check on means over the folds of a cross-validation: how far the folds lie apart."""

from __future__ import annotations

import numpy as np

from fitscope.logs.checks.seen import Seen
from fitscope.logs.fold_deviations import deviation_of
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure
from fitscope.verdicts.verdict import Verdict


def between_folds(seen: Seen, verdict: Verdict) -> Check | None:
    """FS223: the curve is a mean over folds, whose deviation was logged, too.

    Args:
        seen: the run.
        verdict: on the mean.
    """
    read = seen.reading
    if read is None or read.history.folds is None:
        return None
    name = deviation_of(seen.log, read.validation)
    if name is None:
        return None
    history, step = read.history, read.history.step
    at = int(np.searchsorted(history.epochs, verdict.best_epoch))
    apart = float(read.history.folds.deviation[at])
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
        f"{step}; the verdict allows for the rest.",
        (read.validation, name),
    )
