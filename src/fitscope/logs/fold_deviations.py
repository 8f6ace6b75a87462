"""The deviation over folds that was logged beside a mean, as cross-validating boosters do."""

from __future__ import annotations

import numpy as np

from fitscope.history import FoldSpread
from fitscope.logs.log import Log

MEAN, DEVIATIONS = "mean", ("stdv", "std", "sd")
"""How xgboost.cv, lightgbm.cv and catboost.cv end the names of a mean and of its deviation."""
PRINTED = " std"
"""The ending of a deviation that was printed behind its mean: `0.51+0.02`."""
FEWEST, OF_LIGHTGBM = 3, 5  # folds of xgboost.cv and catboost.cv, and of lightgbm.cv, unless told


def deviation_of(log: Log, name: str) -> str | None:
    """The name of the curve that holds a mean's deviation over folds; None where none does.

    Example:
        >>> from fitscope.logs.log import Logged
        >>> columns = ("test-rmse-mean", "test-rmse-std", "train-rmse-mean")
        >>> log = Log("cv", {name: Logged(np.array([0.5, 0.4])) for name in columns})
        >>> deviation_of(log, "test-rmse-mean"), deviation_of(log, "train-rmse-mean")
        ('test-rmse-std', None)
    """
    ends = DEVIATIONS if name.endswith(MEAN) else (PRINTED,)
    names = (name.removesuffix(MEAN) + end for end in ends)
    curves = log.curves
    return next((n for n in names if n in curves and curves[n].beside(curves[name])), None)


def fold_spread(log: Log, name: str, chosen: np.ndarray) -> tuple[FoldSpread, str] | None:
    """How far folds lie apart at the chosen values of a mean over them, and what was assumed.

    Args:
        log: the curves.
        name: of the mean.
        chosen: places of the values that count.

    Returns:
        The spread and a note; None where no deviation was logged.
    """
    found = deviation_of(log, name)
    if found is None:
        return None
    values = log.curves[found].values[chosen]
    if not np.isfinite(values).all() or values.min() < 0 or values.max() <= 0:
        return None
    of_lightgbm = found.endswith("stdv") or name.startswith("cv_agg")
    count = OF_LIGHTGBM if of_lightgbm else FEWEST
    whose = "lightgbm.cv makes" if of_lightgbm else "xgboost.cv and catboost.cv make"
    return FoldSpread(values, count), (
        f"{found} counts as the error on other rows, of {count} folds: the log does not say how "
        f"many, and {whose} {count} unless told otherwise"
    )
