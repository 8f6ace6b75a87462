"""What printed curves say of themselves once all are known: a setting along which they stand, a
direction."""

from __future__ import annotations

from fitscope.logs.axes import Axis, axis_of
from fitscope.logs.log import Logged

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
