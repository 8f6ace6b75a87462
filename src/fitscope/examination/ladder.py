"""The ladder: learners from a line to clearly too rich, around the size of the data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from fitscope.examination.families import FAMILIES, family_rungs
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP

if TYPE_CHECKING:
    from fitscope.learners.base import Learner
    from fitscope.task import Task

SHARES = ((1 / 30, 1), (1 / 3, 1), (3, 2), (30, 3))
"""Parameters a training row that networks aim at, and their hidden layers. Below a thirtieth little
but a line can be learnt, and 30 can hold every row by heart. Steps of ten: two networks of steps of
three can hardly be told apart on a table of thousands of rows."""
QUICK = ((1 / 3, 1), (10, 2))
"""The same where time is short."""
FEWEST, MOST = 4, 256
"""Units of a layer. Fewer pass on less than most tables hold; twice as many take four times as
long, and three layers of 256 already have 140,000 parameters."""
APART = 1.5
"""Times the parameters of the rung before it that a network must have, or it is left out."""
FEW_LEAVES = 8
"""Leaves of the plainer trees: three questions deep, where the usual ones may be up to 30."""


def rungs(
    rows: int,
    features: int,
    task: Task,
    learners: Collection[str] | None = None,
    quick: bool = False,
) -> dict[str, Learner]:
    """The learners that a table is examined with, plainest first.

    Args:
        rows: training rows.
        features: encoded features.
        task: what is to be learnt.
        learners: "linear", "mlp", "hgb" and names of `FAMILIES`; None for the first three.
        quick: fewer of them.

    Returns:
        Name to learner.

    Raises:
        UserError: the library of a family is not installed.

    Example:
        >>> from fitscope.task import BINARY
        >>> list(rungs(5_000, 30, BINARY))
        ['linear', 'mlp 4', 'mlp 64', 'mlp 128x2', 'mlp 256x3', 'hgb 8 leaves', 'hgb']
    """
    chosen = ("linear", "mlp", "hgb") if learners is None else learners
    found: dict[str, Learner] = {}
    if "linear" in chosen:
        found["linear"] = MLP()
    if "mlp" in chosen:
        found |= _networks(rows, features, task.outputs, QUICK if quick else SHARES)
    if "hgb" in chosen:
        found[f"hgb {FEW_LEAVES} leaves"] = HGB(max_leaf_nodes=FEW_LEAVES)
        found["hgb"] = HGB()
    for name in FAMILIES:
        if name in chosen:
            found |= family_rungs(name, task)
    return found


def network_name(network: MLP) -> str:
    """What a network without anything added is called.

    Example:
        >>> network_name(MLP(64)), network_name(MLP(64, 64)), network_name(MLP(45, 32))
        ('mlp 64', 'mlp 64x2', 'mlp 45-32')
    """
    units = network.hidden
    if len(set(units)) > 1:
        return f"mlp {'-'.join(map(str, units))}"
    return f"mlp {units[0]}" + (f"x{len(units)}" if len(units) > 1 else "")


def _networks(
    rows: int, features: int, outputs: int, shares: Sequence[tuple[float, int]]
) -> dict[str, MLP]:
    found: dict[str, MLP] = {}
    widest, before = FEWEST, 0.0
    for share, layers in shares:
        widest = max(_units(share * rows, features, outputs, layers), widest)
        network = MLP(*[widest] * layers)
        if network.parameters(features, outputs) > APART * before:
            found[network_name(network)] = network
            before = network.parameters(features, outputs)
    return found


def _units(parameters: float, features: int, outputs: int, layers: int) -> int:
    """Units a layer with which a network has about so many parameters: a power of two.

    Solves (layers - 1) u^2 + (features + layers + outputs) u = parameters.
    """
    square, plain = layers - 1, features + layers + outputs
    if square:
        units = (sqrt(plain**2 + 4 * square * parameters) - plain) / (2 * square)
    else:
        units = parameters / plain
    power = 1
    while power * sqrt(2) < units:
        power *= 2
    return min(power, MOST)
