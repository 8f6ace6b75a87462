"""The ladder of a sweep: networks of rising width."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from fitscope.examination.ladder import network_name
from fitscope.learners.mlp.network import MLP

if TYPE_CHECKING:
    from fitscope.learners.base import Learner
    from fitscope.task import Task

BEYOND, QUICK_BEYOND = 16, 8
"""How far past the width with as many parameters as there are values to fit, at least."""
NEAR = 4
"""Within so many times that width, up and down, there is one more between two powers of two: the
peak is narrow."""
MOST = 4_096
"""Units. A step of twice as many takes twice as long."""


def widths(rows: int, features: int, task: Task, quick: bool = False) -> dict[str, Learner]:
    """Networks of one hidden layer from a single unit to far more than the rows can pin down.

    Around as many parameters as there are values to fit (rows times outputs) a network can just
    reach every one of them, and there the second descent begins (Belkin, Hsu, Ma and Mandal 2019).

    Args:
        rows: training rows.
        features: encoded features.
        task: what is to be learnt.
        quick: powers of two alone, and fewer of them.

    Returns:
        Name to learner: a line, then narrow ones first.

    Example:
        >>> from fitscope.task import REGRESSION
        >>> list(widths(400, 10, REGRESSION))[:9]
        ['linear', 'mlp 1', 'mlp 2', 'mlp 4', 'mlp 8', 'mlp 12', 'mlp 16', 'mlp 24', 'mlp 32']
        >>> list(widths(400, 10, REGRESSION))[-5:]
        ['mlp 64', 'mlp 96', 'mlp 128', 'mlp 256', 'mlp 512']
    """
    just = max(rows * task.outputs / (features + 1 + task.outputs), 1.0)
    most = min((QUICK_BEYOND if quick else BEYOND) * just, MOST)
    units, power = [], 1
    while True:
        units.append(power)
        between = power + power // 2
        if power > 1 and not quick and just / NEAR <= between <= just * NEAR:
            units.append(between)
        if power * sqrt(2) >= most:
            break
        power *= 2
    networks = [MLP(count) for count in units]
    return {"linear": MLP(), **{network_name(one): one for one in networks}}
