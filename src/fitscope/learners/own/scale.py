"""The scale of a regression's target, on which a network is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float64, Shaped

from fitscope.data.target import training_scale

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.own.description import Description


class Scale(NamedTuple):
    """Where a target lies: 0 and 1 where it is trained on as it is.

    Attributes:
        mean: of its training rows.
        deviation: standard deviation of these.

    Example:
        >>> scale = Scale(10.0, 2.0)
        >>> scale.scaled([8.0, 12.0]).tolist(), scale.unscaled(np.array([-1.0, 1.0])).tolist()
        ([-1.0, 1.0], [8.0, 12.0])
    """

    mean: float = 0.0
    deviation: float = 1.0

    @classmethod
    def of(cls, split: Split, description: Description) -> Scale:
        """The scale that a network is trained on.

        Raises:
            UserError: the target is scaled, and its training rows are all the same.
        """
        return cls(*training_scale(split.y_train)) if description.scaled else cls()

    def scaled(self, y: Shaped[np.ndarray, " rows"]) -> Float64[np.ndarray, " rows"]:
        """Targets as the network is trained on them; labels, whose scale is 0 and 1, stay."""
        return (np.asarray(y, np.float64) - self.mean) / self.deviation

    def unscaled(self, outputs: Float64[np.ndarray, "rows ..."]) -> Float64[np.ndarray, "rows ..."]:
        """Outputs of the network in the target's units."""
        return outputs * self.deviation + self.mean
