"""Functions inside a fitted estimator: left out of its file, and put back by whoever has them."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fitscope.errors import UserError
from fitscope.learners.estimator.described import LIBRARIES
from fitscope.learners.fingerprint import fingerprint

MARK = "a function that is not stored: "
KNOWN = (*LIBRARIES, "numpy", "scipy", "builtins")
"""Packages whose functions skops stores by their name."""
DISTRIBUTIONS = "scipy.stats."
"""What a randomized search draws from is left out, too: to read it back would run code."""


def without_functions(fitted: Any) -> Any:
    """A copy of an estimator in which the caller's functions are replaced by their fingerprints.

    Args:
        fitted: left as it is.

    Example:
        >>> from sklearn.preprocessing import FunctionTransformer
        >>> here = FunctionTransformer(lambda x: [x, x])
        >>> stored = without_functions(here)
        >>> stored.func.startswith(MARK)
        True
        >>> with_functions(stored, here).transform(1)
        [1, 1]
    """
    return _replaced(fitted, lambda one: MARK + fingerprint(one) if _own(one) else one, {})


def with_functions(stored: Any, given: Any) -> Any:
    """The estimator again, with the functions of the one that the caller gave.

    Args:
        stored: what `without_functions` gave.
        given: the unfitted estimator.

    Raises:
        UserError: it has other functions.
    """
    known: dict[str, Any] = {}

    def collect(one: Any) -> Any:
        if _own(one):
            known[MARK + fingerprint(one)] = one
        return one

    def put_back(one: Any) -> Any:
        if isinstance(one, str) and one.startswith(MARK):
            if one not in known:
                raise UserError("it holds a function that the estimator given here does not have")
            return known[one]
        return one

    _replaced(given, collect, {})
    return _replaced(stored, put_back, {})


def _own(one: Any) -> bool:
    if isinstance(one, partial | types.MethodType):
        return True
    if type(one).__module__.startswith(DISTRIBUTIONS):
        return True
    function = isinstance(one, types.FunctionType)
    return function and (one.__module__ or "").partition(".")[0] not in KNOWN


def _replaced(value: Any, leaf: Callable[[Any], Any], done: dict[int, Any]) -> Any:
    """A value with its leaves changed; what holds nothing changed stays the same object."""
    if id(value) in done:
        return done[id(value)]
    done[id(value)] = value
    new = leaf(value)
    if new is value:
        if isinstance(value, list):
            new = _same(value, [_replaced(one, leaf, done) for one in value])
        elif type(value) is tuple:
            new = _same(value, tuple(_replaced(one, leaf, done) for one in value))
        elif isinstance(value, Mapping) and type(value) is dict:
            changed = {key: _replaced(one, leaf, done) for key, one in value.items()}
            same = all(changed[key] is one for key, one in value.items())
            new = value if same else changed
        elif hasattr(value, "get_params") and not isinstance(value, type):
            new = _of_object(value, leaf, done)
    done[id(value)] = new
    return new


def _of_object(value: Any, leaf: Callable[[Any], Any], done: dict[int, Any]) -> Any:
    attributes = vars(value)
    changed = {name: _replaced(one, leaf, done) for name, one in attributes.items()}
    if all(changed[name] is one for name, one in attributes.items()):
        return value
    new = object.__new__(type(value))
    new.__dict__.update(changed)
    return new


def _same(old: Any, new: Any) -> Any:
    return old if all(a is b for a, b in zip(old, new, strict=True)) else new
