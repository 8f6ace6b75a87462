"""Where an estimator's capacity stands, and its neighbours on each of its knobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Any

from fitscope.errors import UserError
from fitscope.learners.base import Knob
from fitscope.learners.estimator.prepared import last_step
from fitscope.learners.estimator.turns import WORDS, Turn, turns_of
from fitscope.names import listed

APART = 1.4
"""Times that a neighbour's value must differ by: less can hardly be told apart."""
SIDES = 3
"""Neighbours on each side."""
WORDS_GIVEN = ("less", "more")


@dataclass(frozen=True)
class Neighbours:
    """A knob with values around that where it stands.

    Attributes:
        turn: the knob; its setting bears the prefix of a pipeline's last step.
        value: where it stands, as a number; a tuple for layers, infinity for no limit.
        plainer: values with less capacity, the nearest first, as the estimator takes them.
        richer: values with more.
    """

    turn: Turn
    value: Any
    plainer: tuple[Any, ...]
    richer: tuple[Any, ...]

    @property
    def knob(self) -> Knob:
        """The knob as any learner has it."""
        turn = self.turn
        return Knob(
            turn.setting,
            turn.setting.rpartition("__")[2],
            self.value,
            turn.more_is_richer,
            turn.remedy,
            turn.off,
            turn.plainer,
            turn.richer,
        )


def neighbours(estimator: Any, given: Mapping[str, str]) -> tuple[Neighbours, ...]:
    """The knobs of an estimator, what moves most first.

    Args:
        estimator: unfitted; of a pipeline its last step is looked at.
        given: further settings, and whether "more" of them means more capacity, or "less".

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn.pipeline import make_pipeline
        >>> (found,) = neighbours(make_pipeline(Ridge(alpha=2.0)), {})
        >>> found.turn.setting, found.plainer, found.richer
        ('ridge__alpha', (10.0, 100.0, 1000.0), (1.0, 0.1, 0.01))
    """
    prefix, final = last_step(estimator)
    settings = estimator.get_params(deep=True)
    found = []
    for turn in turns_of(final):
        own = _with_prefix(turn, prefix)
        if own.setting not in given:
            found.append(_around(own, settings.get(own.setting)))
    for name, direction in given.items():
        found.append(_around(_given(name, direction, settings), settings[name]))
    return tuple(one for one in found if one is not None)


def check_given(estimator: Any, given: Mapping[str, str]) -> None:
    """Make sure that knobs which somebody has named are settings with a number.

    Raises:
        UserError: they are not.
    """
    settings = estimator.get_params(deep=True)
    for name, direction in given.items():
        if name not in settings:
            raise UserError(
                f"knobs: {type(estimator).__name__} has no setting {name!r}; it has "
                f"{listed(sorted(settings), 12)}"
            )
        if direction not in WORDS_GIVEN:
            raise UserError(
                f'knobs: {name} must be "more" or "less", which says whether more of it means '
                f"more capacity or less, got {direction!r}"
            )
        value = settings[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise UserError(f"knobs: {name} is {value!r}; a knob stands at a number above 0")


def _given(name: str, direction: str, settings: Mapping[str, Any]) -> Turn:
    value, word = settings[name], name.rpartition("__")[2]
    whole = isinstance(value, int)
    steps = [value / 9, value / 3, value * 3, value * 9]
    values = tuple(dict.fromkeys(max(round(one), 1) if whole else one for one in steps))
    richer = direction == "more"
    low, high = f"a lower {word}", f"a higher {word}"
    return Turn(name, low if richer else high, high if richer else low, richer, values, value)


def _with_prefix(turn: Turn, prefix: str) -> Turn:
    return replace(turn, setting=prefix + turn.setting)


def _around(turn: Turn, value: Any) -> Neighbours | None:
    """The neighbours of a value; None where it is nothing that can be compared."""
    if turn.setting.endswith("hidden_layer_sizes"):
        return _layers(turn, value)
    number = _number(turn, value)
    if number is None:
        return None
    below = [one for one in reversed(turn.values) if _apart(one, number) and one < number]
    above = [one for one in turn.values if _apart(one, number) and one > number]
    plainer, richer = (below, above) if turn.more_is_richer else (above, below)
    return Neighbours(turn, number, _taken(plainer), _taken(richer))


def _number(turn: Turn, value: Any) -> float | None:
    """Where a setting stands; None where it is a word that is not known, or an absolute number of
    features."""
    if value is None:
        return turn.usual
    if isinstance(value, str):
        if turn.setting.endswith("gamma"):
            return None
        return WORDS.get(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if turn.setting.endswith("max_features") and value > 1:
        return None
    if turn.setting.endswith("max_depth") and value <= 0:
        return inf
    return float(value) if isinstance(value, float) else value


def _apart(one: float, number: float) -> bool:
    low, high = sorted((one, number))
    return high > low * APART if low > 0 else high > low


def _taken(values: Sequence[Any]) -> tuple[Any, ...]:
    """The nearest ones as an estimator takes them: no limit is None."""
    return tuple(one if isfinite(one) else None for one in values[:SIDES])


def _layers(turn: Turn, value: Any) -> Neighbours:
    units = tuple(value) if isinstance(value, tuple | list) else (int(value),)
    plainer = [tuple(max(n // k, 1) for n in units) for k in (4, 16)]
    richer = [tuple(n * 4 for n in units), (*units, units[-1])]
    kept = tuple(dict.fromkeys(one for one in plainer if one != units))
    return Neighbours(turn, units, kept, tuple(richer))
