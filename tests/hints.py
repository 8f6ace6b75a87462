"""Shape and type hints are held against what is really passed, on the floors that compute.

`conftest.py` names them. A mistake of a user's is not theirs to find: floors that take what users
give are left out, since they answer with a `UserError` of their own.

That takes longer than what is computed, so a function's first calls in a test are held to its
hints: a simulation makes the same ones a million times. Checks take milliseconds to make: they are
made at a function's first call, and once for a function within a function, not each time that the
outer one is called.
"""

import builtins
import threading
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import wraps
from types import CodeType, FunctionType
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

MOST = 10  # checked calls of a function, a test

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

checker = beartype(conf=BeartypeConf(is_pep484_tower=True))  # a whole number is a number


class _Calls:
    """A function's calls in a test: how many are checked yet, and by what."""

    def __init__(self) -> None:
        self.left = MOST
        self.checked: Callable | None = None


_jaxtyped = jaxtyping.jaxtyped
_begun: list[_Calls] = []
_within: dict[CodeType, _Calls] = {}


class _Called(threading.local):
    """Functions within functions that are being called, the innermost last."""

    def __init__(self) -> None:
        self.functions: list[Callable] = []


_called = _Called()


def held_to_hints(*, typechecker: Callable) -> Callable[[Any], Any]:
    """Jaxtyping's decorator, which its import hook puts on all functions and classes."""
    usual = _jaxtyped(typechecker=typechecker)

    def decorator(what: Any) -> Any:
        if is_dataclass(what) and not hasattr(what.__init__, "__wrapped__"):
            what.__init__ = decorator(what.__init__)
        if not isinstance(what, FunctionType):
            return what
        inner = "<locals>" in what.__qualname__
        calls = _within.setdefault(what.__code__, _Calls()) if inner else _Calls()

        @wraps(what)
        def held(*given: Any, **named: Any) -> Any:
            if calls.left <= 0:
                return what(*given, **named)
            if calls.left == MOST:
                _begun.append(calls)
            calls.left -= 1
            if calls.checked is None:
                calls.checked = usual(_of_the_moment(what) if inner else what)
            if not inner:
                return calls.checked(*given, **named)
            _called.functions.append(what)
            try:
                return calls.checked(*given, **named)
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


jaxtyping.jaxtyped = held_to_hints  # the hook's code asks for it by this name


def begin() -> None:
    """A test begins."""
    for one in _begun:
        one.left = MOST
    _begun.clear()
