"""What printed curves say of themselves once all are known: a setting along which they stand, a
direction."""

from __future__ import annotations

import numpy as np

from fitscope.logs.axes import Axis, axis_of
from fitscope.logs.log import Logged
from fitscope.logs.names import meaning

FEWEST = 3  # evaluations that may stand for epochs
BEST = "best"  # CatBoost's column, which tells which way its metric is better


def along(curves: dict[str, Logged]) -> tuple[Axis, dict[str, Logged]] | None:
    """The setting that was tried in turn, and the curves along it; None where there is none."""
    most = max((len(curve.values) for curve in curves.values()), default=0)
    told = {name: curve for name, curve in curves.items() if len(curve.values) == most}
    axis = axis_of((name, curve.values) for name, curve in told.items())
    if axis is None:
        return None
    return axis, {
        name: Logged(curve.values[axis.order], axis.places, rows=curve.rows)
        for name, curve in told.items()
        if name != axis.name
    }


def directed(curves: dict[str, Logged]) -> dict[str, Logged]:
    """CatBoost does not say what it measures: its best so far tells which way is better."""
    best, test = curves.pop(BEST, None), curves.get("test")
    if best is None or test is None or len(best.values) != len(test.values):
        return curves
    above, below = (best.values > test.values).any(), (best.values < test.values).any()
    kind = "score" if above and not below else "loss" if below and not above else ""
    return {f"{n} {kind}" if n in ("learn", "test") and kind else n: c for n, c in curves.items()}


def by_evaluations(curves: dict[str, Logged]) -> dict[str, Logged]:
    """Curves that nothing numbers, by evaluation: several values of training before each one.

    None of them where there is one of training at most before each evaluation.

    Example:
        >>> rows = np.arange(9)
        >>> ends = rows[2::3]
        >>> curves = {"loss": Logged(rows, rows=rows), "val loss": Logged(ends, rows=ends)}
        >>> by_evaluations(curves)["loss"].epochs.tolist()
        [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0]
    """
    held_back = [c for n, c in curves.items() if meaning(n).part in ("validation", "test")]
    ends = max((c.rows for c in held_back if c.rows is not None), key=len, default=np.array([]))
    most = max((len(curve.values) for curve in curves.values()), default=0)
    if len(ends) < FEWEST or most < 2 * len(ends):
        return {}
    found = {}
    for name, curve in curves.items():
        if curve.rows is not None:
            before = curve.rows <= ends[-1]
            places = np.searchsorted(ends, curve.rows[before]) + 1.0
            found[name] = Logged(curve.values[before], places, rows=curve.rows[before])
    return found
