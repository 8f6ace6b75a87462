"""Whether several programs wrote at once into one log, under the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Floats = Float[np.ndarray, " n"]

OFTEN = 0.5  # share of the places that must come again
APART = 1.5  # usual distances between neighbouring places that values at one place lie apart
FEWEST = 3  # places that are skipped and gone back to, which no resumed run does so often


def interleaved(at: Floats, values: Floats) -> bool:
    """Whether most places come again with other values, and neither in turn nor after a restart.

    A run that was resumed goes back and then through every place again. Two that write at once
    either tell of one place twice, or skip places that the other one tells of and go back to them.
    Several evaluations within an epoch are one run: they lie as near as those of neighbours.

    Args:
        at: the epoch, round or step of each value, in the order in which they were logged.
        values: as many.

    Example:
        >>> import numpy as np
        >>> twice, once = np.repeat(np.arange(9.0), 2), np.arange(18.0)
        >>> interleaved(twice, np.tile([0.5, 0.9], 9)), interleaved(once, np.tile([0.5, 0.9], 9))
        (True, False)
        >>> interleaved(twice, np.linspace(0.9, 0.5, 18))
        False
    """
    finite = np.isfinite(values)
    places, rank, counts = np.unique(at[finite], return_inverse=True, return_counts=True)
    if len(places) < FEWEST or np.mean(counts > 1) < OFTEN:
        return False
    moved = np.diff(rank)
    in_place = np.sum(moved == 0) >= OFTEN * len(places)
    to_and_fro = min(np.sum(moved < 0), np.sum(moved > 1)) >= FEWEST
    if not in_place and not to_and_fro:
        return False
    low, high = np.full(len(places), np.inf), np.full(len(places), -np.inf)
    np.minimum.at(low, rank, values[finite])
    np.maximum.at(high, rank, values[finite])
    usual = float(np.median(np.abs(np.diff(low))))
    return float(np.median((high - low)[counts > 1])) > APART * usual
