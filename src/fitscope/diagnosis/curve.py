"""`Curve`: a history made ready for measuring: losses, finite, each measurement once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.noise import close_noise
from fitscope.diagnosis.spikes import lone_end
from fitscope.errors import UserError
from fitscope.history import History

if TYPE_CHECKING:
    from jaxtyping import Float, Int

HUGE = 1e100  # beyond it a value counts as infinite: its square no longer is a number
REACH = 1e6  # spreads of the middle half above it: a larger first loss costs the others digits


@dataclass(frozen=True, eq=False)
class Curve:
    """What is measured on: lower is better, whatever the metric was.

    Attributes:
        epochs: the epoch of each measurement.
        train: the training curve as a loss, or None.
        validation: the validation curve as a loss.
        sign: 1 for a loss, -1 for a metric where higher is better; gives the raw values back.
        missing: epochs whose value was NaN, or infinite (beyond 1e100), and that were left out.
        diverged: True if the run ended in infinity or in unusually many missing values.
        evaluations: how many values were measured: a single one stands here twice.
        set_aside: the last value as it was logged, as a loss, where it was far off, alone, and
            was put back to the epochs before it; otherwise None.
    """

    epochs: Int[np.ndarray, " n"]
    train: Float[np.ndarray, " n"] | None
    validation: Float[np.ndarray, " n"]
    sign: int
    missing: tuple[int, ...]
    diverged: bool
    evaluations: int
    set_aside: float | None = None

    def __len__(self) -> int:
        return len(self.epochs)


def _repeats(columns: Float[np.ndarray, "columns n"]) -> int:
    """How often each measurement is written in a row, 1 for an ordinary log."""
    changed = np.flatnonzero((columns[:, 1:] != columns[:, :-1]).any(axis=0)) + 1
    edges = np.concatenate([[0], changed, [columns.shape[1]]])
    return int(np.gcd.reduce(np.diff(edges)))


def _ends_lost(values: Float[np.ndarray, " n"], alone: bool) -> bool:
    """Whether a curve ends in infinity, or in more missing values than it misses elsewhere.

    A log that validates at every fifth epoch only may end between two of them. A single value
    missing at the end is lost only if nothing else was measured there: `alone`.
    """
    if np.isinf(values[-1]):
        return True
    logged = np.flatnonzero(np.isfinite(values))
    if not len(logged):
        return False
    if not alone and logged[-1] == len(values) - 2:
        return False  # one value that was being written when the log ended
    return bool(len(values) - 1 - logged[-1] > int(np.diff(logged, prepend=-1).max()) - 1)


def curve(history: History) -> Curve:
    """The measurements of a history.

    A log that writes each value k times (loggers that print at every step do) holds n / k
    measurements, not n: taken as n they would make the noise look small. They are taken once,
    at the first of their epochs.

    Args:
        history: the history as it was logged.

    Returns:
        The curve, as a loss; NaN and infinite values are left out and counted.

    Raises:
        UserError: fewer than two epochs, lengths that differ, epochs that do not rise, or no
            finite validation value.

    Example:
        >>> h = History("run", "loss", np.arange(4), None, np.array([2.0, 2.0, 1.0, 1.0]))
        >>> curve(h).validation.tolist(), curve(h).epochs.tolist()
        ([2.0, 1.0], [0, 2])
    """
    where = history.source
    epochs = np.asarray(history.epochs)
    raw = [np.asarray(history.validation, np.float64)]
    if history.train is not None:
        raw.append(np.asarray(history.train, np.float64))
    raw = [np.where(np.abs(values) > HUGE, np.inf, values) for values in raw]
    for values, name in zip(raw, ("validation", "training"), strict=False):
        if values.shape != epochs.shape:
            raise UserError(
                f"{where}: {len(epochs)} epochs but {values.size} {name} values; "
                "give one value an epoch"
            )
    if len(epochs) < 2:
        raise UserError(
            f"{where}: {len(epochs)} epoch{'' if len(epochs) == 1 else 's'}; "
            "a curve needs at least two"
        )
    if (np.diff(epochs) <= 0).any():
        at = int(np.argmax(np.diff(epochs) <= 0))
        raise UserError(
            f"{where}: epoch {epochs[at + 1]} follows epoch {epochs[at]}; "
            "sort the epochs and keep one line for each"
        )
    columns = np.stack(raw)
    finite = np.asarray(np.isfinite(columns).all(axis=0))
    if not np.isfinite(columns[0]).any():
        raise UserError(f"{where}: no finite validation value of {history.metric}")
    # A training curve with values missing here and there (a logger that skips epochs) must not
    # cost the validation curve its epochs; only a few lone values are left out of both.
    if len(columns) == 2 and finite.sum() < 0.5 * np.isfinite(columns[0]).sum():
        columns, finite = columns[:1], np.isfinite(columns[0])
    kept = columns[:, finite]
    missing = tuple(int(e) for e in epochs[~finite])
    # Weights that are lost lose both curves: NaN in the training curve alone was not logged.
    alone = len(columns) == 1 or not np.isfinite(columns[1, -1])
    diverged = _ends_lost(columns[0], alone) or bool(np.isinf(columns[-1, -1]))
    evaluations = kept.shape[1]
    if evaluations < 2:
        kept, chosen = np.repeat(kept[:, :1], 2, axis=1), epochs[:2]
    else:
        chosen = epochs[finite]
        step = _repeats(kept)
        if 1 < step < evaluations:
            kept, chosen = kept[:, ::step], chosen[::step]
            evaluations = kept.shape[1]
    sign = -1 if history.higher_is_better else 1
    validation = _within_reach(sign * kept[0])
    train = _within_reach(sign * kept[1]) if len(kept) == 2 else None
    others = [] if train is None else [train]
    others += [other for other in _others(history, chosen) if np.isfinite(other).all()]
    set_aside = None
    if not diverged and lone_end(validation, 0.0, others):  # the noise takes longer
        noise = float(close_noise(validation[:-1])[-1])
        if lone_end(validation, noise, others):
            set_aside = float(validation[-1])
            validation[-1] = np.median(validation[-4:-1])
    return Curve(
        epochs=chosen,
        train=train,
        validation=validation,
        sign=sign,
        missing=missing,
        diverged=diverged,
        evaluations=evaluations,
        set_aside=set_aside,
    )


def _others(history: History, chosen: Int[np.ndarray, " n"]) -> list[Float[np.ndarray, " n"]]:
    """The further metrics at the chosen epochs."""
    at = np.searchsorted(history.epochs, chosen)
    scores = (np.asarray(values, np.float64) for values in history.scores.values())
    return [values[at] for values in scores if values.shape == np.shape(history.epochs)]


def _within_reach(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """A copy with values absurdly far above the rest cut: a first loss of 1e16 would cost the
    others the digits that they differ by."""
    low, middle, high = np.sort(values)[[len(values) // 4, len(values) // 2, 3 * len(values) // 4]]
    spread = float(high - low) or abs(float(middle)) or 1.0
    return np.minimum(values, high + REACH * spread)
