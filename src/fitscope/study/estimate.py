"""`Estimate`: a mean over runs, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fitscope.verdicts.plain import plain


@dataclass(frozen=True)
class Estimate:
    """A mean over runs, with its standard error if there are several.

    Attributes:
        mean: None where a run has none, such as one that diverged.
        error: None where nothing is known of it.

    Example:
        >>> str(Estimate(0.58061, 0.00312)), str(Estimate(0.58061)), str(Estimate(None))
        ('0.5806 ± 0.0031', '0.5806', 'none')
    """

    mean: float | None
    error: float | None = None

    @classmethod
    def over(cls, values: Sequence[float | None]) -> Estimate:
        """Mean and standard error of the mean: sample standard deviation / sqrt(n).

        Args:
            values: one a run; one that is missing leaves no mean.

        Example:
            >>> Estimate.over([1.0, 3.0]), Estimate.over([1.0, None])
            (Estimate(mean=2.0, error=1.0), Estimate(mean=None, error=None))
        """
        if not values or any(value is None for value in values):
            return cls(None)
        array = np.asarray(values, float)
        error = float(array.std(ddof=1) / np.sqrt(len(array))) if len(array) > 1 else None
        return cls(float(array.mean()), error)

    def as_pair(self) -> list[float | None]:
        """The form that results.json keeps."""
        return [plain(self.mean), plain(self.error)]

    def __str__(self) -> str:
        if plain(self.mean) is None:
            return "none"
        if plain(self.error) is None:
            return f"{self.mean:.4f}"
        return f"{self.mean:.4f} ± {self.error:.4f}"
