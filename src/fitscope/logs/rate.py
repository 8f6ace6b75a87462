"""The learning rate in a log, and where it fell at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning

if TYPE_CHECKING:
    from jaxtyping import Float, Int

FACTOR = 2.0
"""A change of the learning rate by less between neighbours is a schedule that runs smoothly."""


def rate_curve(log: Log) -> tuple[str, Logged] | None:
    """The learning rate and its name, where it was logged at least three times."""
    for name, curve in log.curves.items():
        if _is_rate(meaning(name).metric.split("_")):
            values = curve.values
            if len(values) >= 3 and np.isfinite(values).all() and (values >= 0).all():
                return name, curve
    return None


def drops(rates: Float[np.ndarray, " n"]) -> Int[np.ndarray, " rows"]:
    """Rows at which a rate that stood falls by the factor or more.

    Example:
        >>> drops(np.array([1.0, 1.0, 0.1, 0.1, 0.1])).tolist()
        [2]
        >>> drops(0.9 ** np.arange(9.0)).tolist()
        []
    """
    before, after = rates[:-1], rates[1:]
    fell = (after * FACTOR <= before) & (after > 0)
    stood = np.r_[True, np.isclose(rates[1:-1], rates[:-2], rtol=1e-3)]
    return np.flatnonzero(fell & stood) + 1


def last_drop(log: Log, unit: str) -> float | None:
    """Where the learning rate last fell at once and stood from then on; None where it did not.

    Args:
        log: the curves.
        unit: "epoch" or "step": what the place is counted in.
    """
    found = rate_curve(log)
    if found is None:
        return None
    _, curve = found
    places = curve.epochs if unit == "epoch" else curve.steps if unit == "step" else None
    if unit == "epoch" and counts_epochs(log, curve):
        places = curve.places
    rows = drops(curve.values)
    if places is None or not len(rows):
        return None
    row = int(rows[-1])
    stands = np.allclose(curve.values[row:], curve.values[row], rtol=1e-3)
    return float(places[row]) if stands else None


def counts_epochs(log: Log, curve: Logged) -> bool:
    """Whether a curve has a value an epoch without a number, as all of Keras' `history` have."""
    unnumbered = curve.epochs is None and curve.steps is None
    return unnumbered and len({len(one.values) for one in log.curves.values()}) == 1


def _is_rate(words: list[str]) -> bool:
    numbered = any(word.rstrip("0123456789") == "lr" for word in words)
    return numbered or {"learning", "rate"} <= set(words)
