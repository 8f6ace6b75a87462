"""Shape and type hints are held against what is really passed, on the floors that compute.

`conftest.py` names them. A mistake of a user's is not theirs to find: floors that take what users
give are left out, since they answer with a `UserError` of their own.

That takes longer than what is computed, so a test's first calls are held to their hints: a
simulation makes the same ones a million times. And a function within a function has its checks
made once, not each time that the outer one is called: they take milliseconds to make.
"""

import builtins
import threading
from collections.abc import Callable
from functools import wraps
from types import CodeType, FunctionType
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

MOST = 1_000  # checks a test

# many modules know these in hints alone, since to import jaxtyping takes a tenth of a second
for name in ("Bool", "Float", "Float32", "Int", "Int32", "Shaped", "UInt8"):
    setattr(builtins, name, getattr(jaxtyping, name))

CHECKED = (
    "fitscope.data.csv_layout",
    "fitscope.data.describe",
    "fitscope.data.parts",
    "fitscope.diagnosis",
    "fitscope.higgs.columnar",
    "fitscope.higgs.csv_rows",
    "fitscope.higgs.csv_text",
    "fitscope.higgs.gzip_csv",
    "fitscope.higgs.layout",
    "fitscope.higgs.parquet",
    "fitscope.higgs.simulated_blocks",
    "fitscope.higgs.simulation",
    "fitscope.learners.kept_rows",
    "fitscope.learners.mlp.dropout",
    "fitscope.learners.mlp.engine",
    "fitscope.learners.mlp.evaluation",
    "fitscope.learners.mlp.forward",
    "fitscope.learners.mlp.objective",
    "fitscope.learners.patience",
    "fitscope.learners.mlp.train",
    "fitscope.learners.mlp.padded",
    "fitscope.learners.streams",
    "fitscope.task",
)

_checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # a whole number is a number
_left = MOST


def checker(function: Callable) -> Callable:
    """What jaxtyping has a function's hints checked by."""
    checked = _checked(function)

    @wraps(function)
    def held(*given: Any, **named: Any) -> Any:
        global _left
        _left -= 1
        if _left == 0:
            jaxtyping.config.update("jaxtyping_disable", True)
        return checked(*given, **named)

    return held


class _Called(threading.local):
    """Functions that are being called, the innermost last."""

    def __init__(self) -> None:
        self.functions: list[Callable] = []


_jaxtyped = jaxtyping.jaxtyped
_called = _Called()
_made: dict[CodeType, Callable] = {}


def held_to_hints(*, typechecker: Callable) -> Callable[[Any], Any]:
    """Jaxtyping's decorator, which its import hook puts on all functions and classes."""
    usual = _jaxtyped(typechecker=typechecker)

    def decorator(what: Any) -> Any:
        if not isinstance(what, FunctionType) or "<locals>" not in what.__qualname__:
            return usual(what)
        if what.__code__ not in _made:
            _made[what.__code__] = usual(_of_the_moment(what))
        checked = _made[what.__code__]

        @wraps(what)
        def held(*given: Any, **named: Any) -> Any:
            _called.functions.append(what)
            try:
                return checked(*given, **named)
            finally:
                _called.functions.pop()

        return held

    return decorator


def _of_the_moment(first: FunctionType) -> Callable:
    """What looks like a function, and is whichever of its code is being called."""

    @wraps(first)
    def function(*given: Any, **named: Any) -> Any:
        return _called.functions[-1](*given, **named)

    return function


# pytest imports this file once more, under another name, for examples in it
if __name__ == "hints":
    jaxtyping.jaxtyped = held_to_hints  # the hook's code asks for it by this name


def begin() -> None:
    """A test begins."""
    global _left
    _left = MOST
    jaxtyping.config.update("jaxtyping_disable", False)
