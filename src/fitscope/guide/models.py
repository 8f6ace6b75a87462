"""The guide's own study: its models, its groups, its plan."""

from __future__ import annotations

import re
from itertools import pairwise

from fitscope.errors import UserError
from fitscope.learners.base import Precision
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.task import BINARY

LARGE = (512, 512, 512, 512)

MODELS: dict[str, tuple[MLP, tuple[str, ...]]] = {
    "Tiny": (MLP(16), ("sizes", "regularizers")),
    "Small": (MLP(16, 16), ("sizes",)),
    "Medium": (MLP(64, 64, 64), ("sizes",)),
    "Large": (MLP(*LARGE), ("sizes",)),
    "L2": (MLP(*LARGE, l2=1e-3), ("regularizers",)),
    "Dropout": (MLP(*LARGE, dropout=0.5), ("regularizers",)),
    "Combined": (MLP(*LARGE, l2=1e-4, dropout=0.5), ("regularizers",)),
}
"""The guide's models in its order, with the groups in which it shows them."""

SHAPE = re.compile(r"[1-9]\d*(x[1-9]\d*)?(-[1-9]\d*(x[1-9]\d*)?)*")
MOST_PARAMETERS_OF_A_LAYER = 2**31


def plan(
    *,
    batch_size: int = 500,
    max_epochs: int = 10_000,
    patience: int = 200,
    precision: Precision = "float32",
) -> Plan:
    """The guide's plan: Adam, inverse-time decay over 1,000 epochs, early stopping."""
    return Plan(
        batch_size=batch_size,
        max_epochs=max_epochs,
        stopping=EarlyStopping(BINARY.loss.validation, patience=patience),
        precision=precision,
    )


def choose(names: str | None) -> dict[str, tuple[MLP, tuple[str, ...]]]:
    """The models that a comma-separated list names, in any case; None is the guide's seven.

    A shape is a further size: `1024x4` four layers of 1,024 units, `64-32` two layers.

    Raises:
        UserError: an unknown name, or one given twice.

    Example:
        >>> list(choose("tiny,LARGE,1024x4,64-32"))
        ['Tiny', 'Large', '1024x4', '64-32']
    """
    if names is None:
        return dict(MODELS)
    known = {name.lower(): name for name in MODELS}
    chosen: dict[str, tuple[MLP, tuple[str, ...]]] = {}
    for part in (part.strip() for part in names.split(",")):
        name = known.get(part.lower(), part.lower())
        if name in chosen:
            raise UserError(f"--models: {part} is named twice; name each model once")
        if name in MODELS:
            chosen[name] = MODELS[name]
        elif SHAPE.fullmatch(name):
            chosen[name] = (MLP(*_units(name)), ("sizes",))
        else:
            raise UserError(
                f"--models: unknown model {part!r}; choose from {', '.join(MODELS)} or give a "
                "shape such as 1024x4 or 64-32"
            )
    return chosen


def _units(shape: str) -> list[int]:
    units: list[int] = []
    for part in shape.split("-"):
        width, _, layers = part.partition("x")
        if len(layers) > 4 or len(width) > 9:
            raise UserError(f"--models: {shape} is larger than any machine can train")
        units += [int(width)] * int(layers or 1)
    if any(a * b >= MOST_PARAMETERS_OF_A_LAYER for a, b in pairwise((28, *units))):
        raise UserError(f"--models: {shape} is larger than any machine can train")
    return units
