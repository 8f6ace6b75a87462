"""Models that are too large to be trained, which is said before anything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.errors import UserError
from fitscope.process import free_memory

if TYPE_CHECKING:
    from fitscope.learners.base import Size

MOST = 2**31  # parameters or leaves of a model
BYTES_A_PARAMETER = 20
"""What a network needs to train at the least: weights, Adam's two averages, gradients and the best
weights so far, 4 bytes each. Measured, `MLP` of 27 and 75 million parameters: 21 a parameter."""


def refuse_too_large(name: str, size: Size, device: str) -> None:
    """Refuse a model that no machine can train, or a network for which memory here is too small.

    Args:
        name: of the model.
        size: of it.
        device: "cpu" or "gpu", whose memory is not looked at.

    Raises:
        UserError: it is too large.

    Example:
        >>> from fitscope.learners.base import Size
        >>> refuse_too_large("wide", Size(2**32, "parameters"), "cpu")
        Traceback (most recent call last):
        fitscope.errors.UserError: wide: 4,294,967,296 parameters are more than any machine can ...
    """
    if size.count > MOST:
        raise UserError(f"{name}: {size} are more than any machine can train; choose fewer")
    if size.unit != "parameters" or device != "cpu":
        return
    needed, free = float(BYTES_A_PARAMETER * size.count), free_memory()
    if needed > free:
        raise UserError(
            f"{name}: {size} need {needed / 1e9:,.1f} GB of memory to train, {free / 1e9:,.1f} GB "
            "are free; choose fewer units or layers"
        )
