"""Which remedies to try next: strengths in few steps, then combinations of those that helped.

A strength in the middle comes first, then the direction that helped. Nothing here trains: what was
measured goes in, what to train next comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from fitscope.examination.changes import Change, Settings

MOST_STEPS = 4
"""Strengths of one change that are tried at most."""
MOST_TOGETHER = 4
"""Changes that are combined at most."""


@dataclass(frozen=True)
class Gained:
    """What a change bought, measured in pairs.

    Attributes:
        value: how much loss it took away; minus infinity of what came apart or found no time.
        error: the standard error of that.
    """

    value: float
    error: float

    @property
    def helps(self) -> bool:
        """Whether it is worth building on: likelier than not, and beyond its own noise."""
        return self.value > 0.5 * self.error


def propose(changes: Sequence[Change], gains: Mapping[Settings, Gained]) -> list[Settings]:
    """What to try next on a learner, what promises most first; nothing where it is exhausted.

    Args:
        changes: what can be tried on it.
        gains: what was measured so far.

    Example:
        >>> both = (Change("l2", "L2", (1, 2, 3), 1), Change("dropout", "dropout", (0.5,)))
        >>> propose(both, {})
        [(('l2', 2),), (('dropout', 0.5),)]
        >>> measured = {(("l2", 2),): Gained(0.2, 0.1), (("dropout", 0.5),): Gained(0.1, 0.1)}
        >>> propose(both, measured)
        [(('l2', 2), ('dropout', 0.5)), (('l2', 3),)]
    """
    firsts = [one for one in changes if not _measured(one, gains)]
    if firsts:
        return [((one.setting, one.strengths[one.first]),) for one in firsts]
    together = _combination(changes, gains)
    steps = []
    for one in changes:
        strength = _next_strength(one, gains)
        if strength is not None:
            settings = ((one.setting, one.strengths[strength]),)
            steps.append((_best(one, gains)[1].value, settings))
    steps.sort(key=lambda pair: -pair[0])
    return [*([together] if together else []), *(settings for _, settings in steps)]


def best_alone(
    changes: Sequence[Change], gains: Mapping[Settings, Gained]
) -> list[tuple[Settings, Gained]]:
    """The best strength of each change that was tried, the change that helped most first."""
    found = [_best(one, gains) for one in changes if _measured(one, gains)]
    return sorted(found, key=lambda pair: -pair[1].value)


def _measured(change: Change, gains: Mapping[Settings, Gained]) -> dict[int, Gained]:
    """Number of the strength to what it bought."""
    return {
        number: gains[((change.setting, value),)]
        for number, value in enumerate(change.strengths)
        if ((change.setting, value),) in gains
    }


def _best(change: Change, gains: Mapping[Settings, Gained]) -> tuple[Settings, Gained]:
    measured = _measured(change, gains)
    number = max(measured, key=lambda one: measured[one].value)
    return ((change.setting, change.strengths[number]),), measured[number]


def _next_strength(change: Change, gains: Mapping[Settings, Gained]) -> int | None:
    """One stronger while that helps, one weaker where the first did harm; None if it is done."""
    measured = _measured(change, gains)
    best = max(measured, key=lambda one: measured[one].value)
    if len(measured) >= MOST_STEPS or measured[best].value == -inf:
        return None
    if measured[best].value > 0:
        order = (best + 1, best - 1)
    else:
        # what harms at every strength is given up after the second
        order = (best - 1,) if len(measured) < 2 else ()
    for number in order:
        if 0 <= number < len(change.strengths) and number not in measured:
            return number
    return None


def _combination(changes: Sequence[Change], gains: Mapping[Settings, Gained]) -> Settings | None:
    """The best so far with the next change that helped alone; greedily, one at a time."""
    helpers = [settings for settings, found in best_alone(changes, gains) if found.helps]
    if len(helpers) < 2:
        return None
    order = {one.setting: number for number, one in enumerate(changes)}
    current, value = helpers[0], gains[helpers[0]].value
    for other in helpers[1:]:
        if len(current) == MOST_TOGETHER:
            return None
        both = tuple(sorted((*current, *other), key=lambda pair: order[pair[0]]))
        if both not in gains:
            return both
        if gains[both].value > value:
            current, value = both, gains[both].value
    return None
