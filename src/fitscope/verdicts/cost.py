"""`Cost`: what overfitting costs on rows that nobody has seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fitscope.verdicts.plain import plain


@dataclass(frozen=True)
class Price:
    """One part of a cost: a difference of losses, positive where it costs something.

    Attributes:
        value: the difference, in units of the metric.
        error: its standard error over epochs, rows and runs, as far as they are known.
        chance: that it costs anything at all on rows nobody has seen.
        against: what it is measured against, such as "its best epoch" or a model's name.
    """

    value: float
    error: float
    chance: float
    against: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {name: plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Price:
        """The price that `as_dict` was called on."""
        return cls(**{name: stored[name] for name in ("value", "error", "chance", "against")})


@dataclass(frozen=True)
class Cost:
    """What overfitting costs a model.

    A gap between training and validation without either part costs nothing, whatever its size.

    Attributes:
        training_on: the end of the run against its best epoch; nothing of it is paid if the
            weights of the best epoch are kept. None where nothing can be said.
        richness: the best epoch against the best plainer, regularized or recalibrated version
            of the model that was measured. None without one.

    Example:
        >>> cost = Cost(Price(0.03, 0.004, 0.99, "its best epoch"), Price(0.0, 0.003, 0.4, "L2"))
        >>> cost.value, round(cost.error, 4), cost.chance
        (0.03, 0.005, 0.99)
        >>> Cost(Price(0.03, 0.004, 0.99), Price(-1.0, 0.3, 0.0, "L2")).error
        0.004
    """

    training_on: Price | None = None
    richness: Price | None = None

    @property
    def parts(self) -> tuple[Price, ...]:
        """The parts that are known."""
        return tuple(part for part in (self.training_on, self.richness) if part is not None)

    @property
    def value(self) -> float:
        """Both parts together; a part below zero costs nothing and pays for nothing."""
        return float(sum(max(part.value, 0.0) for part in self.parts))

    @property
    def error(self) -> float:
        """Its standard error, as if the parts' errors were independent.

        A part below zero counts only as far as its error reaches above zero.
        """
        return math.hypot(*(max(part.error + min(part.value, 0.0), 0.0) for part in self.parts))

    @property
    def chance(self) -> float:
        """That it costs anything at all: as sure as the surer of its parts."""
        return max((part.chance for part in self.parts), default=0.0)

    def as_dict(self) -> dict[str, Any]:
        """Plain values: the total, then the parts."""
        whole = {name: plain(getattr(self, name)) for name in ("value", "error", "chance")}
        return {
            **whole,
            "training_on": None if self.training_on is None else self.training_on.as_dict(),
            "richness": None if self.richness is None else self.richness.as_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Cost:
        """The cost that `as_dict` was called on."""
        parts = (stored.get(name) for name in ("training_on", "richness"))
        return cls(*(None if part is None else Price.from_dict(part) for part in parts))
