"""Settings that a user gives: checked by Pydantic, refused in one line.

A field of a frozen dataclass is checked if its hint carries `Words`: what it must be, as a
sentence says it. Types are taken strictly, so that True is no number and "3" is none; NumPy's
numbers are taken for what they are worth.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
from annotated_types import Ge, Gt, Le

from fitscope.errors import UserError


@dataclass(frozen=True)
class Words:
    """What a setting must be, as in "patience must be a whole number from 0"."""

    text: str


LARGEST = 2**31 - 1
"""The largest whole number that the compiled loops can count to."""
Whole = Annotated[int, Ge(0), Le(LARGEST), Words("a whole number from 0")]
Count = Annotated[int, Ge(1), Le(LARGEST), Words("a whole number from 1")]
Positive = Annotated[float, Gt(0), Words("a positive number")]
NotNegative = Annotated[float, Ge(0), Words("zero or a positive number")]
Share = Annotated[float, Gt(0), Le(1), Words("above 0 and at most 1")]
Number = Annotated[float, Words("a number")]
Flag = Annotated[bool, Words("True or False")]


def check(settings: Any) -> None:
    """Check the fields of a frozen dataclass in its `__post_init__`; they become plain values.

    Raises:
        UserError: the first one that is not what its hint says.

    Example:
        >>> @dataclass(frozen=True)
        ... class Brush:
        ...     width: Annotated[int, Ge(1), Words("a whole number from 1")] = 1
        ...     def __post_init__(self):
        ...         check(self)
        >>> Brush(np.int64(3))
        Brush(width=3)
        >>> Brush(True)
        Traceback (most recent call last):
        fitscope.errors.UserError: Brush: width must be a whole number from 1, got True
    """
    kind = type(settings)
    for name, hint in _hints(kind).items():
        value = valid(hint, getattr(settings, name), f"{kind.__name__}: {name}")
        object.__setattr__(settings, name, value)


def valid(hint: Any, value: Any, what: str) -> Any:
    """The value as a plain one of that type.

    Args:
        hint: a type that carries `Words`, such as `Count`.
        value: what the user gave.
        what: what it is, for the message.

    Raises:
        UserError: it is none.

    Example:
        >>> valid(Positive, np.float32(0.5), "Plan: learning_rate")
        0.5
    """
    from pydantic import ValidationError

    try:
        return _adapter(hint).validate_python(
            value.item() if isinstance(value, np.generic) else value
        )
    except ValidationError as error:
        large = error.errors()[0].get("ctx", {}).get("le") == LARGEST
        words = f"at most {LARGEST:,}" if large else _words(hint).text
        raise UserError(f"{what} must be {words}, got {value!r}") from None


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Fields to their hints, of those that carry `Words`."""
    hints = get_type_hints(kind, include_extras=True)
    mine = {field.name: hints[field.name] for field in fields(kind)}
    return {name: hint for name, hint in mine.items() if _words(hint)}


def _words(hint: Any) -> Any:
    """The `Words` of a hint; the last ones, which stand outermost."""
    found = [part for part in get_args(hint) if isinstance(part, Words)]
    return found[-1] if found else None


@cache
def _adapter(hint: Any) -> Any:
    from pydantic import ConfigDict, TypeAdapter

    return TypeAdapter(hint, config=ConfigDict(strict=True, allow_inf_nan=False))
