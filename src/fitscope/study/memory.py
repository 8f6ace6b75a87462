"""How much memory a model needs to train at the least, and models for which there is too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.errors import UserError
from fitscope.learners.abilities import Hungry

if TYPE_CHECKING:
    from fitscope.learners.base import Learner, Size

MOST = 2**31  # parameters or leaves of a model
BYTES_A_PARAMETER = 20
"""What a network needs to train at the least: weights, Adam's two averages, gradients and the best
weights so far, 4 bytes each. Measured, `MLP` of 27 and 75 million parameters: 21 a parameter."""


BYTES_A_VALUE = {"mlp": 0, "constant": 0, "hgb": 9}
"""Bytes that learners hold of each value of the training rows. Networks read large tables while
they train (`fitscope.learners.mlp.streamed`); scikit-learn's boosting has float64 and bins."""
HELD = 4
"""The same of all other learners: a copy in float32 at the least."""


def least_memory(learner: Learner, size: Size, rows: int, features: int) -> float:
    """Bytes that a run needs at least, as far as is known.

    Args:
        learner: what is trained.
        size: of it.
        rows: training rows.
        features: of each row.

    Example:
        >>> from sklearn.kernel_ridge import KernelRidge
        >>> from fitscope.learners.base import Size
        >>> from fitscope.learners.estimator.estimator import Estimator
        >>> from fitscope.learners.hgb import HGB
        >>> from fitscope.learners.mlp.network import MLP
        >>> least_memory(MLP(4), Size(1_000_000, "parameters"), 50, 28) / 1e6
        20.0
        >>> least_memory(Estimator(KernelRidge()), Size(3, "features"), 100_000, 3) / 1e9
        80.0012
        >>> least_memory(HGB(), Size(3_100, "leaves"), 11_000_000, 28) / 1e9
        2.772
    """
    weights = float(BYTES_A_PARAMETER * size.count) if size.unit == "parameters" else 0.0
    held = float(BYTES_A_VALUE.get(learner.kind, HELD) * rows * features)
    return weights + held + (learner.memory(rows) if isinstance(learner, Hungry) else 0.0)


def too_little(needed: float, free: float) -> str:
    """In words, that so many bytes are needed and only so many are free.

    Example:
        >>> too_little(8e10, 2e10)
        'it needs at least 80.0 GB of memory, and 20.0 GB are free'
    """
    return f"it needs at least {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free"


def refuse_too_large(name: str, size: Size, needed: float, free: float) -> None:
    """Refuse a model that no machine can train, or for which there is too little memory.

    Args:
        name: of the model.
        size: of it.
        needed: bytes that a run needs at least.
        free: bytes that there are; infinity if it is trained elsewhere.

    Raises:
        UserError: it is too large.

    Example:
        >>> from fitscope.learners.base import Size
        >>> refuse_too_large("wide", Size(2**32, "parameters"), 0.0, 1e9)
        Traceback (most recent call last):
        fitscope.errors.UserError: wide: 4,294,967,296 parameters are more than any machine can ...
        >>> refuse_too_large("wide", Size(10**9, "parameters"), 2e10, 1e9)
        Traceback (most recent call last):
        fitscope.errors.UserError: wide (1,000,000,000 parameters): it needs at least 20.0 GB of ...
    """
    if size.count > MOST:
        raise UserError(f"{name}: {size} are more than any machine can train; choose fewer")
    if needed > free:
        what = "units or layers" if size.unit == "parameters" else "training rows"
        raise UserError(f"{name} ({size}): {too_little(needed, free)}; choose fewer {what}")
