"""`EarlyStopping`: Keras' rule, as a description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fitscope.settings import Flag, NotNegative, Whole, Words, check

AUTO = "auto"
"""The monitor of a rule that looks at the validation loss of whatever task it is used for."""


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when a metric has not improved for `patience` epochs: Keras' callback, exactly.

    Attributes:
        monitor: one of the task's metrics, with `val_` for the validation rows; "auto" is the
            task's loss on the validation rows, without penalties. Whether more is better, the
            task knows.
        patience: epochs without improvement after which training stops.
        min_delta: a smaller change than this is no improvement.
        start_from_epoch: epochs before this one are not looked at.
        restore_best_weights: a run's final weights are those of its best epoch, not of its
            last one. Both are stored in any case.
        baseline: improvements that stay behind this value do not reset the patience.

    Raises:
        UserError: a setting outside its range. Whether the task has the metric, a study says.

    Example:
        >>> EarlyStopping("val_accuracy", patience=20).min_delta
        0.0
    """

    monitor: Annotated[str, Words("a metric's name")] = AUTO
    patience: Whole = 200
    min_delta: NotNegative = 0.0
    start_from_epoch: Whole = 0
    restore_best_weights: Flag = False
    baseline: Annotated[float | None, Words("a number or None")] = None

    def __post_init__(self) -> None:
        check(self)
