"""What overfitting costs, in words: one rule for tables, cards, consoles and sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.rules import ONE_SIDED, SURE_SIGN
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.figures import figure, sure


@dataclass(frozen=True)
class CostWords:
    """A cost in words.

    Attributes:
        short: where there is little room.
        full: with its error, and how sure it is where that must be said.
        chance: how sure that is: of nothing, that no cost matters; else that there is one.
        nothing: a cost that matters is excluded.
    """

    short: str
    full: str
    chance: float
    nothing: bool = False

    @property
    def unclear(self) -> bool:
        """It may cost something or not."""
        return not self.nothing and self.chance < SURE_SIGN


def cost_words(cost: Cost | Price, needed: float | None) -> CostWords:
    """What overfitting costs, in words.

    "nothing" is said where the data exclude a cost that matters: all of its one-sided 95 % interval
    lies below. A bare figure is said where it surely costs something. Between the two lies what may
    cost something.

    Args:
        cost: a cost, or a part of one.
        needed: the smallest rise that matters; `Evidence.needed`.

    Example:
        >>> cost_words(Price(0.002, 0.004, 0.69), needed=0.02).full
        'nothing (>99 % sure)'
        >>> cost_words(Price(0.61, 0.28, 0.985), needed=0.02).full
        '0.61 ± 0.28'
        >>> cost_words(Price(0.15, 0.13, 0.76), needed=0.02).full
        'perhaps 0.15 ± 0.13 (76 %)'
        >>> cost_words(Price(0.0, 0.05, 0.4), needed=0.02).short
        'perhaps up to 0.082'
    """
    matters = max(needed or 0.0, 0.0)
    parts = cost.parts if isinstance(cost, Cost) else (cost,)
    # what surely lies below zero costs nothing and pays for nothing
    open_parts = [part for part in parts if part.value + ONE_SIDED * part.error > 0]
    value = sum(max(part.value, 0.0) for part in open_parts)
    error = math.hypot(*(part.error for part in open_parts))
    highest = value + ONE_SIDED * error
    if highest < matters or highest == 0:
        sums = [(part.value, part.error) for part in parts] + [(value, error)]
        chance = min(_within(*one, matters) for one in sums)
        return CostWords("nothing", f"nothing ({sure(chance)} sure)", chance, nothing=True)
    told = with_error(value, error)
    if cost.chance >= SURE_SIGN:
        return CostWords(told, told, cost.chance)
    if value == 0:
        bound = f"perhaps up to {figure(float(f'{highest:.2g}'))}"
        return CostWords(bound, f"{bound} ({sure(cost.chance)})", cost.chance)
    short = f"perhaps {told.partition(' ± ')[0]}"
    return CostWords(short, f"perhaps {told} ({sure(cost.chance)})", cost.chance)


def with_error(value: float, error: float) -> str:
    """A figure and its standard error, both with the decimals of an error of two digits.

    Example:
        >>> with_error(0.6134, 0.2791), with_error(406.98, 242.55), with_error(0.031, 0.006)
        ('0.61 ± 0.28', '407 ± 243', '0.0310 ± 0.0060')
        >>> with_error(0.4, 0.0), with_error(2.4e21, 3e20)
        ('0.4', '2.4e21 ± 3e20')
    """
    if not (error > 0 and math.isfinite(error)):
        return figure(value)
    if max(abs(value), error) >= 1e7 or error < 1e-6:
        return f"{figure(value)} ± {figure(float(f'{error:.2g}'))}"
    decimals = max(1 - math.floor(math.log10(float(f"{error:.2g}"))), 0)
    return f"{value:,.{decimals}f} ± {error:,.{decimals}f}"


def _within(value: float, error: float, matters: float) -> float:
    """The chance that a cost is no larger than what matters."""
    return float(below((matters - value) / error)) if error > 0 else 1.0
