"""Estimators that tell their outputs after each of their steps once all of these are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fitscope.learners.estimator.staged import Data, Seen


def look_back(stages: Callable[[Any], Iterable[np.ndarray]], data: Data, seen: Seen) -> None:
    """Hand over the outputs after each step.

    Args:
        stages: of rows, their outputs after each step.
        data: the rows.
        seen: takes the outputs.

    Raises:
        Interrupted: `seen` does.
    """
    for pair in zip(stages(data.x), stages(data.x_validation), strict=True):
        seen(*pair)


def after(steps: int, stages: Iterable[np.ndarray]) -> np.ndarray:
    """The outputs after so many steps."""
    return next(islice(stages, steps - 1, None))
