"""`History`: the curves of one run that a verdict is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int, Shaped

ROUND = "round"
"""`History.step` of boosting, whose steps add to each other."""
SINGLE = "fit"
"""`History.step` of a learner that is trained in one step, so that there is no curve."""
SIZE = "training size"
"""`History.step` of a learning curve: one value a number of training rows."""
TIMES = ("epoch", "round", "step", SINGLE)
"""`History.step` where more of it is longer training; else it is `SIZE` or the name of a knob."""


@dataclass(frozen=True)
class RowLosses:
    """Losses of single validation rows at some epochs of a run.

    Attributes:
        epochs: the epochs, as `History.epochs` numbers them, ascending.
        losses: one row an epoch, one column a validation row.
        scores: the rows' scores at the same epochs, where the losses do not tell them.
    """

    epochs: Int[np.ndarray, " kept"]
    losses: Float[np.ndarray, "kept rows"]
    scores: Shaped[np.ndarray, "kept rows"] | None = None

    def until(self, epoch: float) -> RowLosses:
        """Those up to an epoch."""
        kept = self.epochs <= epoch
        scores = None if self.scores is None else self.scores[kept]
        return RowLosses(self.epochs[kept], self.losses[kept], scores)


@dataclass(frozen=True, eq=False)
class FoldSpread:
    """How far the folds of a cross-validation lie apart around a mean over them.

    Attributes:
        deviation: standard deviation between the folds, one an epoch, with their number as divisor.
        count: how many folds there are.
    """

    deviation: Float[np.ndarray, " n"]
    count: int


@dataclass(frozen=True, eq=False)
class History:
    """One metric of one run, epoch by epoch.

    Attributes:
        source: where it came from, in words that a person recognizes.
        metric: name of the metric, without a prefix for training or validation.
        epochs: numbers of the epochs, strictly ascending.
        train: the metric on the training rows, or None where nobody logged it.
        validation: the metric on the validation rows.
        higher_is_better: True for accuracies and the like.
        rows: losses of single validation rows, where they were kept.
        folds: where the validation curve is a mean over folds, how far these lie apart.
        fit: the metric on the training rows with dropout off at the "best" and the "last" epoch.
        reference: the metric that a constant predictor reaches on the validation rows.
        scores: further metrics on the validation rows, by name, one value an epoch each.
        classes: how many labels there are, where that is known.
        step: what one step of the history is: one of `TIMES`, `SIZE`, or the name of a setting
            whose values were tried one after another.
        words: what sentences call the metric; its name if left out, as a log writes it.
        rate_fell: epoch at which the learning rate last fell at once, to stand from then on.
    """

    source: str
    metric: str
    epochs: Int[np.ndarray, " n"]
    train: Float[np.ndarray, " n"] | None
    validation: Float[np.ndarray, " n"]
    higher_is_better: bool = False
    rows: RowLosses | None = None
    fit: Mapping[str, float] = field(default_factory=dict)
    reference: float | None = None
    scores: Mapping[str, Float[np.ndarray, " n"]] = field(default_factory=dict)
    classes: int | None = None
    step: str = "epoch"
    words: str | None = None
    rate_fell: float | None = None
    folds: FoldSpread | None = None

    def until(self, count: int) -> History:
        """The run as it was after so many evaluations."""
        cut = slice(count)
        return replace(
            self,
            epochs=self.epochs[cut],
            train=None if self.train is None else self.train[cut],
            validation=self.validation[cut],
            rows=None if self.rows is None else self.rows.until(float(self.epochs[count - 1])),
            fit={},
            scores={name: values[cut] for name, values in self.scores.items()},
            folds=None
            if self.folds is None
            else replace(self.folds, deviation=self.folds.deviation[cut]),
        )

    @property
    def called(self) -> str:
        """What sentences call the metric."""
        return self.words or self.metric
