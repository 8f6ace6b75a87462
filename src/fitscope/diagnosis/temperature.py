"""Temperature scaling: how sure a classifier should be, and what it gains by being that sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from fitscope.errors import UserError
from fitscope.task import Task

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped

COLDEST, HOTTEST = 0.05, 100.0  # beyond them a temperature is an accident of few rows
FOLDS = 5  # rows of one fold are scaled by a temperature that the others have chosen


@dataclass(frozen=True, eq=False)
class Scaled:
    """Losses with outputs as they are and with outputs divided by a temperature.

    Attributes:
        temperature: the best one on all the rows; above 1 the model is too sure of itself.
        before: loss of each row with the outputs as they are.
        after: loss of each row scaled by a temperature that was chosen without it.
    """

    temperature: float
    before: Float[np.ndarray, " rows"]
    after: Float[np.ndarray, " rows"]

    @property
    def gain(self) -> float:
        """How much mean loss the temperature takes away on rows that did not choose it."""
        return float(np.mean(self.before - self.after))


def temperature(
    outputs: Shaped[np.ndarray, "rows ..."],
    y: Shaped[np.ndarray, " rows"],
    task: Task,
    weights: Float[np.ndarray, " rows"] | None = None,
) -> float:
    """The number that outputs are best divided by (Guo, Pleiss, Sun and Weinberger, 2017).

    The mean loss is convex in 1/temperature, so the best one is where its slope is zero. It alters
    neither the order of rows nor the label that is likeliest: what it takes away is error of
    calibration, what is left is refinement (Berta, Holzmueller, Jordan and Bach, 2025,
    arXiv 2501.19195). One row is added whose label may be any with equal chance, with the outputs
    of the average row: rows that are all predicted rightly would otherwise ask for a temperature
    of zero, and the first miss among other rows would then cost without limit.

    Args:
        outputs: predictions on rows that the model was not trained on; log-odds of the second
            label, or a logit a label.
        y: number of each row's label.
        task: binary or multiclass.
        weights: what each row counts; all alike if left out.

    Returns:
        The temperature, between 0.05 and 100; 1 where outputs say nothing at all.

    Raises:
        UserError: a regression, no rows, or outputs that are not finite.

    Example:
        >>> from fitscope.task import BINARY
        >>> random = np.random.default_rng(0)
        >>> chances = random.normal(0, 1, 20_000)
        >>> y = (random.uniform(size=20_000) < 1 / (1 + np.exp(-chances))).astype(int)
        >>> round(temperature(3 * chances, y, BINARY), 1)
        3.0
    """
    from scipy.optimize import brentq

    logits, y = _logits(outputs, y, task)
    if np.ptp(logits) == 0:
        return 1.0
    counted = np.ones(len(y)) if weights is None else weights / weights.mean()
    middle = (counted @ logits).mean() / len(y)
    hit = counted @ logits[np.arange(len(y)), y] + middle

    def slope(sharpness: float) -> float:
        powers = sharpness * logits
        powers = np.exp(powers - powers.max(axis=1, keepdims=True))
        each = (powers * logits).sum(axis=1) / powers.sum(axis=1)
        return float(counted @ each + counted @ each / len(y) - hit)

    low, high = 1 / HOTTEST, 1 / COLDEST
    if slope(low) >= 0:
        return HOTTEST
    if slope(high) <= 0:
        return COLDEST
    return 1 / cast(float, brentq(slope, low, high, xtol=1e-12))


def scaled(
    outputs: Shaped[np.ndarray, "rows ..."],
    y: Shaped[np.ndarray, " rows"],
    task: Task,
    seed: int = 0,
    weights: Float[np.ndarray, " rows"] | None = None,
) -> Scaled:
    """What a temperature gains on rows that did not choose it.

    Rows are dealt into five folds, each with its share of every label; the rows of one are
    scaled by the temperature that is best on the other four. So `before` and `after` can be
    compared in pairs (`compare.difference`) like two models.

    Args:
        outputs: as in `temperature`.
        y: number of each row's label.
        task: binary or multiclass.
        seed: of how rows are dealt.
        weights: what each row counts in choosing a temperature; all alike if left out.

    Returns:
        The losses before and after, and the temperature for later rows.

    Raises:
        UserError: fewer than two rows; and as `temperature`.

    Example:
        >>> from fitscope.task import BINARY
        >>> random = np.random.default_rng(0)
        >>> y = random.integers(0, 2, 1_000)
        >>> sure = random.normal(6.0 * y - 3, 9.0)  # too sure by far: it is wrong too often
        >>> found = scaled(sure, y, BINARY)
        >>> found.temperature > 5, found.gain > 0.4
        (True, True)
    """
    rows = len(y)
    if rows < 2:
        raise UserError("a temperature is fitted and measured on at least two validation rows")
    outputs, y = np.asarray(outputs, np.float64), np.asarray(y)
    dealt = np.random.default_rng(seed).permutation(rows)
    dealt = dealt[np.argsort(y[dealt], kind="stable")]
    fold = np.empty(rows, int)
    fold[dealt] = np.arange(rows) % min(FOLDS, rows)
    chosen = np.empty(rows)
    for number in range(fold.max() + 1):
        inside = fold == number
        others = None if weights is None else weights[~inside]
        chosen[inside] = temperature(outputs[~inside], y[~inside], task, others)
    wide = chosen if outputs.ndim == 1 else chosen[:, None]
    return Scaled(
        temperature(outputs, y, task, weights),
        task.row_losses(outputs, y),
        task.row_losses(outputs / wide, y),
    )


def _logits(
    outputs: Shaped[np.ndarray, "rows ..."], y: Shaped[np.ndarray, " rows"], task: Task
) -> tuple[np.ndarray, np.ndarray]:
    """Logits [rows, labels] and labels as whole numbers."""
    if task.kind == "regression":
        raise UserError("a temperature is for classes; a regression has none")
    logits = np.asarray(outputs, np.float64)
    if not len(logits):
        raise UserError("a temperature needs at least one validation row")
    if not np.isfinite(logits).all():
        raise UserError("outputs are not finite; there is no temperature for them")
    if task.kind == "binary":
        logits = np.stack([np.zeros(len(logits)), logits.reshape(len(logits))], axis=1)
    return logits, np.asarray(y).astype(int)
