"""Several runs that were written into one log, one after another, told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.logs.log import Log, Logged

if TYPE_CHECKING:
    from jaxtyping import Int

    Rows = Int[np.ndarray, " starts"]


def apart(log: Log) -> list[Log]:
    """The runs of a log: one where epochs never start again.

    A new run starts where epochs (or steps) jump back to where they began and rise again. A jump
    back to a later place is a run that was resumed and is left whole.

    Args:
        log: the curves, each in the order in which it was logged.
    """
    starts = {name: _starts(curve) for name, curve in log.curves.items()}
    most = max((len(found) for found in starts.values()), default=0)
    if most == 0:
        return [log]
    leaders = [name for name, found in starts.items() if len(found) == most]
    leader = max(leaders, key=lambda name: len(log.curves[name].values))
    runs: list[dict[str, Logged]] = [{} for _ in range(most + 1)]
    for name, curve in log.curves.items():
        for run, rows in enumerate(
            _pieces(curve, starts[name], log.curves[leader], starts[leader])
        ):
            if len(rows):
                runs[run][name] = _taken(curve, rows)
    count = len(runs)
    return [
        replace(log, source=f"{log.source}: run {number} of {count}", curves=curves)
        for number, curves in enumerate(runs, 1)
    ]


def _starts(curve: Logged) -> Rows:
    """Places at which a new run begins."""
    at = curve.places
    if len(at) < 3 or len(np.unique(at)) == len(at):
        return np.array([], np.int64)
    steps_back = np.flatnonzero(np.diff(at) < 0) + 1
    lowest = at.min()
    found = [
        row
        for row in steps_back
        if np.ceil(at[row]) <= np.ceil(lowest)
        and at[row - 1] > lowest
        and row > 1
        and (row + 1 == len(at) or at[row + 1] >= at[row])
        and at[row:].max() > lowest
    ]
    shuffled = len(steps_back) > 2 * len(found) + 2  # rows in no order at all
    return np.array([] if shuffled else found, np.int64)


def _pieces(curve: Logged, own: Rows, leader: Logged, cuts: Rows) -> list[np.ndarray]:
    count = len(curve.values)
    if len(own) == len(cuts):
        places = own
    elif curve.rows is not None and leader.rows is not None:
        places = np.searchsorted(curve.rows, leader.rows[cuts])
    else:
        places = np.r_[own, np.full(len(cuts) - len(own), count)]
    return np.split(np.arange(count), places)


def _taken(curve: Logged, rows: np.ndarray) -> Logged:
    parts = (curve.values, curve.epochs, curve.steps, curve.rows)
    values, epochs, steps, places = (None if part is None else part[rows] for part in parts)
    assert values is not None
    return Logged(values, epochs, steps, places)
