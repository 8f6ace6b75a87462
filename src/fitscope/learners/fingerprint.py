"""Fingerprints of objects: equal code and equal values, equal fingerprint, in any process."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np


def fingerprint(value: Any) -> str:
    """SHA-256 over what a value is made of.

    Of a function its code, defaults and what it closes over count, of a class from an installed
    module its name, of one from a script its functions, of any other object its class and
    attributes. Functions of other modules that it calls do not count.

    Example:
        >>> def build(units=3):
        ...     return units
        >>> def other(units=4):
        ...     return units
        >>> fingerprint(build) == fingerprint(build), fingerprint(build) == fingerprint(other)
        (True, False)
        >>> fingerprint([1, "a"]) == fingerprint((1, "a"))
        False
    """
    digest = hashlib.sha256()
    for part in _parts(value, set()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _parts(value: Any, seen: set[int]) -> Iterator[str]:
    """Texts that tell a value from others, in an order that is the same everywhere."""
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        yield f"{type(value).__name__} {value!r}"
        return
    if id(value) in seen:
        yield "itself"
        return
    seen = seen | {id(value)}
    if isinstance(value, np.ndarray):
        yield f"array {value.dtype} {value.shape}"
        if value.dtype == object:
            yield from _parts(value.tolist(), seen)
        else:
            yield hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
    elif isinstance(value, np.generic):
        yield f"{value.dtype} {value!r}"
    elif isinstance(value, list | tuple):
        yield f"{type(value).__name__} {len(value)}"
        for one in value:
            yield from _parts(one, seen)
    elif isinstance(value, set | frozenset):
        yield f"set {len(value)}"
        yield from sorted(" ".join(_parts(one, seen)) for one in value)
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)}"
        for key, one in value.items():
            yield from _parts(key, seen)
            yield from _parts(one, seen)
    elif isinstance(value, types.CodeType):
        yield from _code(value, seen)
    elif isinstance(value, types.FunctionType):
        yield f"function {value.__module__} {value.__qualname__}"
        yield from _code(value.__code__, seen)
        closed = [cell.cell_contents for cell in value.__closure__ or ()]
        yield from _parts([value.__defaults__, value.__kwdefaults__, closed], seen)
    elif isinstance(value, types.MethodType):
        yield from _parts([value.__func__, value.__self__], seen)
    elif isinstance(value, partial):
        yield from _parts(["partial", value.func, value.args, value.keywords], seen)
    elif isinstance(value, type):
        yield f"class {value.__module__} {value.__qualname__}"
        if value.__module__ == "__main__":
            for name in sorted(vars(value)):
                if isinstance(vars(value)[name], types.FunctionType):
                    yield from _parts(vars(value)[name], seen)
    elif isinstance(value, types.ModuleType | types.BuiltinFunctionType | np.ufunc):
        yield f"{type(value).__name__} {value.__name__}"
    else:
        yield from _parts(type(value), seen)
        yield from _attributes(value, seen)


def _code(code: types.CodeType, seen: set[int]) -> Iterator[str]:
    """What a function does: no file, no line."""
    yield f"code {code.co_code.hex()} {code.co_names} {code.co_varnames}"
    yield from _parts(code.co_consts, seen)


def _attributes(value: Any, seen: set[int]) -> Iterator[str]:
    if hasattr(value, "get_params"):
        yield from _parts(value.get_params(deep=False), seen)
    elif hasattr(value, "__dict__"):
        yield from _parts(dict(sorted(vars(value).items())), seen)
    else:
        yield repr(value) if " at 0x" not in repr(value) else "an object"
