"""What remedies bought: differences on the same rows, corrected for how many were tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fitscope.diagnosis.compare import Difference, holm
from fitscope.study.answer import Remedy


@dataclass(frozen=True)
class Tried:
    """A change, and the difference that it made.

    Attributes:
        over: the model without it.
        remedy: what was done, in words.
        kind: the remedy without its strength; of each kind the best is reported.
        model: the model with it; None where nothing had to be trained.
        difference: loss without it less loss with it, by itself.
    """

    over: str
    remedy: str
    kind: str
    model: str | None
    difference: Difference


def bought(tried: Sequence[Tried]) -> list[Remedy]:
    """What the best strength of each remedy bought, the most helpful first.

    Chances and intervals hold for all that was tried on a model together, strengths that are not
    reported included: p values are corrected by Holm's method, and an interval is as much wider
    as its p value is larger (Bonferroni's with the number that Holm's method takes there).

    Args:
        tried: everything that was tried, on any model.

    Example:
        >>> gain = Difference(0.02, 0.005, (0.0102, 0.0298), p=0.0001, p_corrected=0.0001)
        >>> none = Difference(0.0, 0.005, (-0.0098, 0.0098), p=1.0, p_corrected=1.0)
        >>> found = bought([Tried("A", "L2 0.1", "L2", "A + L2 0.1", none),
        ...     Tried("A", "L2 0.01", "L2", "A + L2 0.01", gain)])
        >>> [(one.remedy, round(one.sure, 4)) for one in found]
        [('L2 0.01', 0.9999)]
    """
    remedies: list[Remedy] = []
    for over in dict.fromkeys(one.over for one in tried):
        mine = [one for one in tried if one.over == over]
        corrected = holm([one.difference.p for one in mine])
        best: dict[str, Remedy] = {}
        for one, p in zip(mine, corrected, strict=True):
            made = _remedy(one, p)
            if one.kind not in best or made.difference > best[one.kind].difference:
                best[one.kind] = made
        remedies += sorted(best.values(), key=lambda one: -one.difference)
    return remedies


def _remedy(one: Tried, p: float) -> Remedy:
    found = one.difference
    chance = 1 - p / 2 if found.value > 0 else p / 2
    times = p / found.p if 0 < found.p < p else 1.0
    return Remedy(one.over, one.remedy, one.model, found.value, found.widened(times), chance)
