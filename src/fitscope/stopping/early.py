"""`EarlyStopping`: Keras' rule, as a description."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real

from fitscope.errors import UserError
from fitscope.learners.mlp.metrics import MONITORS


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when a metric has not improved for `patience` epochs: Keras' callback, exactly.

    Attributes:
        monitor: one of the history's metrics, with `val_` for the validation rows.
        patience: epochs without improvement after which training stops.
        min_delta: a smaller change than this is no improvement.
        start_from_epoch: epochs before this one are not looked at.
        restore_best_weights: a run's final weights are those of its best epoch, not of its
            last one. Both are stored in any case.
        baseline: improvements that stay behind this value do not reset the patience.

    Raises:
        UserError: an unknown metric or a negative number.

    Example:
        >>> EarlyStopping("val_binary_crossentropy", patience=200).direction
        'min'
    """

    monitor: str = "val_binary_crossentropy"
    patience: int = 200
    min_delta: float = 0.0
    start_from_epoch: int = 0
    restore_best_weights: bool = False
    baseline: float | None = None

    def __post_init__(self) -> None:
        if self.monitor not in MONITORS:
            raise UserError(
                f"EarlyStopping: unknown metric {self.monitor!r}; choose from {', '.join(MONITORS)}"
            )
        for name, kind in (("patience", int), ("min_delta", float), ("start_from_epoch", int)):
            value, wanted = getattr(self, name), Integral if kind is int else Real
            if not (isinstance(value, wanted) and 0 <= float(value) < math.inf):
                what = "whole number" if kind is int else "number"
                raise UserError(f"EarlyStopping: {name} must be a {what} from 0, got {value!r}")
            # NumPy's numbers are no JSON
            object.__setattr__(self, name, kind(getattr(self, name)))
        if self.baseline is not None:
            if not (isinstance(self.baseline, Real) and math.isfinite(self.baseline)):
                raise UserError(f"EarlyStopping: baseline must be a number, got {self.baseline!r}")
            object.__setattr__(self, "baseline", float(self.baseline))

    @property
    def direction(self) -> str:
        """ "max" for accuracies, "min" for losses."""
        return "max" if self.monitor.endswith("accuracy") else "min"
