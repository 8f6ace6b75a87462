"""Learning-rate schedules: small immutable descriptions that are functions of the step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any

from fitscope.errors import UserError


@dataclass(frozen=True)
class Constant:
    """The same learning rate at every step.

    Example:
        >>> Constant(1e-3).at(7.5)
        0.001
    """

    rate: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", _positive("learning_rate", self.rate))

    def at(self, epoch: Any) -> Any:
        """Learning rate `epoch` epochs (a fraction, too) after the start."""
        return self.rate + 0.0 * epoch


@dataclass(frozen=True)
class InverseTimeDecay:
    """`initial / (1 + decay_rate * epoch / decay_epochs)`; see `inverse_time_decay`."""

    initial: float
    decay_epochs: float
    decay_rate: float
    staircase: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "initial", _positive("learning_rate", self.initial))
        object.__setattr__(self, "decay_epochs", _positive("decay_epochs", self.decay_epochs))
        rate = self.decay_rate
        if not (isinstance(rate, Real) and math.isfinite(rate) and rate >= 0):
            raise UserError(f"decay_rate must be zero or positive, got {rate!r}")
        object.__setattr__(self, "decay_rate", float(rate))

    def at(self, epoch: Any) -> Any:
        """Learning rate `epoch` epochs (a fraction, too) after the start."""
        elapsed = epoch / self.decay_epochs
        if self.staircase:
            elapsed = elapsed // 1
        return self.initial / (1.0 + self.decay_rate * elapsed)


Schedule = Constant | InverseTimeDecay


def inverse_time_decay(
    initial: float, decay_epochs: float, decay_rate: float = 1.0, staircase: bool = False
) -> InverseTimeDecay:
    """Hyperbolic decay: 1/2 of the initial rate after `decay_epochs` epochs, 1/3 after twice that.

    Keras' `InverseTimeDecay` with `decay_steps = decay_epochs * steps_per_epoch`; counted in
    epochs, so that it means the same for every batch size. Decays step by step, within epochs
    too, unless `staircase`.

    Args:
        initial: learning rate of the first step.
        decay_epochs: epochs in one unit of decay.
        decay_rate: how fast; 1 halves the rate after `decay_epochs`.
        staircase: decay in whole units only.

    Returns:
        A schedule; `at(epoch)` is its value.

    Raises:
        UserError: a rate or length that is not positive.

    Example:
        >>> schedule = inverse_time_decay(1e-3, decay_epochs=1_000)
        >>> schedule.at(1_000), round(schedule.at(2_000), 9)
        (0.0005, 0.000333333)
    """
    return InverseTimeDecay(initial, decay_epochs, decay_rate, bool(staircase))


def schedule_as_dict(schedule: Schedule) -> dict[str, Any]:
    """The schedule as plain values; `schedule_from_dict` reads them back."""
    return {"kind": type(schedule).__name__, **asdict(schedule)}


def schedule_from_dict(settings: Mapping[str, Any]) -> Schedule:
    """The schedule that `schedule_as_dict` described."""
    rest = {name: value for name, value in settings.items() if name != "kind"}
    return {"Constant": Constant, "InverseTimeDecay": InverseTimeDecay}[settings["kind"]](**rest)


def _positive(name: str, value: float) -> float:
    if not (isinstance(value, Real) and math.isfinite(value) and value > 0):
        raise UserError(f"{name} must be a positive number, got {value!r}")
    return float(value)
