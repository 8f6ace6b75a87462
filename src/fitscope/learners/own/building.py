"""Functions of the caller's own that build a network: called, and what they give looked at."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

from fitscope.errors import UserError, reason

Build = Callable[..., Any]
SIZES = ("features", "outputs")


def named(build: Build) -> str:
    """What sentences call the function.

    Example:
        >>> named(dict), named(lambda: None)
        ('dict', 'the function')
    """
    name = getattr(build, "__name__", "<lambda>")
    return "the function" if name == "<lambda>" else name


def built(build: Build, sizes: Mapping[str, int]) -> Any:
    """What the function builds.

    Args:
        build: a function, or a class. Parameters called `features` and `outputs` get the number of
            features and of outputs; all others must have defaults.
        sizes: these numbers, by name.

    Raises:
        UserError: a parameter that nobody can fill, or an error inside the function.

    Example:
        >>> built(lambda features: [features], {"features": 4, "outputs": 1})
        [4]
        >>> built(lambda units: [units], {"features": 4, "outputs": 1})
        Traceback (most recent call last):
        fitscope.errors.UserError: the function needs 'units', which nobody gives; it may ask for
        features and outputs, and give everything else a default
    """
    parameters = _parameters(build)
    for name, one in parameters.items():
        needed = one.default is inspect.Parameter.empty and one.kind not in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        )
        if needed and name not in SIZES:
            raise UserError(
                f"{named(build)} needs {name!r}, which nobody gives; it may ask for features and "
                "outputs, and give everything else a default"
            )
    try:
        return build(**{name: sizes[name] for name in SIZES if name in parameters})
    except UserError:
        raise
    except Exception as error:  # whatever a library raises on what it is asked to build
        raise UserError(f"{named(build)} fails: {reason(error)}") from None


def is_of(value: Any, library: str, *path: str) -> bool:
    """Whether a value is of a class of a library, which is not loaded to know that."""
    kind: Any = sys.modules.get(library)
    for name in path:
        kind = getattr(kind, name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _parameters(build: Build) -> Mapping[str, inspect.Parameter]:
    """What it takes; of a class, what its own `__init__` takes."""
    try:
        if isinstance(build, type):
            own = dict(inspect.signature(build.__init__).parameters)
            own.pop(next(iter(own)), None)
            return own
        return inspect.signature(build).parameters
    except (TypeError, ValueError):  # built-in functions tell nothing
        return {}
