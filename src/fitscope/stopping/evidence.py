"""When a run may stop: overfitting is established, or nothing worth waiting for is left.

The rule judges at fixed epochs, a twentieth of the run apart, so that a run stops at the same
epoch however fast the machine is and however often it was interrupted. Formulas and their
calibration: docs/how-verdicts-work.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from jaxtyping import Float

from fitscope.diagnosis.label import label
from fitscope.diagnosis.measure import measure
from fitscope.errors import UserError
from fitscope.history import History, RowLosses

FIRST = 20
SHARE_OF_WINDOW = 10  # a window is a tenth of the run so far
LEAST_WINDOW = 5
TRIALS = 256  # moments that count as independent, and overlaps of the windows at each of them
ROW_TRIALS = 8  # the luck of the rows is nearly the same in neighbouring epochs
LINES = (2, 4)  # the gain is read from lines through the last half and the last quarter
CLIP = 3.0  # robust standard deviations


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
        worth: the smallest gain in the monitored metric that further training is worth.
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

    confidence: float = 0.95
    worth: float = 0.001
    patience: int = 200
    monitor: str = "auto"
    restore_best_weights: bool = False

    def __post_init__(self) -> None:
        for name, least, most in (("confidence", 0.5, 1.0), ("worth", 0.0, math.inf)):
            value = getattr(self, name)
            plain = isinstance(value, Real) and not isinstance(value, bool)
            if not (plain and least < float(value) < most):
                between = f"above {least:g}" + ("" if most == math.inf else f" and below {most:g}")
                raise UserError(f"EvidenceStopping: {name} must be {between}, got {value!r}")
            object.__setattr__(self, name, float(value))  # NumPy's numbers are no JSON
        value = self.patience
        if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 1:
            raise UserError(
                f"EvidenceStopping: patience must be a whole number from 1, got {value!r}"
            )
        object.__setattr__(self, "patience", int(value))
        if not (isinstance(self.monitor, str) and self.monitor):
            raise UserError(
                f"EvidenceStopping: monitor must be a metric's name, got {self.monitor!r}"
            )

    @property
    def direction(self) -> str:
        """ "max" for accuracies, "min" for losses."""
        return "max" if self.monitor.endswith("accuracy") else "min"

    def start(self) -> Stopper:
        """The rule at work on one run of anybody's own training loop."""
        return Stopper(self)

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Sighting:
    """What the rule sees at one epoch.

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
) -> Sighting:
    """Whether a run should stop after these epochs; patience is counted elsewhere.

    Args:
        rule: the settings.
        validation: the monitored metric of each epoch so far.
        train: the same metric on the training rows; without it, any rise counts as overfitting.
        rows: losses of single validation rows. With them a rise has to be more than the
            choice of these rows explains, too.

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
    rise = _rise(curve, epochs, rows)
    if rise is None:
        return Sighting(None)
    height, error, chance, best, now = rise
    overfit = height > rule.worth and chance <= 1 - rule.confidence
    if overfit and train is not None:
        fitted = sign * np.asarray(train, np.float64)[finite]
        overfit = not fitted[now].mean() >= fitted[best].mean()
    overfit = overfit and _matters(rule, validation, train, rows)
    bound = _gain_bound(curve, rule)
    if overfit:
        return Sighting("overfit", height, error, bound)
    stop = bound is not None and bound < rule.worth
    return Sighting("no gain" if stop else None, height, error, bound)


def _matters(
    rule: EvidenceStopping,
    validation: Float[np.ndarray, " epochs"],
    train: Float[np.ndarray, " epochs"] | None,
    rows: RowLosses | None,
) -> bool:
    """Whether the verdict on the run so far is overfit: a rise that matters has one definition."""
    history = History(
        source="the run so far",
        metric=rule.monitor.removeprefix("val_"),
        epochs=np.arange(len(validation)),
        train=train,
        validation=validation,
        higher_is_better=rule.direction == "max",
        rows=rows,
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


def _rise(
    curve: np.ndarray, epochs: np.ndarray, rows: RowLosses | None
) -> tuple[float, float, float, slice, slice] | None:
    """Rise from the best window to the last one, its error, the chance of such a rise by luck.

    Luck is that of epochs or that of the rows; the larger chance counts. The best window is the
    lowest of many and every moment another one, so the chance is that of any of them.
    """
    size = max(LEAST_WINDOW, len(curve) // SHARE_OF_WINDOW)
    if len(curve) < 3 * size:
        return None
    sums = np.cumsum(np.concatenate([[0.0], curve]))
    means = (sums[size:] - sums[:-size]) / size
    first = int(means[: len(curve) - 2 * size + 1].argmin())
    best, now = slice(first, first + size), slice(len(curve) - size, len(curve))
    height = float(curve[now].mean() - curve[best].mean())
    noise = (curve[best].var(ddof=1) + curve[now].var(ddof=1)) / size * _memory(curve, 2 * size)
    choice, count = _choice_of_rows(epochs[best], epochs[now], rows)
    error = math.sqrt(noise + choice)
    by_noise = _chance(height, noise, 2 * size - 2) * TRIALS * len(curve) / size
    by_choice = _chance(height, choice, count - 1) * ROW_TRIALS
    return height, error, max(by_noise, by_choice), best, now


def _chance(height: float, variance: float, freedom: int) -> float:
    """Chance of so high a rise if there is none, from Student's t."""
    from scipy.special import stdtr

    if variance == 0:
        return float(height <= 0)
    return float(stdtr(freedom, -height / math.sqrt(variance)))


def _choice_of_rows(best: np.ndarray, now: np.ndarray, rows: RowLosses | None) -> tuple[float, int]:
    """Variance of the rise because the validation rows are a sample, and how many there are."""
    if rows is None or rows.losses.shape[1] < 2:
        return 0.0, 1
    means = []
    for window in (best, now):
        inside = (rows.epochs >= window[0]) & (rows.epochs <= window[-1])
        if not inside.any():  # very many rows, of which few epochs are kept
            inside = np.zeros(len(rows.epochs), bool)
            inside[np.abs(rows.epochs - window.mean()).argmin()] = True
        means.append(rows.losses[inside].mean(axis=0, dtype=np.float64))
    difference = means[1] - means[0]
    return float(difference.var(ddof=1)) / len(difference), len(difference)


def _gain_bound(curve: np.ndarray, rule: EvidenceStopping) -> float | None:
    """The most that `patience` further epochs can bring, the least over the lines.

    A learning curve flattens, so a line through its past promises more than comes. No line
    reaches ahead more than twice as far as back.
    """
    from scipy.special import ndtri

    quantile = float(ndtri(1 - (1 - rule.confidence) / len(LINES)))
    bounds = []
    for part in LINES:
        size = len(curve) // part
        if len(curve) >= rule.patience and 2 * size >= max(rule.patience, 2 * LEAST_WINDOW):
            slope, error = _line(curve[-size:])
            bounds.append((quantile * error - slope) * rule.patience)
    return min(bounds) if bounds else None


def _line(curve: np.ndarray) -> tuple[float, float]:
    """Slope of a line through a stretch of a curve, outliers clipped, and its standard error."""
    size = len(curve)
    x = np.arange(size) - (size - 1) / 2
    spread = float(x @ x)
    slope = float(x @ curve) / spread
    for _ in range(2):
        rest = curve - curve.mean() - slope * x
        limit = CLIP * 1.4826 * float(np.median(np.abs(rest)))
        curve = curve - rest + np.clip(rest, -limit, limit)
        slope = float(x @ curve) / spread
    rest = curve - curve.mean() - slope * x
    squares = float(rest @ rest)
    if squares == 0:
        return slope, 0.0
    return slope, math.sqrt(squares / (size - 2) / spread * _memory(curve, size))


def _memory(curve: np.ndarray, size: int) -> float:
    """How much larger the variance of a mean is because neighbouring epochs move together.

    From the correlation of neighbours around lines through stretches of `size` epochs, which
    such lines make too small by a known amount.
    """
    stretches = curve[len(curve) % size :].reshape(-1, size)
    x = np.arange(size) - (size - 1) / 2
    rest = stretches - stretches.mean(axis=1, keepdims=True)
    rest = rest - np.outer(rest @ x / (x @ x), x)
    squares = float((rest**2).sum())
    if squares == 0:
        return 1.0
    found = float((rest[:, 1:] * rest[:, :-1]).sum()) / squares
    together = min(max((found + 2 / size) / (1 - 4 / size), 0.0), 0.9)
    return (1 + together) / (1 - together)
