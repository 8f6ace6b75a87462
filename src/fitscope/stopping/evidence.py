"""When a run may stop: overfitting is established, or nothing worth waiting for is left.

The rule judges at fixed epochs, a twentieth of the run apart, so that a run stops at the same
epoch however fast the machine is and however often it was interrupted. Formulas and their
calibration: docs/how-verdicts-work.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Gt, Len, Lt

from fitscope.errors import UserError
from fitscope.history import History, RowLosses
from fitscope.settings import Count, Flag, Words, check
from fitscope.stopping.early import AUTO
from fitscope.stopping.windows import LEAST_WINDOW, gain_bound, rise_between_windows
from fitscope.task import ACCURACY, VALIDATION

if TYPE_CHECKING:
    from jaxtyping import Float

FIRST = 20


@dataclass(frozen=True)
class EvidenceStopping:
    """Stop a run on evidence instead of waiting out a patience.

    A run ends when one of three things holds, whichever comes first:

    - *overfit*: the monitored metric has got worse since its best stretch, by more than
      `worth` and more than noise explains at this confidence (all moments of a run together),
      while the training metric went on getting better; and the verdict on the run so far is
      overfit, too, so that the rise matters;
    - *no gain*: a line through the latest part of the curve, steeper than the measured one by
      its error at this confidence, brings less than `worth` in `patience` further epochs;
    - *patience*: no epoch was better for `patience` epochs, as with `EarlyStopping`. So it
      never trains longer than `EarlyStopping` with the same patience.

    The best weights are those of the epoch with the best value, as with `EarlyStopping`.

    Attributes:
        confidence: how sure the rule must be, between 0.5 and 1.
        worth: the smallest gain in the monitored metric that further training is worth, in
            its own units: nats of a cross-entropy, a share of the rows of an accuracy. A study
            of a regression counts in shares of what a constant prediction reaches, so that the
            units of the target do not matter; your own training loop may divide by that, too.
        patience: how many epochs ahead a gain counts.
        monitor: one of the task's metrics, with `val_` for the validation rows; "auto" is the
            task's loss on the validation rows. It is better the higher if its name ends in
            `accuracy`, otherwise the lower.
        restore_best_weights: a run's final weights are those of its best epoch, not of its
            last one. Both are stored in any case.

    Raises:
        UserError: a setting outside its range.

    Example:
        >>> stopper = EvidenceStopping(worth=0.01).start()
        >>> noise = np.random.default_rng(0).normal(0, 0.002, 2_000)
        >>> for epoch in range(2_000):  # validation falls, turns at epoch 100 and rises
        ...     train, validation = 0.7 - 0.001 * epoch, 0.6 + 1e-5 * (epoch - 100) ** 2
        ...     if stopper.update(validation + noise[epoch], train):
        ...         break
        >>> stopper.reason, 80 <= stopper.best_epoch <= 120, 120 < stopper.epochs < 200
        ('overfit', True, True)
    """

    confidence: Annotated[float, Gt(0.5), Lt(1), Words("above 0.5 and below 1")] = 0.95
    worth: Annotated[float, Gt(0), Words("above 0")] = 0.001
    patience: Count = 200
    monitor: Annotated[str, Len(1), Words("a metric's name")] = AUTO
    restore_best_weights: Flag = False

    def __post_init__(self) -> None:
        check(self)

    @property
    def direction(self) -> str:
        """ "max" for accuracies, "min" for losses."""
        return "max" if self.monitor.endswith(ACCURACY.name) else "min"

    def start(self) -> Stopper:
        """The rule at work on one run of anybody's own training loop."""
        return Stopper(self)

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Sighting:
    """What the rule sees at one epoch.

    Numbers are in the units of `EvidenceStopping.worth`.

    Attributes:
        reason: "overfit", "no gain", or None to go on.
        rise: how much worse the metric is now than in its best stretch.
        rise_error: standard error of that.
        gain_bound: the most that the next `patience` epochs can bring; None while the run is
            too short to say.
    """

    reason: str | None
    rise: float | None = None
    rise_error: float | None = None
    gain_bound: float | None = None


def moments() -> Iterator[int]:
    """The numbers of epochs after which the rule judges a run, without end.

    Example:
        >>> from itertools import islice
        >>> list(islice(moments(), 5)), next(n for n in moments() if n > 1_000)
        ([20, 25, 30, 35, 40], 1004)
    """
    epochs = FIRST
    while True:
        yield epochs
        epochs += max(LEAST_WINDOW, epochs // 20)


def sighting(
    rule: EvidenceStopping,
    validation: Float[np.ndarray, " epochs"],
    train: Float[np.ndarray, " epochs"] | None = None,
    rows: RowLosses | None = None,
    reference: float | None = None,
) -> Sighting:
    """Whether a run should stop after these epochs; patience is counted elsewhere.

    Args:
        rule: the settings.
        validation: the monitored metric of each epoch so far.
        train: the same metric on the training rows; without it, any rise counts as overfitting.
        rows: losses of single validation rows. With them a rise has to be more than the
            choice of these rows explains, too.
        reference: what a constant predictor reaches in the monitored metric on the validation
            rows, as the verdict on the finished run knows it.

    Returns:
        What was seen; values that are no number are left out of the curve.

    Example:
        >>> flat = 0.6 + np.random.default_rng(0).normal(0, 0.0005, 600)
        >>> sighting(EvidenceStopping(), flat).reason
        'no gain'
        >>> sighting(EvidenceStopping(), flat - 2e-5 * np.arange(600)).reason is None
        True
    """
    sign = -1.0 if rule.direction == "max" else 1.0
    finite = np.isfinite(validation)
    curve = sign * np.asarray(validation, np.float64)[finite]
    epochs = np.flatnonzero(finite)
    rise = rise_between_windows(curve, epochs, rows)
    if rise is None:
        return Sighting(None)
    height, error, chance, best, now = rise
    overfit = height > rule.worth and chance <= 1 - rule.confidence
    if overfit and train is not None:
        fitted = sign * np.asarray(train, np.float64)[finite]
        overfit = not fitted[now].mean() >= fitted[best].mean()
    overfit = overfit and _matters(rule, validation, train, rows, reference)
    bound = gain_bound(curve, rule.confidence, rule.patience)
    if overfit:
        return Sighting("overfit", height, error, bound)
    stop = bound is not None and bound < rule.worth
    return Sighting("no gain" if stop else None, height, error, bound)


def _matters(
    rule: EvidenceStopping,
    validation: Float[np.ndarray, " epochs"],
    train: Float[np.ndarray, " epochs"] | None,
    rows: RowLosses | None,
    reference: float | None,
) -> bool:
    """Whether the verdict on the run so far is overfit: a rise that matters has one definition."""
    from fitscope.diagnosis.label import label
    from fitscope.diagnosis.measure import measure

    history = History(
        source="the run so far",
        metric=rule.monitor.removeprefix(VALIDATION),
        epochs=np.arange(len(validation)),
        train=train,
        validation=validation,
        higher_is_better=rule.direction == "max",
        rows=rows,
        reference=reference,
    )
    return label(measure(history)).label == "overfit"


def saved(epochs: int, best_epoch: int, patience: int) -> int:
    """Epochs that `EarlyStopping` with this patience would have trained more, at the least.

    It goes on for `patience` epochs after the best one it has seen; for longer if it finds a
    better one meanwhile, which nobody knows.

    Example:
        >>> saved(epochs=50, best_epoch=20, patience=200)
        171
    """
    return max(0, best_epoch + patience + 1 - epochs)


class Stopper:
    """The rule at work on one run.

    Args:
        rule: the settings.

    Attributes:
        epochs: epochs seen.
        best_epoch: epoch of the best value, from 0.
        reason: "overfit", "no gain", "patience", or None while the run goes on.
        seen: the latest sighting.
    """

    def __init__(self, rule: EvidenceStopping) -> None:
        self.rule = rule
        self.best_epoch = 0
        self.reason: str | None = None
        self.seen = Sighting(None)
        self._validation: list[float] = []
        self._train: list[float] = []
        self._moments = moments()
        self._due = next(self._moments)

    @property
    def epochs(self) -> int:
        """Epochs seen."""
        return len(self._validation)

    @property
    def saved(self) -> int:
        """Epochs that `EarlyStopping` with the same patience would have trained more."""
        return saved(self.epochs, self.best_epoch, self.rule.patience)

    def update(self, validation: float, train: float | None = None) -> bool:
        """Take the metrics of the next epoch.

        Args:
            validation: the monitored metric on the validation rows.
            train: the same on the training rows, in every epoch or in none.

        Returns:
            True if training should stop now.

        Raises:
            UserError: the training metric came in some epochs only.
        """
        if self.epochs and (train is None) == bool(self._train):
            raise UserError("Stopper.update: give the training metric in every epoch or in none")
        self._validation.append(float(validation))
        if train is not None:
            self._train.append(float(train))
        best, value = self._validation[self.best_epoch], self._validation[-1]
        if value > best if self.rule.direction == "max" else value < best:
            self.best_epoch = self.epochs - 1
        if self.epochs == self._due:
            self._due = next(self._moments)
            train_curve = np.array(self._train) if self._train else None
            self.seen = sighting(self.rule, np.array(self._validation), train_curve)
            self.reason = self.reason or self.seen.reason
        if self.epochs - 1 - self.best_epoch >= self.rule.patience:
            self.reason = self.reason or "patience"
        return self.reason is not None
