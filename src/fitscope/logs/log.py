"""`Log`: the curves of one training run, by the names under which they were logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.names import plain

if TYPE_CHECKING:
    from jaxtyping import Float

LEFT_OUT = ": left out"  # how a note ends that tells of what was not read


@dataclass(frozen=True, eq=False)
class Logged:
    """One metric, in the order in which it was logged.

    Attributes:
        values: the metric; NaN and infinity are values, what was not logged is left out.
        epochs: the epoch of each value, where epochs were logged; may be fractions.
        steps: the step of each value, where steps were logged.
        rows: the place of each value among all of the log, where that is known.
    """

    values: Float[np.ndarray, " n"]
    epochs: Float[np.ndarray, " n"] | None = None
    steps: Float[np.ndarray, " n"] | None = None
    rows: Float[np.ndarray, " n"] | None = None

    @property
    def places(self) -> Float[np.ndarray, " n"]:
        """Where the values stand: by epoch, otherwise by step, otherwise in their order."""
        for places in (self.epochs, self.steps):
            if places is not None:
                return places
        return np.arange(float(len(self.values)))

    def beside(self, other: Logged) -> bool:
        """Whether both curves have a value at the same epochs and steps."""
        return (
            len(self.values) == len(other.values)
            and _alike(self.epochs, other.epochs)
            and _alike(self.steps, other.steps)
        )


@dataclass(frozen=True, eq=False)
class Log:
    """What one training run logged.

    Attributes:
        source: where it came from, in words that a person recognizes.
        curves: name to curve; in the names nothing that a terminal would obey.
        step: what the log's epochs are, as `fitscope.history.History.step` has it.
        notes: what was mended or assumed when it was read, a plain sentence each.
    """

    source: str
    curves: Mapping[str, Logged]
    step: str = "epoch"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(map(str.isprintable, self.curves)):
            curves = {plain(name).strip(): curve for name, curve in self.curves.items()}
            object.__setattr__(self, "curves", curves)
        object.__setattr__(self, "notes", tuple(map(plain, self.notes)))


def in_order(
    values: Mapping[int, float],
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Values that were found by their places, and these, from the first on.

    Example:
        >>> [one.tolist() for one in in_order({2: 0.4, 1: 0.5})]
        [[0.5, 0.4], [1.0, 2.0]]
    """
    places = sorted(values)
    return np.array([values[at] for at in places]), np.array(places, float)


def _alike(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other))
