"""A second descent: values that rise, surely, and then surely fall again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

from fitscope.diagnosis.compare import LEVEL, Difference


@dataclass(frozen=True)
class Descent:
    """The clearest rise in a row of places that is followed by a fall.

    Attributes:
        first: the lowest place before the peak.
        peak: the place from which it falls again.
        second: the lowest place behind the peak.
        rise: how far the peak lies above the first one.
        fall: how far it lies above the second one.
        seen: whether both are sure, among all pairs of places, and as large as matters.
    """

    first: int
    peak: int
    second: int
    rise: Difference
    fall: Difference
    seen: bool

    @property
    def clear(self) -> tuple[bool, float, float]:
        """Of two the clearer one has the larger of these."""
        rise, fall = self.rise.value, self.fall.value
        return self.seen, min(rise, fall), rise + fall


def second_descent(
    pairs: Mapping[tuple[int, int], Difference], needed: float = 0.0, looks: int = 1
) -> Descent | None:
    """Whether values along some places fall, rise and fall again, against falling and rising once.

    Values that fall once and then rise, or do only one of both, are *unimodal*: of any three places
    in order the middle one does not lie above both others. So a second descent is three places of
    which the middle one does, surely: the simultaneous 95 % intervals of all pairs' differences
    (Bonferroni) leave out zero for the rise and for the fall. Were the truth unimodal, one of the
    two would have to be wrong, which happens once in twenty at most, and much less often in
    practice, since the other one must be sure as well.

    Args:
        pairs: two places, in order, to how far the first one lies above the second; see
            `fitscope.diagnosis.all_pairs`.
        needed: the smallest rise, and the smallest fall, that matters.
        looks: rows of places in which a second descent is looked for.

    Returns:
        The rise and fall whose smaller one is largest, sure ones first; None where no place lies
        above one before it and one behind it.

    Example:
        >>> def pairs(*levels):
        ...     found = {}
        ...     for a, b in combinations(range(len(levels)), 2):
        ...         value = levels[a] - levels[b]
        ...         found[a, b] = Difference(value, 0.02, (value - 0.04, value + 0.04), 0.0, 0.0)
        ...     return found
        >>> found = second_descent(pairs(0.9, 0.3, 0.8, 0.5))
        >>> found.first, found.peak, found.second, found.seen, round(found.fall.value, 2)
        (1, 2, 3, True, 0.3)
        >>> second_descent(pairs(0.9, 0.3, 0.35, 0.6)) is None
        True
    """
    places = sorted({place for pair in pairs for place in pair})
    times = len(pairs) * looks
    sure = {
        pair: isfinite(one.error) and abs(one.value) >= needed and one.p * times < 1 - LEVEL
        for pair, one in pairs.items()
    }
    found: Descent | None = None
    for first, peak, second in combinations(places, 3):
        rise, fall = pairs[first, peak].turned(), pairs[peak, second]
        if not (rise.value > 0 and fall.value > 0):
            continue
        made = Descent(first, peak, second, rise, fall, sure[first, peak] and sure[peak, second])
        if found is None or made.clear > found.clear:
            found = made
    return found
